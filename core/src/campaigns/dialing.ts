/** How many calls a campaign makes at once, and how many a minute. */
export type DialingPace = {
  /** Calls at once, at the most. */
  readonly concurrency: number
  /** In any 60 seconds, at the most; null: as many as `concurrency` allows. */
  readonly callsPerMinute: number | null
}

export type DialingSituation = {
  /** Dials that are not over. */
  readonly calling: number
  /** Contacts that may be called now. */
  readonly due: number
  /** Dials that began within the last minute. */
  readonly startedLastMinute: number
  /** When the next dial is due by an even distance; see {@link DialPlan}. */
  readonly nextSlotMs: number
}

export type DialPlan = {
  /** How many dials begin now. */
  readonly count: number
  readonly nextSlotMs: number
  /** When the pace allows the next one; null: it does not depend on the pace. */
  readonly lookAgainMs: number | null
}

const MINUTE_MS = 60_000
/** What was missed by looking late is made up for within this time, and no longer. */
const CATCH_UP_MS = 1_000
/** So many at most begin together where there is no pace. */
const TOGETHER_MAX = 100
const WINDOW_FULL_MS = 250

/**
 * How many dials begin at `nowMs`. They are spread evenly over the minute, and whatever the distances between the looks,
 * no 60 seconds see more than the pace allows, by the instants at which dials really begin.
 */
export function planDials(pace: DialingPace, situation: DialingSituation, nowMs: number): DialPlan {
  const free = Math.max(0, pace.concurrency - situation.calling)
  const wanted = Math.min(free, situation.due)
  const { callsPerMinute } = pace
  if (callsPerMinute === null) {
    return {
      count: Math.min(wanted, TOGETHER_MAX),
      nextSlotMs: nowMs,
      lookAgainMs: wanted > TOGETHER_MAX ? nowMs : null,
    }
  }
  const intervalMs = MINUTE_MS / callsPerMinute
  const firstSlotMs = Math.max(situation.nextSlotMs, nowMs - CATCH_UP_MS)
  const slots = firstSlotMs > nowMs ? 0 : 1 + Math.floor((nowMs - firstSlotMs) / intervalMs)
  const leftInMinute = Math.max(0, Math.floor(callsPerMinute) - situation.startedLastMinute)
  const count = Math.min(wanted, slots, leftInMinute)
  const nextSlotMs = count === 0 ? situation.nextSlotMs : Math.ceil(firstSlotMs + count * intervalMs)
  if (wanted <= count) return { count, nextSlotMs, lookAgainMs: null }
  const lookAgainMs = leftInMinute <= count ? nowMs + WINDOW_FULL_MS : Math.max(nextSlotMs, nowMs + 1)
  return { count, nextSlotMs, lookAgainMs }
}

/** What became of a dial, as far as the contact is concerned. */
export type Disposition =
  | 'reached'
  | 'no_answer'
  | 'busy'
  | 'failed'
  | 'voicemail'
  /** We took it back ourselves while it rang: it does not count. */
  | 'canceled'
  /** The gate refused it, or it never got as far as a phone. */
  | 'not_called'

export type RetryPolicy = {
  /** How often a contact is called at the most. */
  readonly attemptsMax: number
  readonly afterMs: number
  /** After which outcomes it is called again. */
  readonly on: readonly Disposition[]
}

export type ContactDecision =
  | { readonly state: 'reached' }
  | { readonly state: 'not_reached' }
  | { readonly state: 'waiting'; readonly nextAttemptAtMs: number; readonly counts: boolean }

/** What becomes of a contact after its `attempts`th dial, which was over at `endedAtMs`. */
export function decideContactState(
  outcome: Disposition,
  attempts: number,
  policy: RetryPolicy,
  endedAtMs: number,
): ContactDecision {
  if (outcome === 'reached') return { state: 'reached' }
  if (outcome === 'not_called') return { state: 'waiting', nextAttemptAtMs: endedAtMs, counts: false }
  if (outcome === 'canceled') {
    return { state: 'waiting', nextAttemptAtMs: endedAtMs + policy.afterMs, counts: false }
  }
  if (attempts >= policy.attemptsMax || !policy.on.includes(outcome)) return { state: 'not_reached' }
  return { state: 'waiting', nextAttemptAtMs: endedAtMs + policy.afterMs, counts: true }
}

/** What is known of a dial's call that is over. */
export type FinishedCall = {
  readonly refused: boolean
  readonly answered: boolean
  readonly endReason: string | null
  readonly lost: boolean
}

/** End reasons of orders that no carrier got. */
const neverCalled = new Set(['withdrawn', 'not_placed'])
/** End reasons of conversations: where the answer was not told, it will be. */
const spoken = new Set(['completed', 'hung_up', 'dropped'])

/** Whoever spoke with somebody reached them, however the call ended. */
export function classifyDisposition(call: FinishedCall): Disposition {
  const reason = call.endReason ?? ''
  if (call.refused || neverCalled.has(reason)) return 'not_called'
  if (reason === 'voicemail') return 'voicemail'
  if (call.answered || spoken.has(reason)) return 'reached'
  if (call.endReason === 'busy') return 'busy'
  if (call.endReason === 'canceled') return 'canceled'
  if (call.endReason === 'no_answer') return 'no_answer'
  return call.lost || call.endReason === null ? 'no_answer' : 'failed'
}
