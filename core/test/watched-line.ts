import type { WatchedLine } from '../src/billing/threshold-crossings.ts'

export const t0 = Date.UTC(2026, 0, 10, 12)

/** A line of 10 credits without live calls, on which no crossing has happened, with these fields changed. */
export const watchedLine = (fields: Partial<WatchedLine>): WatchedLine => ({
  anchorMs: t0,
  balanceMs: 600_000,
  liveCalls: 0,
  outSinceMs: null,
  lowSinceMs: null,
  lowBalanceThresholdMs: 300_000,
  reloadBelowMs: null,
  ...fields,
})
