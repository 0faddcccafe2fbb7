import type { BalanceLine } from '../billing/balance-line.ts'
import { balanceAt } from '../billing/balance-line.ts'

export type RefusalReason = 'workspace_suspended' | 'agent_disabled' | 'out_of_credits' | 'concurrency_limit'

export type Gate = {
  readonly workspaceActive: boolean
  readonly agentActive: boolean
  readonly line: BalanceLine
  /** Calls that hold a place: authorized or in conversation. */
  readonly openCalls: number
  /** Null: no limit. */
  readonly concurrentCallsMax: number | null
}

export type Authorization =
  | { readonly decision: 'authorized' }
  | { readonly decision: 'refused'; readonly reason: RefusalReason }

/** Decides whether a call may start at `nowMs`. The first reason that applies is given. */
export function authorizeCall(gate: Gate, nowMs: number): Authorization {
  const reason = refusalReason(gate, nowMs)
  return reason === null ? { decision: 'authorized' } : { decision: 'refused', reason }
}

function refusalReason(gate: Gate, nowMs: number): RefusalReason | null {
  if (!gate.workspaceActive) return 'workspace_suspended'
  if (!gate.agentActive) return 'agent_disabled'
  if (balanceAt(gate.line, nowMs) <= 0) return 'out_of_credits'
  if (gate.concurrentCallsMax !== null && gate.openCalls >= gate.concurrentCallsMax)
    return 'concurrency_limit'
  return null
}
