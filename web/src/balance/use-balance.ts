import { balanceAt, findCrossing } from '@talktime/core/billing/balance-line'
import { type BalanceStatus, classifyBalance } from '@talktime/core/billing/balance-status'
import type { Balance } from '../api/types.ts'
import { creditsFixed } from '../format/credits.ts'
import { useTicking } from '../live/frame.ts'
import { lineOf } from './line.ts'

/** The balance's text and state at every moment: both follow the line, without asking the server. */
export function useLiveBalance(balance: Balance): { credits: string; state: BalanceStatus } {
  const line = lineOf(balance)
  const running = balance.liveCalls > 0
  const credits = useTicking((nowMs) => creditsFixed(balanceAt(line, nowMs)), running)
  const state = useTicking((nowMs) => stateAt(balance, nowMs), running)
  return { credits, state }
}

/** How the balance stands at an instant, in one word. */
function stateAt(balance: Balance, nowMs: number): BalanceStatus {
  return classifyBalance(balanceAt(lineOf(balance), nowMs), balance.lowBelow.milliseconds)
}

/** When the balance reaches zero if nothing changes, in epoch milliseconds; null while no call runs. */
export function runsOutAtMs(balance: Balance): number | null {
  return findCrossing(lineOf(balance), 0)
}
