import type { Call, CallStatus, Direction, GrantKind, Receipt } from '../../api/types.ts'
import { creditsExact } from '../../design/format/credits.ts'
import { secondsInWords } from '../../design/format/duration.ts'

export const statusWords: Record<CallStatus, string> = {
  authorized: 'Ringing',
  in_conversation: 'In conversation',
  ended: 'Ended',
  refused: 'Refused',
  unanswered: 'Unanswered',
  failed: 'Failed',
  lost: 'Lost',
}

export const directionWords: Record<Direction, string> = {
  inbound: 'Inbound',
  outbound: 'Outbound',
  web: 'Web call',
}

export const grantWords: Record<GrantKind, string> = {
  monthly: 'Monthly credits',
  top_up: 'Top-up credits',
  promotional: 'Promotional credits',
  adjustment: 'Adjustment',
}

/** Why a call is being ended. */
export const hangUpWords: Record<NonNullable<Call['hangUpReason']>, string> = {
  out_of_credits: 'out of credits',
  by_hand: 'by hand',
}

const refusalWords: Record<string, string> = {
  out_of_credits: 'the workspace was out of credits',
  concurrency_limit: 'the plan’s limit of calls at the same time was reached',
  agent_disabled: 'the agent was disabled',
  workspace_suspended: 'the workspace is suspended',
}

/** Why a call was refused, to follow "because". */
export function refusalInWords(refusal: NonNullable<Call['refusal']>): string {
  return refusalWords[refusal.reason] ?? refusal.detail
}

/** The arithmetic of a charge: `92.5 s ÷ 60 = 1.541666… credits`. */
export function arithmetic(chargedMs: number): string {
  return `${secondsInWords(chargedMs)} ÷ 60 = ${creditsExact(chargedMs)} credits`
}

/** What became of the call and why it cost what it cost, in a sentence or two. */
export function receiptInWords(call: Receipt): string {
  switch (call.status) {
    case 'authorized':
      return 'The call is ringing. Ringing costs nothing: charging starts when someone answers.'
    case 'in_conversation':
      return 'The call is running. It is charged by the millisecond until it ends; no rounding, no minimum.'
    case 'ended':
      return call.endSource === 'presumed'
        ? 'The voice stack did not report the end. Talktime closed the call at the last sign of life and charged it up to there.'
        : 'Charged from answer to hang-up, by the millisecond; no rounding, no minimum.'
    case 'lost':
      return 'Talktime lost sight of this call: its end was never reported. It was closed at the last sign of life and charged up to there.'
    case 'unanswered':
      return 'Nobody answered. Ringing costs nothing, so nothing was charged.'
    case 'failed':
      return 'The call failed before a conversation started, so nothing was charged.'
    case 'refused':
      return call.refusal === null
        ? 'The call was not allowed to start, so nothing was charged.'
        : `The call was not allowed to start because ${refusalInWords(call.refusal)}. Nothing was charged.`
  }
}
