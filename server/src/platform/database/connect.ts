import { setTimeout as pause } from 'node:timers/promises'
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

export type Connected = {
  readonly database: Database
  /** Whether this is the embedded PostgreSQL of the data folder. */
  readonly embedded: boolean
  /** Closes the connections and, if this process started the embedded PostgreSQL, stops it. */
  stop(): Promise<void>
}

/**
 * Takes the data folder for this server, if its database lives there: undefined with DATABASE_URL, where any number
 * of servers share one database.
 *
 * @throws StartProblem naming who holds it already
 */
export async function takeDataFolder(config: ServerSettings, log: Logger): Promise<FolderLock | undefined> {
  if (config.databaseUrl !== undefined) return undefined
  const folder = await openDataFolder(config.dataDir)
  const deadlineMs = performance.now() + patienceMs
  for (let said = false; ; said = true) {
    const outcome = await lockFolder(folder, 'server', systemClock)
    if ('lock' in outcome) return outcome.lock
    const { holder } = outcome
    if (holder?.kind !== 'command' || performance.now() > deadlineMs) throw heldProblem(folder, holder)
    if (!said) log.info({ pid: holder.pid }, 'Waiting for a command that uses the data folder')
    await pause(200)
  }
}

/**
 * The server's database, at this program's schema.
 *
 * @param lock the data folder, from {@link takeDataFolder}; whoever took it releases it
 * @throws StartProblem
 */
export async function openServerDatabase(
  config: ServerSettings,
  lock: FolderLock | undefined,
  log: Logger,
): Promise<Connected> {
  if (lock) return runEmbedded(lock.folder, log)
  invariant(config.databaseUrl !== undefined, 'a server without the data folder has a DATABASE_URL')
  return connectToUrl(config.databaseUrl)
}

/**
 * The database for the command line: the server of DATABASE_URL; or else the embedded PostgreSQL of the server that
 * runs on the data folder; or else that PostgreSQL, started for this process alone.
 *
 * @throws StartProblem
 */
export async function connectToDatabase(config: ServerSettings, log: Logger): Promise<Connected> {
  if (config.databaseUrl !== undefined) return connectToUrl(config.databaseUrl)
  const folder = await openDataFolder(config.dataDir)
  const deadlineMs = performance.now() + patienceMs
  for (;;) {
    const outcome = await lockFolder(folder, 'command', systemClock)
    if ('lock' in outcome) return runForCommand(outcome.lock, log)
    // The holder may be a server that still starts or already stops, or another command, which is soon over.
    const connection = outcome.holder?.kind === 'server' ? await findEmbedded(folder) : undefined
    const attached = connection && (await attach(connection))
    if (attached) return attached
    if (performance.now() > deadlineMs) throw heldProblem(folder, outcome.holder)
    await pause(100)
  }
}

/** How long a process waits for another that holds the data folder and will soon be done. */
const patienceMs = 60_000

function heldProblem(folder: string, holder: Holder | undefined): StartProblem {
  const rest = 'Stop it first, or set TALKTIME_DATA_DIR to another folder.'
  if (!holder) return new StartProblem(`Another Talktime holds the data folder ${folder}. ${rest}`)
  const who = holder.kind === 'server' ? 'Another Talktime server' : 'A command of Talktime’s'
  const where = holder.address === null ? '' : ` at ${holder.address}`
  const since = `${new Date(holder.sinceMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return new StartProblem(
    `${who} (pid ${holder.pid})${where} holds the data folder ${folder} since ${since}. ${rest}`,
  )
}

/** Opens the server of DATABASE_URL. */
async function connectToUrl(databaseUrl: string): Promise<Connected> {
  const database = openDatabase({ connectionString: databaseUrl, ...connectionTraits })
  try {
    await database.query('select 1')
  } catch (error) {
    await database.close()
    const { host, pathname } = new URL(databaseUrl)
    throw new StartProblem(
      `The database ${pathname.slice(1)} at ${host} (DATABASE_URL) cannot be used: ${databaseFault(error)}.`,
    )
  }
  return atThisSchema(database, false)
}

/** Opens the embedded PostgreSQL that a server runs; undefined while it does not answer. */
async function attach(connection: pg.ClientConfig): Promise<Connected | undefined> {
  const database = openDatabase({ ...connection, ...connectionTraits })
  try {
    await database.query('select 1')
  } catch {
    await database.close()
    return undefined
  }
  return atThisSchema(database, true)
}

/** Runs the embedded PostgreSQL for this process, which holds the folder. */
async function runEmbedded(folder: string, log: Logger): Promise<Connected> {
  const postgres = await startEmbedded(folder, log)
  return atThisSchema(openDatabase({ ...postgres.connection, ...connectionTraits }), true, postgres.stop)
}

async function runForCommand(lock: FolderLock, log: Logger): Promise<Connected> {
  try {
    const connected = await runEmbedded(lock.folder, log)
    return { ...connected, stop: () => connected.stop().finally(lock.release) }
  } catch (error) {
    await lock.release()
    throw error
  }
}

const connectionTraits = { application_name: 'talktime' }

/** How long connections in use are waited for before they are left behind. */
const closeMsMax = 5_000

async function atThisSchema(
  database: Database,
  embedded: boolean,
  stopServer?: () => Promise<void>,
): Promise<Connected> {
  async function stop(): Promise<void> {
    await Promise.race([database.close(), pause(closeMsMax, undefined, { ref: false })])
    await stopServer?.()
  }
  try {
    await migrate(database)
  } catch (error) {
    await stop()
    if (error instanceof StartProblem) throw error
    throw new StartProblem(
      `The database could not be brought to this version’s schema: ${databaseFault(error)}.`,
    )
  }
  return { database, embedded, stop }
}

function databaseFault(error: unknown): string {
  const { code, message } = error as Error & { code?: string }
  return databaseFaults[code ?? ''] ?? (message || String(code))
}

const databaseFaults: Record<string, string> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'the host is not known',
  EAI_AGAIN: 'the host’s name cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'the host cannot be reached',
}
