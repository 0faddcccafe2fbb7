import { type Config, loadConfig } from '../config.ts'
import { loadCatalog } from '../plans/index.ts'
import { systemClock } from '../platform/clock.ts'
import { connectToDatabase } from '../platform/database/connect.ts'
import type { Database } from '../platform/database/database.ts'
import { createLog, type Logger } from '../platform/log.ts'

/** What a command works with. */
export type CommandContext = {
  readonly database: Database
  readonly config: Config
  readonly log: Logger
  readonly nowMs: number
}

/**
 * Runs a command on the database that the settings name: beside a running server, or without one. The plans of the
 * catalogue are there, also where no server has run yet.
 *
 * @throws StartProblem where the settings are wrong or the database cannot be reached
 */
export async function withDatabase<T>(work: (context: CommandContext) => Promise<T>): Promise<T> {
  const config = await loadConfig()
  const log = createLog(config.logLevel)
  const { database, stop } = await connectToDatabase(config, log)
  try {
    await loadCatalog(database)
    return await work({ database, config, log, nowMs: systemClock.now() })
  } finally {
    await stop()
  }
}
