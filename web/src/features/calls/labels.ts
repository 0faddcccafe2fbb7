import { assertNever } from '@talktime/core/exhaustive'
import type { Call, CallStatus, Correction, Direction, GrantKind, Receipt } from '../../api/types.ts'
import { creditsExact } from '../../design/format/credits.ts'
import { secondsInWords } from '../../design/format/duration.ts'

export const statusLabels: Record<CallStatus, string> = {
  authorized: 'Ringing',
  in_conversation: 'In conversation',
  ended: 'Ended',
  refused: 'Refused',
  unanswered: 'Unanswered',
  failed: 'Failed',
  lost: 'Lost',
}

export const directionLabels: Record<Direction, string> = {
  inbound: 'Inbound',
  outbound: 'Outbound',
  web: 'Web call',
}

export const grantLabels: Record<GrantKind, string> = {
  monthly: 'Monthly credits',
  top_up: 'Top-up credits',
  promotional: 'Promotional credits',
  adjustment: 'Adjustment',
}

/** Why Talktime ordered to hang up. */
export const hangUpReasons: Record<NonNullable<Call['hangUpReason']>, string> = {
  out_of_credits: 'out of credits',
  by_hand: 'by a member',
  workspace_suspended: 'workspace suspended',
}

/** Whose word the answer or the end of a call is. */
export const reporterNames: Record<NonNullable<Correction['reportedBy']> | 'unknown', string> = {
  workspace: 'the workspace’s voice stack',
  operator: 'the operator’s voice stack',
  carrier: 'the carrier',
  unknown: 'the voice stack',
}

const refusalReasons: Record<string, string> = {
  out_of_credits: 'the workspace was out of credits',
  concurrency_limit: 'the plan’s limit of concurrent calls was reached',
  agent_disabled: 'the agent was disabled',
  workspace_suspended: 'the workspace is suspended',
  email_unverified:
    'the owner’s email address is not verified yet. The link in the mail verifies it. The owner’s Account page sends it again',
}

/** Why a call was refused, as a clause that follows "because". */
export function describeRefusal(refusal: NonNullable<Call['refusal']>): string {
  return refusalReasons[refusal.reason] ?? refusal.detail
}

/** Shows how a charge is calculated: `92.5 s ÷ 60 = 1.541666… credits`. */
export function showCalculation(chargedMs: number): string {
  return `${secondsInWords(chargedMs)} ÷ 60 = ${creditsExact(chargedMs)} credits`
}

/** Explains in a sentence or two how the call ended and why it cost what it did. */
export function explainReceipt(call: Receipt): string {
  switch (call.status) {
    case 'authorized':
      return 'The call is ringing, which is free. Charging starts when someone answers.'
    case 'in_conversation':
      return 'The call is in progress. It is charged by the millisecond until it ends, with no rounding and no minimum.'
    case 'ended':
      return call.endSource === 'presumed'
        ? 'The voice stack did not report the end, so Talktime closed the call at its last sign of life and charged it up to then.'
        : 'Charged by the millisecond from answer to hang-up, with no rounding and no minimum.'
    case 'lost':
      return 'The end of this call was never reported. Talktime closed it at its last sign of life and charged it up to then.'
    case 'unanswered':
      return 'Nobody answered. Ringing is free, so nothing was charged.'
    case 'failed':
      return 'The call failed before anyone answered, so nothing was charged.'
    case 'refused':
      return call.refusal === null
        ? 'The call was refused, so nothing was charged.'
        : `The call was refused because ${describeRefusal(call.refusal)}. Nothing was charged.`
    default:
      return assertNever(call.status)
  }
}
