import { MINUTE_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { closeMonths } from './closed-months.ts'

export type UsageDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
  readonly assembly: RoomAssembly
}

/** Opens usage: months that are over are closed in the background. */
export function openUsage(deps: UsageDeps): void {
  deps.assembly.chore('Closing months that are over', MINUTE_MS, () => closeMonths(deps, deps.clock.now()))
}
