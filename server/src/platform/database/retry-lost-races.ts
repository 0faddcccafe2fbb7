import { setTimeout as pause } from 'node:timers/promises'
import { findDatabaseFault } from './database-fault.ts'

const ATTEMPTS_MAX = 4
/** The longest pause before the second attempt. Each further one may be twice as long. */
const PAUSE_MS = 10

/**
 * Runs a transaction again when PostgreSQL rolled it back in favor of another one (a deadlock, a serialization failure).
 * Nothing of it was done, so `run` starts over. Any other error is thrown as it is.
 *
 * @param run begins its transaction itself, and does nothing outside of it
 */
export async function retryLostRaces<T>(run: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run()
    } catch (error) {
      if (attempt === ATTEMPTS_MAX || !findDatabaseFault(error)?.isLostRace) throw error
      // Two transactions that met once must not meet again in step.
      await pause(Math.random() * PAUSE_MS * 2 ** (attempt - 1))
    }
  }
}
