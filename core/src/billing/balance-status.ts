import { MS_PER_CREDIT } from './credits.ts'

export type BalanceStatus = 'ok' | 'low' | 'out'

/** The default threshold is never below this, however few credits the plan grants. */
const LOW_CREDITS_MIN = 5

/**
 * Resolves the low-balance threshold in whole milliseconds of talk time: the workspace's own, or by default a tenth of
 * its monthly credits, at least 5 credits. With a threshold of 0 a balance is never low.
 *
 * @param chosenMs the workspace's own threshold; null: the default applies
 */
export function resolveLowBalanceThreshold(chosenMs: number | null, monthlyGrantedMs: number): number {
  return chosenMs ?? Math.max(LOW_CREDITS_MIN * MS_PER_CREDIT, Math.ceil(monthlyGrantedMs / 10))
}

/**
 * Classifies a balance: `out` at or below zero, `low` below the threshold, otherwise `ok`. Amounts are milliseconds of
 * talk time.
 */
export function classifyBalance(balanceMs: number, lowBalanceThresholdMs: number): BalanceStatus {
  if (balanceMs <= 0) return 'out'
  return balanceMs < lowBalanceThresholdMs ? 'low' : 'ok'
}
