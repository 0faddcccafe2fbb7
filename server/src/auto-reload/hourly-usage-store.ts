import { HOUR_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'

/**
 * How many of the newest entries are read at most, which takes about 30 ms. Advice for a workspace with more entries in
 * 30 days is based on fewer days.
 */
export const ENTRIES_MAX = 50_000

/** What calls were charged in one hour. */
export type HourlyUsage = {
  /** The number of the hour, counted from the start of the range. */
  readonly hour: number
  readonly usedMs: number
  readonly entries: number
  readonly firstAtMs: number
}

/** Sums the charges of calls by hour. Hours without charges are left out. */
export async function listHourlyUsage(
  db: Queryable,
  workspaceId: string,
  fromMs: number,
  toMs: number,
): Promise<HourlyUsage[]> {
  const { rows } = await db.query<HourlyUsage>(
    `select (at_ms - $2) / $4 as hour, -sum(amount_ms)::bigint as "usedMs", count(*) as entries,
            min(at_ms) as "firstAtMs"
     from (select kind, at_ms, amount_ms from ledger_entries where workspace_id = $1
           order by seq desc limit $5) newest
     where kind = 'call' and at_ms >= $2 and at_ms <= $3 group by 1`,
    [workspaceId, fromMs, toMs, HOUR_MS, ENTRIES_MAX],
  )
  return rows
}
