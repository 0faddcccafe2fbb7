import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type pg from 'pg'
import { systemClock } from '../clock.ts'
import { openDataFolder } from '../data-folder.ts'
import { type FolderLock, type Holder, isFolderHeld, lockFolder } from '../folder-lock.ts'
import type { Logger } from '../log.ts'
import { invariant } from '../problem.ts'
import type { ServerSettings } from '../server-settings.ts'
import { StartProblem } from '../start-problem.ts'
import { type Database, openDatabase } from './database.ts'
import { findEmbedded, hasCluster, requireCluster, startEmbedded } from './embedded.ts'
import { migrate, requireMigrated } from './migrate.ts'
import { requireUtf8 } from './require-utf8.ts'
import { LONG_LIMITS, POOL_LIMITS } from './session.ts'

export type Connected = {
  readonly database: Database
  /** Whether this is the embedded PostgreSQL of the data folder. */
  readonly embedded: boolean
  /** Closes the connections and, if this process started the embedded PostgreSQL, stops it. */
  stop(): Promise<void>
}

/**
 * Locks the data folder for this server if its database lives there. Waits for a command that uses the folder. Undefined
 * with DATABASE_URL, when any number of servers share one database.
 *
 * @throws StartProblem naming the process that holds the folder
 */
export async function takeDataFolder(config: ServerSettings, log: Logger): Promise<FolderLock | undefined> {
  if (config.databaseUrl !== undefined) return undefined
  const folder = await openDataFolder(config.dataDir)
  const deadlineMs = performance.now() + LOCK_MS_MAX
  for (let isLogged = false; ; isLogged = true) {
    const outcome = await lockFolder(folder, 'server', systemClock)
    if ('lock' in outcome) return outcome.lock
    const { holder } = outcome
    if (holder?.kind !== 'command' || performance.now() > deadlineMs) throw createHeldProblem(folder, holder)
    if (!isLogged) log.info({ pid: holder.pid }, 'Waiting for a command that uses the data folder')
    await pause(200)
  }
}

/**
 * Opens the server's database and migrates it to this program's schema.
 *
 * @param lock the data folder's lock from {@link takeDataFolder}; the caller releases it
 * @throws StartProblem if the database cannot be started, reached or migrated
 */
export async function openServerDatabase(
  config: ServerSettings,
  lock: FolderLock | undefined,
  log: Logger,
): Promise<Connected> {
  if (lock) return runEmbedded(lock.folder, log, 'serve')
  invariant(config.databaseUrl !== undefined, 'a server without the data folder has a DATABASE_URL')
  return connectToUrl(config.databaseUrl, 'serve')
}

/**
 * What a database is opened for. `serve` creates and migrates it. `change` and `look` require that a server has done that:
 * a command that migrated would break the server that runs. `look` also lets PostgreSQL refuse every write.
 */
type Use = 'serve' | 'change' | 'look'

/**
 * Opens the database for the command line: the server of DATABASE_URL, if it is set; otherwise the embedded PostgreSQL,
 * either of the server that is running on the data folder or started for this process alone.
 *
 * @throws StartProblem if the database does not exist, cannot be started or reached, or lacks migrations
 */
export async function connectToDatabase(
  config: Pick<ServerSettings, 'databaseUrl' | 'dataDir'>,
  log: Logger,
  use: Exclude<Use, 'serve'>,
): Promise<Connected> {
  if (config.databaseUrl !== undefined) return connectToUrl(config.databaseUrl, use)
  // The first start of a server creates the database while it holds the folder.
  if (!(await isFolderHeld(config.dataDir))) await requireCluster(config.dataDir)
  const folder = await openDataFolder(config.dataDir)
  const deadlineMs = performance.now() + LOCK_MS_MAX
  for (;;) {
    const outcome = await lockFolder(folder, 'command', systemClock)
    if ('lock' in outcome) return runForCommand(outcome.lock, log, use)
    // The holder may be a server that is starting or stopping, or another command, which will soon be done. A server has
    // an address once it has started, and so has migrated the database.
    const isServing = outcome.holder?.kind === 'server' && outcome.holder.address !== null
    const connection = isServing ? await findEmbedded(folder) : undefined
    const attached = connection && (await attach(connection, use))
    if (attached) return attached
    if (performance.now() > deadlineMs) throw createHeldProblem(folder, outcome.holder)
    await pause(100)
  }
}

/** How long a process waits for another one to release the data folder. */
const LOCK_MS_MAX = MINUTE_MS

function createHeldProblem(folder: string, holder: Holder | undefined): StartProblem {
  const rest = 'Stop it first, or set TALKTIME_DATA_DIR to another folder.'
  if (!holder) return new StartProblem(`Another Talktime holds the data folder ${folder}. ${rest}`)
  const who = holder.kind === 'server' ? 'Another Talktime server' : 'A Talktime command'
  const where = holder.address === null ? '' : ` at ${holder.address}`
  const since = `${new Date(holder.sinceMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return new StartProblem(
    `${who} (pid ${holder.pid})${where} has held the data folder ${folder} since ${since}. ${rest}`,
  )
}

/**
 * Locks the data folder for a command that creates its database. Waits for nobody: there must be no database to hold.
 *
 * @throws StartProblem if there is a database, or a process holds the folder
 */
export async function takeEmptyDataFolder(dataDir: string): Promise<FolderLock> {
  const folder = await openDataFolder(dataDir)
  const outcome = await lockFolder(folder, 'command', systemClock)
  if (!('lock' in outcome)) throw createHeldProblem(folder, outcome.holder)
  if (!(await hasCluster(folder))) return outcome.lock
  await outcome.lock.release()
  throw new StartProblem(
    `The data folder ${folder} has a database already. Set TALKTIME_DATA_DIR to a new folder. Nothing was changed.`,
  )
}

/** Opens the server of DATABASE_URL, whose schema must be this version's or, to serve, becomes it. */
async function connectToUrl(databaseUrl: string, use: Use): Promise<Connected> {
  return requireSchema(await openUrl(databaseUrl, use), { embedded: false, use })
}

/**
 * Opens the server of DATABASE_URL, whatever its schema.
 *
 * @throws StartProblem if it cannot be reached
 */
export async function openUrl(databaseUrl: string, use: Use): Promise<Database> {
  const database = openFor(use, { connectionString: databaseUrl })
  try {
    await database.query('select 1')
  } catch (error) {
    await database.close()
    const { host, pathname } = new URL(databaseUrl)
    throw new StartProblem(
      `The database ${pathname.slice(1)} at ${host} (DATABASE_URL) cannot be used: ${describeFault(error)}.`,
    )
  }
  return database
}

/** Opens the embedded PostgreSQL that a server runs. Undefined if it does not answer. */
async function attach(connection: pg.ClientConfig, use: Use): Promise<Connected | undefined> {
  const database = openFor(use, connection)
  try {
    await database.query('select 1')
  } catch {
    await database.close()
    return undefined
  }
  return requireSchema(database, { embedded: true, use })
}

/** Starts the embedded PostgreSQL. This process holds the folder. */
async function runEmbedded(folder: string, log: Logger, use: Use): Promise<Connected> {
  const postgres = await startEmbedded(folder, log, { setUp: use === 'serve' })
  const database = openFor(use, postgres.connection)
  return requireSchema(database, { embedded: true, use, stopServer: postgres.stop })
}

async function runForCommand(lock: FolderLock, log: Logger, use: Use): Promise<Connected> {
  try {
    const connected = await runEmbedded(lock.folder, log, use)
    return { ...connected, stop: () => connected.stop().finally(lock.release) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** Opens a pool. Commands may take their time: they verify, recompute and load. */
function openFor(use: Use, connection: pg.ClientConfig): Database {
  const readOnly = use === 'look' ? { options: '-c default_transaction_read_only=on' } : {}
  return openDatabase(
    { ...connection, application_name: 'talktime', ...readOnly },
    { limits: use === 'serve' ? POOL_LIMITS : LONG_LIMITS },
  )
}

/** How long a stop waits for connections in use. */
const CLOSE_MS_MAX = 5_000

/** Migrates an open database to this program's schema, or requires that it has this schema. */
async function requireSchema(
  database: Database,
  {
    embedded,
    use,
    stopServer,
  }: { readonly embedded: boolean; readonly use: Use; readonly stopServer?: () => Promise<void> },
): Promise<Connected> {
  async function stop(): Promise<void> {
    await Promise.race([database.close(), pause(CLOSE_MS_MAX, undefined, { ref: false })])
    await stopServer?.()
  }
  try {
    await requireUtf8(database)
    await (use === 'serve' ? migrate(database) : requireMigrated(database))
  } catch (error) {
    await stop()
    if (error instanceof StartProblem) throw error
    throw new StartProblem(
      `The database could not be ${use === 'serve' ? 'migrated to' : 'compared with'} this version’s schema: ${describeFault(error)}.`,
    )
  }
  return { database, embedded, stop }
}

/** Describes why a database cannot be used, as the end of a sentence. */
function describeFault(error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  if (/timeout/.test(message)) return 'it does not answer'
  return DATABASE_FAULTS[code ?? ''] ?? (message || String(code))
}

const DATABASE_FAULTS: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host’s name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
}
