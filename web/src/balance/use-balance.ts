import { balanceAt, crossesAt } from '@talktime/core/balance-line'
import type { Balance } from '../api/types.ts'
import { creditsFixed } from '../format/credits.ts'
import { useTicking } from '../live/frame.ts'
import { lineOf } from './line.ts'

export type BalanceState = 'ok' | 'low' | 'out'

/** The balance's text and state at every moment: both follow the line, without asking the server. */
export function useLiveBalance(balance: Balance): { credits: string; state: BalanceState } {
  const line = lineOf(balance)
  const running = balance.liveCalls > 0
  const credits = useTicking((nowMs) => creditsFixed(balanceAt(line, nowMs)), running)
  const empty = useTicking((nowMs) => (balanceAt(line, nowMs) <= 0 ? 'out' : ''), running)
  return { credits, state: empty === 'out' ? 'out' : balance.status }
}

/** When the balance reaches zero if nothing changes, in epoch milliseconds; null while no call runs. */
export function runsOutAtMs(balance: Balance): number | null {
  return crossesAt(lineOf(balance), 0)
}
