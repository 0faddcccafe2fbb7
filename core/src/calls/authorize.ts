import type { BalanceLine } from '../billing/balance-line.ts'
import { balanceAt } from '../billing/balance-line.ts'
import { computeTalkAllowance, TALK_ALLOWANCE_MS_MIN, type TalkTerms } from './talk-allowance.ts'

/** Why a call may not start. When several reasons apply, the first in this order is given. */
export type RefusalReason =
  | 'workspace_suspended'
  | 'email_unverified'
  | 'agent_disabled'
  | 'out_of_credits'
  | 'concurrency_limit'

/** What the decision depends on. */
export type Gate = TalkTerms & {
  readonly workspaceActive: boolean
  /** Whether an owner's email address must be verified before the first call. */
  readonly awaitsVerification: boolean
  readonly agentActive: boolean
  readonly line: BalanceLine
  /** Calls that hold a place: authorized or in conversation. */
  readonly openCalls: number
  /** The plan's limit of calls at the same time; null: no limit. */
  readonly concurrentCallsMax: number | null
}

export type Authorization =
  | { readonly decision: 'authorized' }
  | { readonly decision: 'refused'; readonly reason: RefusalReason }

/** Decides whether a call may start at `nowMs` (epoch milliseconds). A refusal is a decision, not an error. */
export function authorizeCall(gate: Gate, nowMs: number): Authorization {
  const reason = findRefusal(gate, nowMs)
  return reason === null ? { decision: 'authorized' } : { decision: 'refused', reason }
}

function findRefusal(gate: Gate, nowMs: number): RefusalReason | null {
  if (!gate.workspaceActive) return 'workspace_suspended'
  if (gate.awaitsVerification) return 'email_unverified'
  if (!gate.agentActive) return 'agent_disabled'
  if (!paysForCall(gate, nowMs)) return 'out_of_credits'
  if (gate.concurrentCallsMax !== null && gate.openCalls >= gate.concurrentCallsMax)
    return 'concurrency_limit'
  return null
}

/** Whether there is credit for one more call: any at all, or on a plan without overdraft a second for every open call. */
function paysForCall(gate: Gate, nowMs: number): boolean {
  if (balanceAt(gate.line, nowMs) <= 0) return false
  return computeTalkAllowance(gate, gate.line, gate.openCalls + 1, nowMs) >= TALK_ALLOWANCE_MS_MIN
}
