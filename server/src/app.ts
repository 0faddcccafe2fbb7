import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import {
  type Access,
  createAccessLimits,
  deleteExpiredSignIns,
  guardRoutes,
  invitationRoutes,
  keyRoutes,
  type LimitsMax,
  memberRoutes,
  openAccess,
  sessionRoutes,
} from './access/index.ts'
import { agentRoutes, recordUnconnectedCall } from './agents/index.ts'
import {
  alertRoutes,
  alertSettingsRoutes,
  createDeliverer,
  createMailer,
  deleteExpiredAlerts,
  deliveryRoutes,
  mailFolder,
  webhookRoutes,
} from './alerts/index.ts'
import { describeApi } from './api-description.ts'
import { type AutoReload, autoReloadRoutes, createAutoReload, tellReloadDone } from './auto-reload/index.ts'
import {
  type CallEngine,
  callBatchRoute,
  callReadRoutes,
  callRoutes,
  chargeUntilBoundary,
  createCallEngine,
  createReaper,
  hangUpForCredits,
} from './calls/index.ts'
import {
  campaignRoutes,
  contactRoutes,
  createDialer,
  type Dialer,
  forecastOvernight,
} from './campaigns/index.ts'
import type { Config } from './config.ts'
import { creditConsequences } from './credit-consequences.ts'
import { type CreditWatch, createCreditWatch, createLatenessMetric } from './credit-watch/index.ts'
import {
  addEvent,
  type Boundaries,
  createBoundaries,
  ledgerRoutes,
  lockWorkspaces,
  type WorkspaceUnit,
  writeUnits,
} from './ledger/index.ts'
import { createStreams, deleteExpiredEvents, liveRoutes } from './live/index.ts'
import { openLlm, type Timeouts } from './llm/index.ts'
import {
  createPayments,
  createSandboxGateway,
  deleteExpiredGatewayEvents,
  methodRoutes,
  type Payments,
  purchaseRoutes,
  sandboxRoutes,
  workspaceOfPurchase,
} from './payments/index.ts'
import { loadCatalog, planRoutes, requireSubscription } from './plans/index.ts'
import type { Clock } from './platform/clock.ts'
import type { Database, Queryable, Tx } from './platform/database/database.ts'
import { migrationsFolder } from './platform/database/migrate.ts'
import { findDashboard, serveDashboard } from './platform/http/dashboard.ts'
import { errorPageRoutes } from './platform/http/error-page.ts'
import { healthRoutes, migrationsWatch } from './platform/http/health.ts'
import type { HttpServer } from './platform/http/http-server.ts'
import { createMetrics, metricsRoutes } from './platform/http/metrics.ts'
import { describeRoutes } from './platform/http/openapi.ts'
import { referenceRoutes } from './platform/http/reference.ts'
import { createHttpServer } from './platform/http/server.ts'
import { createIdempotency } from './platform/idempotency/idempotency.ts'
import { deleteExpiredIdempotencyRecords } from './platform/idempotency/record-store.ts'
import { startInterval } from './platform/interval.ts'
import type { Logger } from './platform/log.ts'
import { createOutbound, type Outbound } from './platform/outbound.ts'
import { problemSections } from './problem-registry.ts'
import {
  planChangeFulfillment,
  renew,
  renewalFulfillment,
  retryRenewalNow,
  retryRenewals,
  subscriptionRoutes,
} from './subscriptions/index.ts'
import {
  changeTimeZone,
  closeMonths,
  createBudgets,
  dropAbandonedTimeZoneChanges,
  precomputePriceSplits,
  usageRoutes,
} from './usage/index.ts'
import {
  createSimulatedCarrier,
  createVoice,
  openTwilio,
  type SimulatedLife,
  usualLife,
  type Voice,
} from './voice/index.ts'
import { createWorkspace, timeZoneOf, workspaceRoutes } from './workspaces/index.ts'

export type AppOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'secret'
    | 'secretPrevious'
    | 'publicUrl'
    | 'stripe'
    | 'seller'
    | 'dataDir'
    | 'mail'
    | 'simulatedPace'
    | 'voice'
    | 'llm'
    | 'outboundAllow'
  >
  readonly log: Logger
  /** How often passwords may be tried. */
  readonly limits?: LimitsMax
  /** How long providers of language models are waited for. */
  readonly llmTimeouts?: Timeouts
  /** How addresses that customers choose are reached, where it is not as the settings say. */
  readonly outbound?: Outbound
  /** How long a webhook may take to answer, in milliseconds. */
  readonly webhookMsMax?: number
  /** How long a reader of an export of usage may take no byte, in milliseconds. */
  readonly exportStalledMsMax?: number
  /** What is different about the simulated carrier's calls, and whether it can be reached. */
  readonly simulated?: Partial<SimulatedLife> & { readonly reachable?: () => boolean }
}

export type App = {
  /** For tests: `server.inject(…)` asks without a network. */
  readonly server: HttpServer
  readonly access: Access
  /** The rooms' doors for what runs beside HTTP: the demo, the command line, tests. */
  readonly engine: CallEngine
  readonly boundaries: Boundaries
  readonly payments: Payments
  readonly autoReload: AutoReload
  readonly creditWatch: CreditWatch
  readonly voice: Voice
  readonly dialer: Dialer
  /** Whether somebody has a dashboard of the workspace open at this process. */
  isWatched(workspaceId: string): boolean
  /** Does at once what is due by the clock: for tests, whose clock jumps. */
  runDue(): Promise<void>
  /** Starts taking requests; returns the address, such as http://127.0.0.1:4400. */
  listen(): Promise<string>
  /** Takes no further requests, finishes those under way, and stops everything that runs beside them. */
  close(): Promise<void>
}

/** How often it is done (milliseconds), what it is called in the log, and the work. */
type Chore = readonly [intervalMs: number, what: string, work: () => Promise<unknown>]

/** Chores that are done so often, or less, depend on nothing that others do. */
const TIDY_MS = 60_000

const dashboardFolder = fileURLToPath(new URL('../../web/dist/', import.meta.url))

/** Puts the rooms together: the only place that sees all of them. The database is migrated already. */
export async function createApp(options: AppOptions): Promise<App> {
  const { database, clock, log } = options
  const { secret, publicUrl } = options.config
  await loadCatalog(database)
  const metrics = createMetrics()
  const server = createHttpServer({ log, metrics, dashboard: findDashboard(dashboardFolder), publicUrl })
  const idempotency = createIdempotency({ database, clock, secrets: options.config })
  const access = await openAccess({ database, clock, log, secret, publicUrl })
  const boundaries = createBoundaries(database, {
    chargeUntilBoundary,
    renew: (tx, unit, atMs, nowMs) => renew({ chargeUntilBoundary, payments }, tx, unit, atMs, nowMs),
    onCommitted: (workspaceIds) => committed(workspaceIds),
  })
  const warn = (what: string) => (error: unknown) =>
    log.error({ err: error }, `${what} failed; it will be tried again`)
  const streams = createStreams({ database, clock, onError: warn('Telling listeners what happened') })
  const engine = createCallEngine({
    database,
    clock,
    boundaries,
    onCommitted: streams.wake,
    onLines: (lines) => creditWatch.observe(lines),
    onHangUps: () => voice.wake(),
    onCampaignCallsOver: (campaigns) => dialer.wake(campaigns),
  })
  const creditWatch = createCreditWatch({
    database,
    clock,
    boundaries,
    consequences: creditConsequences,
    onCommitted: streams.wake,
    onBelow: (workspaceIds) => autoReload.wake(workspaceIds),
    onHangUps: () => voice.wake(),
    onActed: createLatenessMetric(metrics.registry),
    onError: warn('Acting on a balance'),
  })
  /** Something that may have moved balances was committed elsewhere than in the engine. */
  function committed(workspaceIds: readonly string[]): void {
    streams.wake(workspaceIds)
    creditWatch.look(workspaceIds)
  }
  const reaper = createReaper({ database, clock, engine })
  const sandbox = createSandboxGateway({ database, clock })
  const stripe = await stripeOf(options, warn('Stripe'))
  const origin = publicUrl ?? `http://${options.config.host}:${options.config.port}`
  const payments = createPayments({
    database,
    clock,
    boundaries,
    gateway: stripe?.gateway ?? sandbox,
    seller: options.config.seller,
    origin,
    purposes: { plan_change: planChangeFulfillment, renewal: renewalFulfillment({ chargeUntilBoundary }) },
    succeeded: tellReloadDone,
    methodsChanged: (tx, unit, nowMs) => retryRenewalNow(tx, unit.line.workspaceId, nowMs),
    onSettled: (workspaceId) => autoReload.wake([workspaceId]),
    onMethodsChanged: (workspaceId) => autoReload.wake([workspaceId]),
    onCommitted: committed,
    onError: warn('A payment'),
  })
  const autoReload = createAutoReload({
    database,
    clock,
    boundaries,
    payments,
    onCommitted: committed,
    onError: warn('Auto-reload'),
  })
  const simulated = createSimulatedCarrier({
    database,
    clock,
    life: { ...usualLife, pace: options.config.simulatedPace, ...options.simulated },
    ...(options.simulated?.reachable && { reachable: options.simulated.reachable }),
    onError: warn('A message of the simulated carrier'),
  })
  const { twilio: twilioSettings } = options.config.voice
  const twilio = twilioSettings && openTwilio(twilioSettings, database, warn('Twilio'))
  const voice = createVoice({
    database,
    clock,
    engine,
    carriers: [simulated, ...(twilio ? [twilio.carrier] : [])],
    outbound: options.config.voice.outbound === 'twilio' && twilio ? twilio.carrier : simulated,
    async onUnconnected(agent) {
      const { workspaceId, id } = agent
      const nowMs = clock.now()
      const isNew = await database.transaction(async (tx) => {
        const noted = await recordUnconnectedCall(tx, agent, nowMs)
        if (noted) await announceAgent(tx, workspaceId, id, nowMs)
        return noted
      })
      if (!isNew) return
      log.warn({ workspaceId, agentId: id }, 'A call was turned away: its agent has no voice endpoint')
      streams.wake([workspaceId])
    },
    onError: warn('A carrier'),
  })
  const dialer = createDialer({
    database,
    clock,
    boundaries,
    voice,
    onCommitted: streams.wake,
    onError: warn('A campaign'),
  })
  const mailer = createMailer({
    settings: options.config.mail,
    folder: mailFolder(options.config.dataDir),
    origin,
    log,
  })
  const outbound = options.outbound ?? createOutbound({ allow: options.config.outboundAllow })
  const deliverer = createDeliverer({
    database,
    clock,
    secrets: options.config,
    mailer,
    outbound,
    origin,
    serviceName: options.config.seller.name,
    ...(options.webhookMsMax !== undefined && { webhookMsMax: options.webhookMsMax }),
    log,
    announce: announceAlerts,
    onCommitted: streams.wake,
    onError: warn('Telling of an alert'),
  })
  const budgets = createBudgets({ database, clock, onCommitted: streams.wake })
  const deps = { access, database, clock, idempotency, boundaries, engine, payments }
  const alerting = {
    ...deps,
    secrets: options.config,
    outbound,
    deliverer,
    announce: announceAlerts,
    onCommitted: streams.wake,
  }
  const subscriptions = {
    ...deps,
    chargeUntilBoundary,
    onCommitted(workspaceIds: readonly string[]) {
      committed(workspaceIds)
      autoReload.wake(workspaceIds)
    },
  }

  const llm = openLlm({
    ...deps,
    log,
    settings: options.config.llm,
    secrets: options.config,
    outbound,
    timeZoneOf: (workspaceId) => timeZoneOf(database, workspaceId),
    patience: options.llmTimeouts,
  })

  await describeRoutes(server, describeApi(await ownVersion()))
  await guardRoutes(server, access, { publicUrl })
  const limits = await createAccessLimits(server, options.limits)
  await server.register(sessionRoutes({ ...deps, limits, createWorkspace, membersMaxOf }))
  await server.register(memberRoutes(deps))
  await server.register(invitationRoutes({ ...deps, limits, membersMaxOf, publicUrl }))
  await server.register(keyRoutes(deps))
  await server.register(
    workspaceRoutes({
      ...deps,
      catchUp: boundaries.catchUp,
      async whenCreditsRunOutChanged(tx, unit, nowMs) {
        await hangUpForCredits(tx, unit, nowMs)
      },
      onCommitted(workspaceIds) {
        committed(workspaceIds)
        voice.wake()
      },
      changeTimeZone: (to, nowMs, commit) => changeTimeZone(database, to, nowMs, commit),
    }),
  )
  await server.register(planRoutes(deps))
  await server.register(agentRoutes({ ...deps, announce: announceAgent }))
  await server.register(
    ledgerRoutes({
      ...deps,
      cycleEndsAtMs: (id) => cycleEndsAtMs(database, id),
      onCommitted: committed,
    }),
  )
  await server.register(methodRoutes(deps))
  await server.register(subscriptionRoutes({ ...subscriptions, origin }))
  await server.register(purchaseRoutes({ ...deps, publicUrl }))
  await server.register(
    stripe?.routes({ ...deps, origin }) ??
      sandboxRoutes({
        bank: sandbox.bank,
        async tell(id, outcome) {
          await payments.recordOutcome({ workspaceId: await workspaceOfPurchase(database, id), id }, outcome)
        },
      }),
  )
  await server.register(autoReloadRoutes({ ...deps, autoReload, forecastOvernight, onCommitted: committed }))
  await server.register(alertRoutes(alerting))
  await server.register(alertSettingsRoutes(deps))
  await server.register(deliveryRoutes(alerting))
  await server.register(webhookRoutes(alerting))
  const campaigns = { ...deps, dialer, onCommitted: streams.wake }
  await server.register(campaignRoutes(campaigns))
  await server.register(contactRoutes(campaigns))
  await server.register(callRoutes(deps))
  await server.register(callBatchRoute(deps))
  await server.register(callReadRoutes(deps))
  await server.register(usageRoutes({ ...deps, exportStalledMsMax: options.exportStalledMsMax }))
  if (twilio) await server.register(twilio.routes({ voice, clock }))
  const live = liveRoutes({ ...deps, streams })
  await server.register(live.routes)

  await server.register(llm.routes)

  await server.register(healthRoutes(await migrationsWatch(database, migrationsFolder)))
  await server.register(metricsRoutes(metrics))
  await server.register(referenceRoutes())
  await server.register(errorPageRoutes(problemSections))
  if (findDashboard(dashboardFolder)) await serveDashboard(server, dashboardFolder)
  await server.ready()
  await voice.start()

  // What happens by itself, in this order when it is done at once, and how often.
  const chores: readonly Chore[] = [
    [1_000, 'Processing resets and expiries', () => boundaries.catchUpDue(clock.now(), 100)],
    [1_000, 'Finding out what became of payments', () => payments.reconcileDue()],
    [5_000, 'Charging renewals', () => retryRenewals(subscriptions)],
    [1_000, 'Acting on balances that nobody acted on', () => creditWatch.sweep()],
    [30_000, 'Looking ahead for balances that run out', () => creditWatch.lookAhead()],
    [1_000, 'Looking for reloads that are due', () => autoReload.wakeDue()],
    [2_000, 'Looking at budgets', () => budgets.lookAtDue()],
    [3_600_000, 'Looking for budgets that were missed', () => budgets.lookAtMissed()],
    [5_000, 'Looking for changes of the price', () => precomputePriceSplits(database)],
    [60_000, 'Adding up the usage of months that are over', () => closeMonths(database, clock.now())],
    [1_000, 'Telling of alerts', () => deliverer.run()],
    [100, 'Carrying campaigns on', () => dialer.wakeDue()],
    [250, 'Hearing the simulated carrier', () => simulated.deliverDue(voice.report)],
    [1_000, 'Hanging up', () => voice.hangUpOrdered()],
    [2_000, 'Asking carriers what became of calls', () => voice.reconcile()],
    [2_000, 'Looking for lost calls', () => reaper.runOnce()],
    [250, 'Looking for live events', () => streams.poll()],
    [60_000, 'Having removed cards forgotten', () => payments.forgetRemoved()],
    [60_000, 'Tidying up after the LLM gateway', () => llm.tidyUp()],
    [
      60_000,
      'Ending changes of time zone that were left',
      () => dropAbandonedTimeZoneChanges(database, clock.now()),
    ],
    [60_000, 'Forgetting old events', () => deleteExpiredEvents(database, clock.now())],
    [60_000, 'Forgetting old idempotency keys', () => deleteExpiredIdempotencyRecords(database, clock.now())],
    [60_000, 'Forgetting old alerts', () => deleteExpiredAlerts(database, clock.now())],
    [
      60_000,
      'Forgetting old events of the payment gateway',
      () => deleteExpiredGatewayEvents(database, clock.now()),
    ],
    [60_000, 'Forgetting sessions that expired', () => deleteExpiredSignIns(database, clock.now())],
    [60_000, 'Forgetting old simulated calls', () => simulated.forget()],
  ]
  // What was missed while no server ran is made up for at once.
  await creditWatch.sweep()
  await creditWatch.lookAhead()
  const repeated = chores.map(([intervalMs, what, work]) => startInterval(intervalMs, work, warn(what)))

  return {
    server,
    access,
    engine,
    boundaries,
    payments,
    autoReload,
    creditWatch,
    voice,
    dialer,
    isWatched: streams.has,
    async runDue() {
      await creditWatch.runDue()
      for (const [intervalMs, , work] of chores) if (intervalMs < TIDY_MS) await work()
      // What is done seldom tidies up, each its own.
      await Promise.all(chores.map(([intervalMs, , work]) => intervalMs >= TIDY_MS && work()))
      // What their own timers began meanwhile is done as well.
      await Promise.all(repeated.map((repetition) => repetition.idle()))
      await autoReload.idle()
      // Credits that were bought are back, and may be used up again.
      await creditWatch.runDue()
      await autoReload.idle()
      await voice.idle()
      await dialer.idle()
      // What came true meanwhile is told as well.
      await deliverer.run()
      await deliverer.idle()
    },
    listen: () => server.listen({ host: options.config.host, port: options.config.port }),
    async close() {
      live.close()
      await Promise.all(repeated.map((repetition) => repetition.stop()))
      await server.close()
      await creditWatch.close()
      await dialer.close()
      await voice.idle()
      await deliverer.close()
      await engine.close()
      await autoReload.close()
      await payments.close()
      await llm.close()
      await outbound.close()
      await access.close()
    },
  }
}

/** Stripe's own library is loaded only where it is used. */
async function stripeOf({ config, clock }: AppOptions, onError: (error: unknown) => void) {
  if (config.stripe === undefined) return undefined
  const { openStripe } = await import('./payments/stripe/index.ts')
  return openStripe(config.stripe, clock, onError)
}

async function membersMaxOf(db: Queryable, workspaceId: string): Promise<number | null> {
  return (await requireSubscription(db, workspaceId)).terms.limits.membersMax
}

async function cycleEndsAtMs(db: Queryable, workspaceId: string): Promise<number> {
  return (await requireSubscription(db, workspaceId)).cycle.endsAtMs
}

const announceAgent = (tx: Tx, workspaceId: string, agentId: string, nowMs: number) =>
  announce(tx, workspaceId, nowMs, (unit) => addEvent(unit, 'agent', agentId))

const announceAlerts = (tx: Tx, workspaceId: string, nowMs: number) =>
  announce(tx, workspaceId, nowMs, (unit) => addEvent(unit, 'alert'))

async function announce(tx: Tx, workspaceId: string, nowMs: number, note: (unit: WorkspaceUnit) => void) {
  const units = await lockWorkspaces(tx, [workspaceId])
  for (const unit of units.values()) note(unit)
  await writeUnits(tx, units.values(), nowMs)
}

async function ownVersion(): Promise<string> {
  const file = await readFile(new URL('../package.json', import.meta.url), 'utf8')
  return String((JSON.parse(file) as { version: unknown }).version)
}
