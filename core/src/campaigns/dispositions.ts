import { assertNever } from '../exhaustive.ts'

/** How a dial ended, as far as its contact is concerned. */
export type Disposition =
  | 'reached'
  | 'no_answer'
  | 'busy'
  | 'failed'
  | 'voicemail'
  /** Talktime hung up while it rang. It does not count as an attempt. */
  | 'canceled'
  /** The gate refused the call, or no phone ever rang. It does not count as an attempt. */
  | 'not_called'

/** A call of a campaign that is over. */
export type FinishedCall = {
  readonly refused: boolean
  readonly answered: boolean
  readonly endReason: string | null
  readonly lost: boolean
}

/** End reasons of orders that never reached a carrier. */
const NEVER_CALLED_REASONS = new Set(['withdrawn', 'not_placed'])
/** End reasons of conversations. Their answer may not be reported yet, but it will be. */
const CONVERSATION_REASONS = new Set(['completed', 'hung_up', 'dropped'])

/** Classifies a finished call. A conversation counts as reached, however it ended. */
export function classifyDisposition(call: FinishedCall): Disposition {
  const reason = call.endReason ?? ''
  if (call.refused || NEVER_CALLED_REASONS.has(reason)) return 'not_called'
  if (reason === 'voicemail') return 'voicemail'
  if (call.answered || CONVERSATION_REASONS.has(reason)) return 'reached'
  if (call.endReason === 'busy') return 'busy'
  if (call.endReason === 'canceled') return 'canceled'
  if (call.endReason === 'no_answer') return 'no_answer'
  return call.lost || call.endReason === null ? 'no_answer' : 'failed'
}

export type RetryPolicy = {
  /** How often a contact is called at most. */
  readonly attemptsMax: number
  /** How long after a dial the contact is called again. */
  readonly afterMs: number
  /** The dispositions after which a contact is called again. */
  readonly on: readonly Disposition[]
}

export type ContactDecision =
  | { readonly state: 'reached' }
  | { readonly state: 'not_reached' }
  /** `counts`: whether the dial counts toward `attemptsMax`. */
  | { readonly state: 'waiting'; readonly nextAttemptAtMs: number; readonly counts: boolean }

/**
 * Decides what becomes of a contact after a dial that ended at `endedAtMs` (epoch milliseconds).
 *
 * @param attempts the contact's attempts so far, this dial included
 */
export function decideContactState(
  disposition: Disposition,
  attempts: number,
  policy: RetryPolicy,
  endedAtMs: number,
): ContactDecision {
  switch (disposition) {
    case 'reached':
      return { state: 'reached' }
    case 'not_called':
      return { state: 'waiting', nextAttemptAtMs: endedAtMs, counts: false }
    case 'canceled':
      return { state: 'waiting', nextAttemptAtMs: endedAtMs + policy.afterMs, counts: false }
    case 'no_answer':
    case 'busy':
    case 'failed':
    case 'voicemail':
      if (attempts >= policy.attemptsMax || !policy.on.includes(disposition)) return { state: 'not_reached' }
      return { state: 'waiting', nextAttemptAtMs: endedAtMs + policy.afterMs, counts: true }
    default:
      return assertNever(disposition)
  }
}
