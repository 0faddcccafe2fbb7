import { DAY_MS, SECOND_MS } from '../time/durations.ts'

/** How old the event of a report may be. */
export const REPORT_AGE_MS_MAX = DAY_MS
/** How far a voice stack's clock may be ahead of the server's. */
export const CLOCK_SKEW_MS_MAX = 5 * SECOND_MS

export type ReportedInstant =
  | { readonly accepted: true; readonly atMs: number }
  | { readonly accepted: false; readonly reason: 'in_future' | 'too_old' }

/**
 * Checks when a reported event happened: at `atMs` by the voice stack's clock, or at `nowMs` if the report has no time
 * (null). An accepted instant is never in the future: a clock that is slightly ahead is taken as now.
 */
export function checkReportedInstant(atMs: number | null, nowMs: number): ReportedInstant {
  if (atMs === null) return { accepted: true, atMs: nowMs }
  if (atMs > nowMs + CLOCK_SKEW_MS_MAX) return { accepted: false, reason: 'in_future' }
  if (atMs < nowMs - REPORT_AGE_MS_MAX) return { accepted: false, reason: 'too_old' }
  return { accepted: true, atMs: Math.min(atMs, nowMs) }
}
