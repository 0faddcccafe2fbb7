import { recommendThreshold, type ThresholdAdvice } from '@talktime/core/auto-reload/recommended-threshold'
import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'
import { ENTRIES_MAX, type HourlyUsage, listHourlyUsage } from './hourly-usage-store.ts'

/** How many days of usage a recommendation looks at. */
const USAGE_DAYS = 30

/** What campaigns are expected to use in the coming night. */
export type OvernightForecast = {
  /** Milliseconds of talk time. */
  readonly expectedMs: number
  /** The names of the campaigns that are expected to use something. */
  readonly campaigns: readonly string[]
  /** When the night is over. */
  readonly endsAtMs: number
}

/** Asks the campaigns room, of which this room knows nothing else. */
export type ForecastOvernight = (
  db: Queryable,
  workspaceId: string,
  nowMs: number,
) => Promise<OvernightForecast>

export type Recommendation = {
  readonly advice: ThresholdAdvice
  /** How many days of usage it is based on. */
  readonly days: number
  readonly overnight: OvernightForecast
}

/**
 * Recommends a threshold from the charges of the workspace's calls in the last 30 days, hour by hour, and from what its
 * campaigns are expected to use overnight.
 */
export async function recommend(
  db: Queryable,
  workspaceId: string,
  overnight: OvernightForecast,
  nowMs: number,
): Promise<Recommendation> {
  const usage = await listHourlyUsage(db, workspaceId, nowMs - USAGE_DAYS * DAY_MS, nowMs)
  const hours = Array.from({ length: USAGE_DAYS * 24 + 1 }, () => 0)
  for (const { hour, usedMs } of usage) hours[hour] = Math.max(0, usedMs)
  const advice = recommendThreshold(hours, overnight.expectedMs)
  return { advice, days: computeDaysCovered(usage, nowMs), overnight }
}

function computeDaysCovered(usage: readonly HourlyUsage[], nowMs: number): number {
  const entries = usage.reduce((sum, row) => sum + row.entries, 0)
  if (entries < ENTRIES_MAX) return USAGE_DAYS
  const firstAtMs = Math.min(...usage.map((row) => row.firstAtMs))
  return Math.max(1, Math.floor((nowMs - firstAtMs) / DAY_MS))
}
