import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import type { Transaction } from '../../api/types.ts'

/** How fast credits are used, in milliseconds of talk time a day, measured over the last `overMs`. */
export type Pace = { readonly perDayMs: number; readonly overMs: number }

/** The pace is measured over at most this many days. */
export const PACE_DAYS_MAX = 7

/**
 * Measures the pace of the last seven days.
 *
 * @param charges ledger entries of calls, newest first
 * @param complete whether the entries reach back seven days; if not, the pace is measured from the oldest one
 * @param createdMs when the workspace was created; a workspace younger than a day counts as a day old
 */
export function measurePace(
  charges: readonly Pick<Transaction, 'at' | 'amount'>[],
  complete: boolean,
  createdMs: number,
  nowMs: number,
): Pace {
  const oldest = charges.at(-1)
  const reachMs = complete || oldest === undefined ? nowMs - PACE_DAYS_MAX * DAY_MS : Date.parse(oldest.at)
  const fromMs = Math.max(nowMs - PACE_DAYS_MAX * DAY_MS, reachMs)
  const overMs = complete
    ? Math.max(DAY_MS, nowMs - Math.max(fromMs, createdMs))
    : Math.max(MINUTE_MS, nowMs - fromMs)
  const spentMs = charges
    .filter((charge) => Date.parse(charge.at) >= fromMs)
    .reduce((sum, charge) => sum - charge.amount.milliseconds, 0)
  return { perDayMs: Math.max(0, (spentMs / overMs) * DAY_MS), overMs }
}

/** Predicts when the balance runs out at a pace, in epoch milliseconds; null when nothing is used, or nothing is left. */
export function predictRunOutMs(balanceMs: number, pace: Pace, nowMs: number): number | null {
  if (pace.perDayMs <= 0 || balanceMs <= 0) return null
  return nowMs + (balanceMs / pace.perDayMs) * DAY_MS
}
