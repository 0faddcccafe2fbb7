import { MS_PER_CREDIT } from './credits.ts'

export type BalanceStatus = 'ok' | 'low' | 'out'

/** A balance is low below a tenth of the monthly credits, and below this many credits in any case. */
const LOW_CREDITS_MIN = 5

/** How a balance stands, in one word. Amounts are milliseconds of talk time. */
export function balanceStatus(balanceMs: number, monthlyGrantedMs: number): BalanceStatus {
  if (balanceMs <= 0) return 'out'
  return balanceMs < Math.max(LOW_CREDITS_MIN * MS_PER_CREDIT, monthlyGrantedMs / 10) ? 'low' : 'ok'
}
