import { virtualClock } from '../../platform/clock.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import type { Logger } from '../../platform/log.ts'
import { openQuietRooms } from '../../quiet-rooms.ts'
import type { Rooms, RoomsConfig } from '../../rooms.ts'
import { pipelineWithin, withinTransaction } from './one-transaction.ts'

export type YearWorldDeps = {
  readonly database: Database
  readonly tx: Tx
  readonly startsAtMs: number
  readonly config: RoomsConfig
  readonly log: Logger
}

/** The product's rooms as the demo's year uses them. */
export type YearWorld = Rooms & {
  readonly tx: Tx
  readonly clock: ReturnType<typeof virtualClock>
  readonly database: Database
}

/**
 * Opens the rooms under a clock that is set by hand, all of them on the one transaction: the sandbox bank's books too,
 * so that nothing remains of a year that breaks off.
 */
export function openYearWorld(deps: YearWorldDeps): YearWorld {
  const { tx, config, log } = deps
  const clock = virtualClock(deps.startsAtMs)
  const database = withinTransaction(deps.database, tx)
  const rooms = openQuietRooms({
    database,
    clock,
    config,
    log,
    openPipeline: () => pipelineWithin(tx),
  })
  return { ...rooms, tx, clock, database }
}
