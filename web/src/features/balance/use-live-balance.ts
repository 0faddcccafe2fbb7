import { balanceAt, findCrossing } from '@talktime/core/billing/balance-line'
import { type BalanceStatus, classifyBalance } from '@talktime/core/billing/balance-status'
import type { Balance } from '../../api/types.ts'
import { creditsFixed } from '../../design/format/credits.ts'
import { useTicking } from '../../design/ui/use-ticking.ts'
import { lineOf } from './balance-line.ts'

/** The balance's text and status, ticking along the balance line without requests. */
export function useLiveBalance(balance: Balance): { credits: string; state: BalanceStatus } {
  const line = lineOf(balance)
  const running = balance.liveCalls > 0
  const credits = useTicking((nowMs) => creditsFixed(balanceAt(line, nowMs)), running)
  const state = useTicking((nowMs) => readStatus(balance, nowMs), running)
  return { credits, state }
}

function readStatus(balance: Balance, nowMs: number): BalanceStatus {
  return classifyBalance(balanceAt(lineOf(balance), nowMs), balance.lowBelow.milliseconds)
}

/** When the balance reaches zero if nothing changes, in epoch milliseconds; null while no call is live. */
export function runsOutAtMs(balance: Balance): number | null {
  return findCrossing(lineOf(balance), 0)
}
