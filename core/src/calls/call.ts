/**
 * The life of a call, as far as credits go.
 *
 *     authorized ──answer──▶ in conversation ──end──▶ ended
 *         │                        └──(no sign of its end)──▶ lost
 *         ├──end──▶ unanswered | failed
 *         └──(no sign of its end)──▶ lost
 *     refused
 *
 * Events may come repeated, late and in any order. Each fact of a call (when it was answered, when it ended) is
 * taken from the first report of it and stands; a presumed end (nobody reported it: the reaper closed the call)
 * gives way to a report. Status and charge are functions of the facts, so order cannot matter.
 */
export type CallStatus =
  | 'authorized'
  | 'in_conversation'
  | 'ended'
  | 'refused'
  | 'unanswered'
  | 'failed'
  | 'lost'

export type EndSource = 'reported' | 'presumed'

/** What is known of a call. Instants are epoch milliseconds, amounts milliseconds of talk time. */
export type CallFacts = {
  readonly refused: boolean
  readonly answeredAtMs: number | null
  readonly endedAtMs: number | null
  readonly endSource: EndSource | null
  readonly endReason: string | null
  /** Charged so far. */
  readonly settledMs: number
  /** A boundary (reset, expiry) cut the call here: what came before is charged already. */
  readonly settledUntilMs: number | null
}

export type CallEvent =
  | { readonly type: 'answer'; readonly atMs: number }
  | { readonly type: 'end'; readonly atMs: number; readonly reason: string | null }
  /** The reaper's: the call is taken to have ended at `atMs`. */
  | { readonly type: 'presume_end'; readonly atMs: number; readonly reason: string }
  /** A boundary at `atMs`: what was talked before it is charged now. */
  | { readonly type: 'cut'; readonly atMs: number }

/** What an event does to the balance line and the ledger. All zero where it changes nothing. */
export type CallEffect = {
  /** To be charged now; negative where a presumed or cut part turned out too long and is given back. */
  readonly chargeMs: number
  /** Change in the number of calls in conversation. */
  readonly liveCalls: number
  /** Change in the sum of the instants since which live calls are uncharged. */
  readonly liveSinceSumMs: number
  /** Change in the number of calls that hold a place: authorized or in conversation. */
  readonly openCalls: number
}

export const NEW_CALL_FACTS: CallFacts = {
  refused: false,
  answeredAtMs: null,
  endedAtMs: null,
  endSource: null,
  endReason: null,
  settledMs: 0,
  settledUntilMs: null,
}

/** End reasons that mean the call could not be made, as opposed to nobody taking it. */
const failureReasons = new Set([
  'failed',
  'error',
  'invalid_number',
  'rejected_by_carrier',
  'withdrawn',
  'not_placed',
])

export function deriveCallStatus(facts: CallFacts): CallStatus {
  if (facts.refused) return 'refused'
  if (facts.endedAtMs === null) return facts.answeredAtMs === null ? 'authorized' : 'in_conversation'
  if (facts.endSource === 'presumed') return 'lost'
  if (facts.answeredAtMs !== null) return 'ended'
  return facts.endReason !== null && failureReasons.has(facts.endReason) ? 'failed' : 'unanswered'
}

/** Whether the call holds a place: authorized or in conversation. */
export function isOpen(facts: CallFacts): boolean {
  return !facts.refused && facts.endedAtMs === null
}

/** The length of the conversation, or null while it is not over. Never negative; 0 where nobody answered. */
export function measureConversation(facts: CallFacts): number | null {
  if (isOpen(facts)) return null
  if (facts.answeredAtMs === null || facts.endedAtMs === null) return 0
  return Math.max(0, facts.endedAtMs - facts.answeredAtMs)
}

/** Since when the call in conversation is uncharged; null where none is in conversation. */
export function findUnchargedStart(facts: CallFacts): number | null {
  if (deriveCallStatus(facts) !== 'in_conversation') return null
  return facts.settledUntilMs ?? facts.answeredAtMs
}

/** Applies one event. Returns the same `facts` object where the event changes nothing. */
export function applyCallEvent(facts: CallFacts, event: CallEvent): { facts: CallFacts; effect: CallEffect } {
  const known = learn(facts, event)
  const chargeMs = dueMs(known, event) - known.settledMs
  const after = chargeMs === 0 ? known : { ...known, settledMs: known.settledMs + chargeMs }
  return { facts: after, effect: effectOf(facts, after, chargeMs) }
}

function learn(facts: CallFacts, event: CallEvent): CallFacts {
  if (facts.refused) return facts
  switch (event.type) {
    case 'answer': {
      if (facts.answeredAtMs !== null) return facts
      const answered = { ...facts, answeredAtMs: event.atMs }
      // Nobody had reported that it ended: the answer shows that it had not.
      return facts.endSource === 'presumed' ? { ...answered, ...notEnded } : answered
    }
    case 'end':
      if (facts.endSource === 'reported') return facts
      return { ...facts, endedAtMs: event.atMs, endSource: 'reported', endReason: event.reason }
    case 'presume_end':
      if (facts.endedAtMs !== null) return facts
      return { ...facts, endedAtMs: event.atMs, endSource: 'presumed', endReason: event.reason }
    case 'cut': {
      const sinceMs = findUnchargedStart(facts)
      return sinceMs === null || sinceMs >= event.atMs ? facts : { ...facts, settledUntilMs: event.atMs }
    }
  }
}

const notEnded = { endedAtMs: null, endSource: null, endReason: null }

/** What should have been charged in all, by now. */
function dueMs(facts: CallFacts, event: CallEvent): number {
  const overMs = measureConversation(facts)
  if (overMs !== null) return overMs
  if (event.type === 'cut' && facts.settledUntilMs === event.atMs && facts.answeredAtMs !== null) {
    return facts.settledUntilMs - facts.answeredAtMs
  }
  return facts.settledMs
}

function effectOf(before: CallFacts, after: CallFacts, chargeMs: number): CallEffect {
  const sinceBefore = findUnchargedStart(before)
  const sinceAfter = findUnchargedStart(after)
  return {
    chargeMs,
    liveCalls: Number(sinceAfter !== null) - Number(sinceBefore !== null),
    liveSinceSumMs: (sinceAfter ?? 0) - (sinceBefore ?? 0),
    openCalls: Number(isOpen(after)) - Number(isOpen(before)),
  }
}
