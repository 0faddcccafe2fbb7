/** How far back a voice stack's report may lie. */
export const REPORT_AGE_MS_MAX = 24 * 60 * 60 * 1000
/** How far ahead of ours a voice stack's clock may run. */
export const CLOCK_SKEW_MS_MAX = 5_000

export type ReportedInstant =
  | { readonly accepted: true; readonly atMs: number }
  | { readonly accepted: false; readonly reason: 'in_future' | 'too_old' }

/** When a reported event happened: `atMs` by the voice stack's clock, or now where it says nothing. */
export function checkReportedInstant(atMs: number | null, nowMs: number): ReportedInstant {
  if (atMs === null) return { accepted: true, atMs: nowMs }
  if (atMs > nowMs + CLOCK_SKEW_MS_MAX) return { accepted: false, reason: 'in_future' }
  if (atMs < nowMs - REPORT_AGE_MS_MAX) return { accepted: false, reason: 'too_old' }
  return { accepted: true, atMs: Math.min(atMs, nowMs) }
}
