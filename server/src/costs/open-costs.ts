import { SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import { precomputePriceSplits } from './precompute-price-splits.ts'

export type CostsDeps = {
  readonly database: Database
  readonly assembly: RoomAssembly
}

/** Opens costs: the splits of days on which the price changed are computed before somebody asks for them. */
export function openCosts({ database, assembly }: CostsDeps): void {
  assembly.chore('Splitting days on which the price changed', 5 * SECOND_MS, () =>
    precomputePriceSplits(database),
  )
}
