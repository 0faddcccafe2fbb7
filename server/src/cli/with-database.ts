import { readSettings, type Settings } from '../config.ts'
import { loadCatalog } from '../plans/index.ts'
import type { Clock } from '../platform/clock.ts'
import { connectToDatabase } from '../platform/database/connect.ts'
import type { Database } from '../platform/database/database.ts'
import { readDatabaseClock } from '../platform/database/database-clock.ts'
import { createLog, type Logger } from '../platform/log.ts'

/** What every command is given. */
export type CommandContext = {
  readonly database: Database
  readonly config: Settings
  readonly log: Logger
  /** The database's time, which servers go by. */
  readonly clock: Clock
  /** When the command began, by that clock. */
  readonly nowMs: number
}

/**
 * Runs a command on the database that the settings name, whether or not a server is running. Plans of the catalog that
 * are missing are loaded first.
 *
 * @throws StartProblem if a setting is wrong, or the database does not exist, cannot be reached or lacks migrations
 */
export function withDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  return run('change', async (context) => {
    await loadCatalog(context.database)
    return work(context)
  })
}

/** Runs a command that only reads. PostgreSQL refuses every write of its connections. */
export function lookAtDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  return run('look', work)
}

async function run<T>(use: 'change' | 'look', work: (context: CommandContext) => Promise<T>): Promise<T> {
  const config = readSettings()
  const log = createLog(config.logLevel)
  const { database, stop } = await connectToDatabase(config, log, use)
  try {
    const clock = await readDatabaseClock(database)
    return await work({ database, config, log, clock, nowMs: clock.now() })
  } finally {
    await stop()
  }
}
