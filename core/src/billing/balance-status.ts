import { MS_PER_CREDIT } from './credits.ts'

export type BalanceStatus = 'ok' | 'low' | 'out'

/** Where a workspace sets no level of its own, a balance is low below this many credits in any case. */
const LOW_CREDITS_MIN = 5

/**
 * The level below which a balance is low: what the workspace chose, otherwise a tenth of its monthly credits and at
 * least five. A whole number of milliseconds of talk time; at 0 a balance is never low.
 */
export function resolveLowBalanceThreshold(chosenMs: number | null, monthlyGrantedMs: number): number {
  return chosenMs ?? Math.max(LOW_CREDITS_MIN * MS_PER_CREDIT, Math.ceil(monthlyGrantedMs / 10))
}

/** How a balance stands, in one word. Amounts are milliseconds of talk time. */
export function classifyBalance(balanceMs: number, lowBelowMs: number): BalanceStatus {
  if (balanceMs <= 0) return 'out'
  return balanceMs < lowBelowMs ? 'low' : 'ok'
}
