import type { Transaction } from '../../api/types.ts'

/** How fast credits were spent, in milliseconds of talk time a day, and over how long that was looked at. */
export type Pace = { readonly perDayMs: number; readonly overMs: number }

const dayMs = 24 * 60 * 60_000
export const PACE_DAYS_MAX = 7

/**
 * The pace of the last days.
 *
 * @param charges entries of calls, newest first
 * @param whole whether these are all there are; otherwise the pace is that of the time they reach back to
 * @param sinceMs when the workspace began; a new one is taken to have had a whole day
 */
export function recentPace(
  charges: readonly Pick<Transaction, 'at' | 'amount'>[],
  whole: boolean,
  sinceMs: number,
  nowMs: number,
): Pace {
  const oldest = charges.at(-1)
  const reachMs = whole || oldest === undefined ? nowMs - PACE_DAYS_MAX * dayMs : Date.parse(oldest.at)
  const fromMs = Math.max(nowMs - PACE_DAYS_MAX * dayMs, reachMs)
  const overMs = whole ? Math.max(dayMs, nowMs - Math.max(fromMs, sinceMs)) : Math.max(60_000, nowMs - fromMs)
  const spentMs = charges
    .filter((charge) => Date.parse(charge.at) >= fromMs)
    .reduce((sum, charge) => sum - charge.amount.milliseconds, 0)
  return { perDayMs: Math.max(0, (spentMs / overMs) * dayMs), overMs }
}

/** When the balance is used up at that pace; null where nothing is spent, or nothing is left. */
export function lastsUntilMs(balanceMs: number, pace: Pace, nowMs: number): number | null {
  if (pace.perDayMs <= 0 || balanceMs <= 0) return null
  return nowMs + (balanceMs / pace.perDayMs) * dayMs
}
