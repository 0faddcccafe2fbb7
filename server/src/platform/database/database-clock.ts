import type { Clock } from '../clock.ts'
import type { Queryable } from './database.ts'

/** Asks the database for its time, in epoch milliseconds. */
export const TIME_QUERY = {
  name: 'database_time',
  text: 'select (extract(epoch from clock_timestamp()) * 1000)::float8 as ms',
}

/**
 * Reads the database's clock once. The clock that is returned goes on from there by the monotonic timer: for programs that
 * are soon done, such as a command. What they stamp lies on the line of time on which servers act, however wrong the
 * computer's own clock is.
 */
export async function readDatabaseClock(database: Queryable): Promise<Clock> {
  const sentMs = performance.now()
  const { rows } = await database.query<{ ms: number }>(TIME_QUERY)
  const offsetMs = (rows[0]?.ms ?? Number.NaN) - (sentMs + performance.now()) / 2
  return { now: () => Math.floor(performance.now() + offsetMs) }
}
