import { fileURLToPath } from 'node:url'
import {
  type Access,
  type AccessOptions,
  guardRoutes,
  type Http,
  type LimitPolicies,
  nameSender,
  openAccess,
  type RoomAssembly,
  registerAccessRoutes,
  requireMetricsReader,
} from './access/index.ts'
import { describeApi } from './api-description.ts'
import type { Config } from './config.ts'
import { createLatenessMetric } from './credit-watch/index.ts'
import type { WorkspaceCommit } from './ledger/index.ts'
import { openStripeIfSet } from './payments/index.ts'
import { loadCatalog, requireFreeWorkspaceSlot, requireSubscription } from './plans/index.ts'
import { createAssembly } from './platform/assembly.ts'
import type { Clock } from './platform/clock.ts'
import { createCommits } from './platform/commits.ts'
import { scheduleBackups } from './platform/database/backup/schedule-backups.ts'
import { MIGRATIONS_FOLDER } from './platform/database/migrate.ts'
import { admitRequests } from './platform/http/admission.ts'
import { findDashboard, serveDashboard } from './platform/http/dashboard.ts'
import { errorPageRoutes } from './platform/http/error-page.ts'
import { healthRoutes } from './platform/http/health.ts'
import type { HttpServer } from './platform/http/http-server.ts'
import { registerLoadMetrics } from './platform/http/load-metrics.ts'
import { createMetrics, createMetricsText, type Metrics, metricsRoutes } from './platform/http/metrics.ts'
import { createMetricsServer } from './platform/http/metrics-server.ts'
import { describeRoutes, readOwnVersion } from './platform/http/openapi.ts'
import { referenceRoutes } from './platform/http/reference.ts'
import { createHttpServer } from './platform/http/server.ts'
import { createIdempotency, type Idempotency } from './platform/idempotency/idempotency.ts'
import { deleteExpiredIdempotencyRecords } from './platform/idempotency/idempotency-store.ts'
import { mailFolder } from './platform/mail/mail-folder.ts'
import { createMailer, type Mailer } from './platform/mail/mailer.ts'
import { dashboardOrigin } from './platform/origin.ts'
import { createOutbound, type Outbound } from './platform/outbound.ts'
import { createReadinessChecks } from './platform/readiness.ts'
import type { ServerClock } from './platform/server-clock.ts'
import { StartProblem } from './platform/start-problem.ts'
import { watchDatabase } from './platform/watch-database.ts'
import { problemSections } from './problem-registry.ts'
import { openRooms, type Rooms, type RoomsConfig, type RoomsOptions } from './rooms.ts'
import { createRunner, type Runner } from './run-assembled.ts'
import { createWorkspace } from './workspaces/index.ts'

export type AppOptions = Omit<
  RoomsOptions,
  'config' | 'commits' | 'idempotency' | 'assembly' | 'mailer' | 'outbound' | 'stripe' | 'onActed'
> & {
  readonly config: RoomsConfig &
    Pick<Config, 'stripe' | 'outboundAllow' | 'freeWorkspacesMax' | 'verifyEmail'> &
    Partial<Pick<Config, 'backups' | 'metricsPort'>>
  /** A clock that can be compared follows the database's clock. Any other is right, as the clocks of tests are. */
  readonly clock: Clock | ServerClock
  /** The folder of the embedded PostgreSQL. Left out: the database is elsewhere. */
  readonly postgresFolder?: string | undefined
  /** How often passwords may be tried. */
  readonly limits?: LimitPolicies
  /** How addresses that customers choose are reached, where it is not as the settings say. */
  readonly outbound?: Outbound
  /** `false`: chores run when `runDue` is called and never by themselves, so that a test decides which process acts. */
  readonly intervals?: boolean
}

export type App = Rooms & {
  /** For tests: `server.inject(…)` sends a request without a network. */
  readonly server: HttpServer
  readonly access: Access
  /** Whether somebody has a dashboard of the workspace open at this process. */
  isWatched(workspaceId: string): boolean
  /** Does at once everything that is due by the clock: for tests, whose clock jumps. */
  runDue(): Promise<void>
  /** Starts taking requests. Returns the address, such as http://127.0.0.1:4400. */
  listen(): Promise<string>
  /** Takes no further requests, finishes those under way, and stops everything that runs beside them. */
  close(): Promise<void>
}

const cliFile = fileURLToPath(new URL('./cli.ts', import.meta.url))
const dashboardFolder = fileURLToPath(new URL('../../web/dist/', import.meta.url))

/** Registers the routes of the access room, with what it needs of rooms that it may not enter. */
function registerAccess(assembly: RoomAssembly, options: AppOptions, origin: () => string): void {
  const { freeWorkspacesMax } = options.config
  registerAccessRoutes(assembly, {
    ...options,
    secrets: options.config,
    origin,
    createWorkspace,
    readMembersMax: async (db, workspaceId) =>
      (await requireSubscription(db, workspaceId)).terms.limits.membersMax,
    requireOwnerSlot: (tx, owner) => requireFreeWorkspaceSlot(tx, owner, freeWorkspacesMax),
  })
}

/** Puts the server together: the rooms, HTTP around them, and what runs by the clock. The database is migrated. */
export async function createApp(options: AppOptions): Promise<App> {
  const { database, clock, config, log } = options
  const metrics = createMetrics()
  const pulse = await watchDatabase({ ...options, registry: metrics.registry })
  await loadCatalog(database)
  const logError = (what: string) => (error: unknown) =>
    log.error({ err: error }, `${what} failed; it will be tried again`)
  const commits = createCommits<WorkspaceCommit>(logError('A subscriber of commits'))
  const idempotency = createIdempotency({ database, clock, secrets: config })
  const assembly = createAssembly<Http>()
  const mailer = openMailer(options)
  const outbound = options.outbound ?? createOutbound({ allow: config.outboundAllow })
  const access = await openAccess(describeAccess(options, mailer))
  assembly.worker({ close: access.close })
  assembly.worker({ close: outbound.close })
  const rooms = openRooms({
    ...options,
    commits,
    idempotency,
    assembly,
    mailer,
    outbound,
    stripe: await openStripeIfSet(config.stripe, clock, logError('Stripe')),
    onActed: createLatenessMetric(metrics.registry),
  })
  registerAccess(assembly, options, () =>
    dashboardOrigin({ ...config, port: readPort(server) ?? config.port }),
  )
  assembly.chore('Deleting expired idempotency records', 60_000, () =>
    deleteExpiredIdempotencyRecords(database, clock.now()),
  )

  scheduleBackups({ ...options, assembly, settings: config.backups, registry: metrics.registry, cliFile })
  const http = { access, idempotency, metrics, assembly, readDepth: () => rooms.engine.depth }
  const { server, listen } = await openServer(options, http)
  const runner: Runner = createRunner(assembly.assembled, logError)
  await runner.start({ intervals: options.intervals ?? true })
  return {
    ...rooms,
    server,
    access,
    isWatched: rooms.streams.isWatched,
    runDue: runner.runDue,
    listen,
    async close() {
      await runner.close(() => server.close())
      await pulse.close()
    },
  }
}

function openMailer({ config, log }: AppOptions): Mailer {
  const { mail, dataDir } = config
  return createMailer({ settings: mail, folder: mailFolder(dataDir), origin: dashboardOrigin(config), log })
}

/** Registers what people read in a browser. */
async function registerPages(server: HttpServer): Promise<void> {
  await server.register(referenceRoutes())
  await server.register(errorPageRoutes(problemSections))
  if (findDashboard(dashboardFolder)) await serveDashboard(server, dashboardFolder)
}

type HttpDeps = {
  readonly access: Access
  readonly idempotency: Idempotency
  readonly metrics: Metrics
  readonly assembly: ReturnType<typeof createAssembly<Http>>
  /** Reads how many commands about calls wait or run. */
  readonly readDepth: () => number
}

/** Puts HTTP around the rooms: what every request passes first, the rooms' routes, and those of the server itself. */
async function openServer(
  options: AppOptions,
  { access, idempotency, metrics, assembly, readDepth }: HttpDeps,
): Promise<{ server: HttpServer; listen: App['listen'] }> {
  const { config, log, handles } = options
  const { publicUrl, host, port, metricsPort } = config
  const dashboard = findDashboard(dashboardFolder)
  const connectionsMax = handles?.connectionsMax
  const server = createHttpServer({ log, metrics, dashboard, publicUrl, connectionsMax })
  await describeRoutes(server, describeApi(await readOwnVersion()))
  await guardRoutes(server, access, config)
  const admission = admitRequests(server, { senderOf: nameSender })
  registerLoadMetrics(metrics, { admission, connections: server.connections, readDepth })
  for (const make of assembly.assembled.routes) await server.register(make({ access, idempotency }))
  const checks = await createReadinessChecks({ ...options, migrationsFolder: MIGRATIONS_FOLDER })
  await server.register(healthRoutes(checks))
  const metricsText = createMetricsText(metrics)
  const metricsServer = metricsPort === undefined ? undefined : createMetricsServer(metricsText)
  if (metricsServer) assembly.worker({ close: metricsServer.close })
  else
    await server.register(
      metricsRoutes(metricsText, (request) => requireMetricsReader(access, request, publicUrl)),
    )
  await registerPages(server)
  await server.ready()
  return {
    server,
    async listen() {
      await metricsServer?.listen({ host, port: metricsPort ?? 0 }).catch((error: Error) => {
        throw new StartProblem(
          `Port ${metricsPort} of ${host} cannot be used for the metrics (${error.message}). Set TALKTIME_METRICS_PORT to a free one.`,
        )
      })
      return server.listen({ host, port })
    },
  }
}

/** The port on which the server listens, which port 0 leaves to the system. */
function readPort({ server }: HttpServer): number | undefined {
  const bound = server.address()
  return bound !== null && typeof bound === 'object' ? bound.port : undefined
}

/** What access needs of the server's options. */
function describeAccess(options: AppOptions, mailer: Mailer): AccessOptions {
  const { config } = options
  return {
    ...options,
    secrets: config,
    publicUrl: config.publicUrl,
    serviceName: config.seller.name,
    mailer,
    origin: dashboardOrigin(config),
    verifiesEmail: config.verifyEmail,
  }
}
