import type { RoomAssembly } from './access/index.ts'
import { openAgents } from './agents/index.ts'
import { openAlerts } from './alerts/index.ts'
import { type AutoReload, openAutoReload } from './auto-reload/index.ts'
import {
  type CallEngine,
  chargeUntilBoundary,
  hangUpForCredits,
  hangUpForSuspension,
  openCalls,
} from './calls/index.ts'
import { type Dialer, forecastOvernight, openCampaigns } from './campaigns/index.ts'
import type { Config } from './config.ts'
import { openCosts } from './costs/index.ts'
import { creditConsequences } from './credit-consequences.ts'
import { type CreditWatch, openCreditWatch } from './credit-watch/index.ts'
import { type Ledger, openLedger, type WorkspaceCommit } from './ledger/index.ts'
import { openLive, type Streams } from './live/index.ts'
import { openLlm, type Timeouts } from './llm/index.ts'
import { openPayments, type Payments, type Stripe } from './payments/index.ts'
import { openPlans, requireSubscription } from './plans/index.ts'
import type { Clock } from './platform/clock.ts'
import type { Commits } from './platform/commits.ts'
import type { Database } from './platform/database/database.ts'
import type { Pipeline } from './platform/database/pipeline.ts'
import type { HandleBudget } from './platform/file-handles.ts'
import type { Idempotency } from './platform/idempotency/idempotency.ts'
import type { Logger } from './platform/log.ts'
import type { Mailer } from './platform/mail/mailer.ts'
import { dashboardOrigin } from './platform/origin.ts'
import type { Outbound } from './platform/outbound.ts'
import { changeTimeZone, openReports } from './reports/index.ts'
import { openSubscriptions, type SubscriptionDeps } from './subscriptions/index.ts'
import { openUsage } from './usage/index.ts'
import { type OpenVoiceDeps, openVoice, type Voice } from './voice/index.ts'
import { openWorkspaces } from './workspaces/index.ts'

/** The settings that rooms need. */
export type RoomsConfig = Pick<
  Config,
  | 'host'
  | 'port'
  | 'secret'
  | 'secretPrevious'
  | 'publicUrl'
  | 'seller'
  | 'cardLimits'
  | 'dataDir'
  | 'mail'
  | 'simulatedPace'
  | 'voice'
  | 'campaigns'
  | 'llm'
>

export type RoomsOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly config: RoomsConfig
  readonly log: Logger
  readonly commits: Commits<WorkspaceCommit>
  readonly idempotency: Idempotency
  readonly assembly: RoomAssembly
  readonly mailer: Mailer
  /** How addresses that customers choose are reached. */
  readonly outbound: Outbound
  /** Takes the money; left out: the sandbox does, which moves none. */
  readonly stripe?: Stripe | undefined
  /** Opens what batches run on; by default connections of their own to the database. */
  readonly openPipeline?: (() => Pipeline) | undefined
  /** Hears how late each crossing of a balance was acted on, in milliseconds. */
  readonly onActed?: (latenessMs: number) => void
  /** What is different about the simulated carrier's calls, and whether it can be reached. */
  readonly simulated?: OpenVoiceDeps['simulated'] | undefined
  /** How long providers of language models are waited for. */
  readonly llmTimeouts?: Timeouts | undefined
  /** How many file handles are used for what. Left out: as many as the program ever takes. */
  readonly handles?: HandleBudget | undefined
  /** How long a webhook may take to answer, in milliseconds. */
  readonly webhookMsMax?: number | undefined
  /** How long a reader of an export may take no byte, in milliseconds. */
  readonly exportStalledMsMax?: number | undefined
  /** Work failed that will be tried again; by default it is logged. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** The rooms' doors, for what runs beside HTTP: the demo, the command line, tests, benchmarks. */
export type Rooms = {
  readonly ledger: Ledger
  readonly engine: CallEngine
  readonly payments: Payments
  readonly subscriptions: SubscriptionDeps
  readonly autoReload: AutoReload
  readonly creditWatch: CreditWatch
  readonly voice: Voice
  readonly dialer: Dialer
  readonly streams: Streams
}

/**
 * Opens every room, from the ledger upwards. Each registers its routes, chores and subscriptions itself; nothing runs
 * before somebody runs what was registered.
 */
export function openRooms(options: RoomsOptions): Rooms {
  const { database, config, log } = options
  const origin = dashboardOrigin(config)
  const house = { ...options, origin, publicUrl: config.publicUrl, seller: config.seller, secrets: config }
  const onError = (what: string) =>
    options.onError ??
    ((error: unknown) => log.error({ err: error }, `${what} failed; it will be tried again`))

  openPlans(house)
  const ledger = openLedger({
    ...house,
    cycleEndsAtMs: async (workspaceId) => (await requireSubscription(database, workspaceId)).cycle.endsAtMs,
  })
  const base = { ...house, ledger }
  openWorkspaces({
    ...base,
    whenCreditsRunOutChanged: hangUpForCredits,
    hangUpForSuspension,
    changeTimeZone: (to, work) => changeTimeZone(base, to, work),
  })
  const agents = openAgents(base)
  const engine = openCalls(base)
  const payments = openPayments({
    ...base,
    cardLimits: config.cardLimits,
    stripe: options.stripe,
    onError: onError('A payment'),
  })
  const subscriptions = { ...base, payments, chargeUntilBoundary, termsChanged: hangUpForCredits }
  openSubscriptions(subscriptions)
  const autoReload = openAutoReload({ ...base, payments, forecastOvernight, onError: onError('Auto-reload') })
  const voice = openVoice({
    ...base,
    // What a carrier asks is about a call that is being made.
    database: { ...database, ...database.urgent },
    engine,
    settings: config.voice,
    simulated: { pace: config.simulatedPace, ...options.simulated },
    async onUnconnected(agent) {
      const isNews = await agents.recordUnconnectedCall(agent)
      if (isNews) log.warn(agent, 'A call was turned away: its agent has no voice endpoint')
    },
    onError: onError('A carrier'),
  })
  const dialer = openCampaigns({ ...base, voice, settings: config.campaigns, onError: onError('A campaign') })
  const creditWatch = openCreditWatch({
    ...base,
    consequences: creditConsequences,
    onBelow: autoReload.wake,
    onError: onError('Acting on a balance'),
  })
  openAlerts({ ...base, serviceName: config.seller.name, onError: onError('Delivering an alert') })
  openUsage(base)
  openCosts(base)
  openReports(base)
  openLlm({
    ...base,
    settings: config.llm,
    timeouts: options.llmTimeouts,
    requestsMax: options.handles?.outgoingMax,
  })
  const streams = openLive({ ...base, onError: onError('Telling listeners about changes') })
  return { ledger, engine, payments, subscriptions, autoReload, creditWatch, voice, dialer, streams }
}
