import type { BalanceLine } from '@talktime/core/billing/balance-line'
import type { Balance } from '../../api/types.ts'

/** Reads the balance line from an API balance, for the functions of core. */
export function lineOf(balance: Pick<Balance, 'asOf' | 'balance' | 'liveCalls'>): BalanceLine {
  return {
    anchorMs: Date.parse(balance.asOf),
    balanceMs: balance.balance.milliseconds,
    liveCalls: balance.liveCalls,
  }
}
