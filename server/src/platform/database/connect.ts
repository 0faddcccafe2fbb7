import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '@talktime/core/time/durations'
import type pg from 'pg'
import { systemClock } from '../clock.ts'
import { openDataFolder } from '../data-folder.ts'
import { type FolderLock, type Holder, lockFolder } from '../folder-lock.ts'
import type { Logger } from '../log.ts'
import { invariant } from '../problem.ts'
import type { ServerSettings } from '../server-settings.ts'
import { StartProblem } from '../start-problem.ts'
import { type Database, openDatabase } from './database.ts'
import { findEmbedded, startEmbedded } from './embedded.ts'
import { migrate } from './migrate.ts'
import { requireUtf8 } from './require-utf8.ts'
import { LONG_LIMITS, POOL_LIMITS, type SessionLimits } from './session.ts'

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
  if (lock) return runEmbedded(lock.folder, log, POOL_LIMITS)
  invariant(config.databaseUrl !== undefined, 'a server without the data folder has a DATABASE_URL')
  return connectToUrl(config.databaseUrl, POOL_LIMITS)
}

/**
 * Opens the database for the command line: the server of DATABASE_URL, if it is set; otherwise the embedded PostgreSQL,
 * either of the server that is running on the data folder or started for this process alone.
 *
 * @throws StartProblem if the database cannot be started, reached or migrated
 */
export async function connectToDatabase(config: ServerSettings, log: Logger): Promise<Connected> {
  if (config.databaseUrl !== undefined) return connectToUrl(config.databaseUrl, LONG_LIMITS)
  const folder = await openDataFolder(config.dataDir)
  const deadlineMs = performance.now() + LOCK_MS_MAX
  for (;;) {
    const outcome = await lockFolder(folder, 'command', systemClock)
    if ('lock' in outcome) return runForCommand(outcome.lock, log)
    // The holder may be a server that is starting or stopping, or another command, which will soon be done.
    const connection = outcome.holder?.kind === 'server' ? await findEmbedded(folder) : undefined
    const attached = connection && (await attach(connection))
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

/** Opens the server of DATABASE_URL. */
async function connectToUrl(databaseUrl: string, limits: SessionLimits): Promise<Connected> {
  const database = openDatabase({ connectionString: databaseUrl, ...CONNECTION_OPTIONS }, { limits })
  try {
    await database.query('select 1')
  } catch (error) {
    await database.close()
    const { host, pathname } = new URL(databaseUrl)
    throw new StartProblem(
      `The database ${pathname.slice(1)} at ${host} (DATABASE_URL) cannot be used: ${describeFault(error)}.`,
    )
  }
  return migrateConnected(database, false)
}

/** Opens the embedded PostgreSQL that a server runs. Undefined if it does not answer. */
async function attach(connection: pg.ClientConfig): Promise<Connected | undefined> {
  const database = openDatabase({ ...connection, ...CONNECTION_OPTIONS }, { limits: LONG_LIMITS })
  try {
    await database.query('select 1')
  } catch {
    await database.close()
    return undefined
  }
  return migrateConnected(database, true)
}

/** Starts the embedded PostgreSQL. This process holds the folder. */
async function runEmbedded(folder: string, log: Logger, limits: SessionLimits): Promise<Connected> {
  const postgres = await startEmbedded(folder, log)
  return migrateConnected(
    openDatabase({ ...postgres.connection, ...CONNECTION_OPTIONS }, { limits }),
    true,
    postgres.stop,
  )
}

async function runForCommand(lock: FolderLock, log: Logger): Promise<Connected> {
  try {
    const connected = await runEmbedded(lock.folder, log, LONG_LIMITS)
    return { ...connected, stop: () => connected.stop().finally(lock.release) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

const CONNECTION_OPTIONS = { application_name: 'talktime' }

/** How long a stop waits for connections in use. */
const CLOSE_MS_MAX = 5_000

/** Migrates an open database to this program's schema. */
async function migrateConnected(
  database: Database,
  embedded: boolean,
  stopServer?: () => Promise<void>,
): Promise<Connected> {
  async function stop(): Promise<void> {
    await Promise.race([database.close(), pause(CLOSE_MS_MAX, undefined, { ref: false })])
    await stopServer?.()
  }
  try {
    await requireUtf8(database)
    await migrate(database)
  } catch (error) {
    await stop()
    if (error instanceof StartProblem) throw error
    throw new StartProblem(
      `The database could not be migrated to this version’s schema: ${describeFault(error)}.`,
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
