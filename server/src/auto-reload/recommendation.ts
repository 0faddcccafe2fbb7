import { recommendThreshold, type ThresholdAdvice } from '@talktime/core/auto-reload/recommended-threshold'
import type { Queryable } from '../platform/database/database.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS
const DAYS = 30
/**
 * At most so many of the newest entries are looked at: reading them takes some 30 ms, and whoever has more of them
 * in 30 days is advised by fewer days.
 */
const ENTRIES_MAX = 50_000

/** What campaigns are expected to use in the night that is ahead. */
export type OvernightForecast = {
  /** Milliseconds of talk time. */
  readonly expectedMs: number
  /** The names of the campaigns that are expected to use something. */
  readonly campaigns: readonly string[]
  /** When the night is over. */
  readonly endsAtMs: number
}

/** Asks the campaigns, of which this room knows nothing else. */
export type ForecastOvernight = (
  db: Queryable,
  workspaceId: string,
  nowMs: number,
) => Promise<OvernightForecast>

export type Recommendation = {
  readonly advice: ThresholdAdvice
  /** How many days of usage it looks at. */
  readonly days: number
  readonly overnight: OvernightForecast
}

/**
 * Which threshold suits what the workspace's calls were charged, hour by hour, in the last 30 days, and what its
 * campaigns are expected to use overnight.
 */
export async function recommend(
  db: Queryable,
  workspaceId: string,
  overnight: OvernightForecast,
  nowMs: number,
): Promise<Recommendation> {
  const sinceMs = nowMs - DAYS * DAY_MS
  const { rows } = await db.query<{ hour: number; usedMs: number; entries: number; firstAtMs: number }>(
    `select (at_ms - $2) / $4 as hour, -sum(amount_ms)::bigint as "usedMs", count(*) as entries,
            min(at_ms) as "firstAtMs"
     from (select kind, at_ms, amount_ms from ledger_entries where workspace_id = $1
           order by seq desc limit $5) newest
     where kind = 'call' and at_ms >= $2 and at_ms <= $3 group by 1`,
    [workspaceId, sinceMs, nowMs, HOUR_MS, ENTRIES_MAX],
  )
  const hours = Array.from({ length: DAYS * 24 + 1 }, () => 0)
  for (const { hour, usedMs } of rows) hours[hour] = Math.max(0, usedMs)
  const advice = recommendThreshold(hours, overnight.expectedMs)
  return { advice, days: daysLookedAt(rows, nowMs), overnight }
}

function daysLookedAt(rows: readonly { entries: number; firstAtMs: number }[], nowMs: number): number {
  const entries = rows.reduce((sum, row) => sum + row.entries, 0)
  if (entries < ENTRIES_MAX) return DAYS
  const firstAtMs = Math.min(...rows.map((row) => row.firstAtMs))
  return Math.max(1, Math.floor((nowMs - firstAtMs) / DAY_MS))
}
