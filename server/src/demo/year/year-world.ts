import { virtualClock } from '../../platform/clock.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import type { Logger } from '../../platform/log.ts'
import { openQuietRooms } from '../../quiet-rooms.ts'
import type { Rooms, RoomsConfig } from '../../rooms.ts'
import { openDatabaseWithin, openPipelineWithin } from './within-transaction.ts'

export type YearWorldDeps = {
  readonly database: Database
  readonly tx: Tx
  readonly startsAtMs: number
  readonly config: RoomsConfig
  readonly log: Logger
}

/** The server's rooms under the clock and in the transaction of the demo's year. */
export type YearWorld = Rooms & {
  readonly tx: Tx
  readonly clock: ReturnType<typeof virtualClock>
  readonly database: Database
}

/**
 * Opens the rooms under a virtual clock. All of them work in the one transaction, the sandbox bank included, so that
 * an interrupted year leaves nothing behind.
 */
export function openYearWorld(deps: YearWorldDeps): YearWorld {
  const { tx, config, log } = deps
  const clock = virtualClock(deps.startsAtMs)
  const database = openDatabaseWithin(deps.database, tx)
  const rooms = openQuietRooms({
    database,
    clock,
    config,
    log,
    openPipeline: () => openPipelineWithin(tx),
  })
  return { ...rooms, tx, clock, database }
}
