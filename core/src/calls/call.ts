import { assertNever } from '../exhaustive.ts'

/**
 * The life of a call, as far as credits go.
 *
 *     authorized ──answer──▶ in_conversation ──end──▶ ended
 *         │                        └──presume_end──▶ lost
 *         ├──end──▶ unanswered | failed
 *         └──presume_end──▶ lost
 *     refused
 *
 * Events may repeat, arrive late and in any order. A call has two facts: when it was answered and when it ended. Of the
 * reports of a fact, the first one of the highest rank stands: it corrects what lower ranks reported, and nothing of
 * its own rank or below changes it. A presumed end (nobody reported one, so the reaper closed the call) gives way to
 * any report. Status and charge are functions of the facts, so the order of events cannot matter.
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

/**
 * Whose word a report is: a key of the workspace, the operator, or a carrier that Talktime itself drives. `unrecorded`:
 * a report from before sources were recorded.
 */
export type ReportSource = 'workspace' | 'operator' | 'carrier' | 'unrecorded'

/** A workspace pays for its calls, so the operator and the carriers outrank it. Old reports stand as they are. */
const REPORT_RANKS: Readonly<Record<ReportSource, number>> = {
  workspace: 1,
  operator: 2,
  carrier: 2,
  unrecorded: 2,
}

/** What is known of a call. Instants are epoch milliseconds, amounts are milliseconds of talk time. */
export type CallFacts = {
  readonly refused: boolean
  readonly answeredAtMs: number | null
  /** Who reported the answer. Null: nobody. */
  readonly answeredBy: ReportSource | null
  readonly endedAtMs: number | null
  /** Who reported the end. Null: nobody, or it is presumed. */
  readonly endedBy: ReportSource | null
  readonly endSource: EndSource | null
  readonly endReason: string | null
  /** Charged so far. */
  readonly settledMs: number
  /** The last boundary (reset or expiry) that cut this call. The conversation before it is charged. */
  readonly settledUntilMs: number | null
}

export type CallEvent =
  | { readonly type: 'answer'; readonly atMs: number; readonly by: ReportSource }
  | {
      readonly type: 'end'
      readonly atMs: number
      readonly reason: string | null
      readonly by: ReportSource
    }
  /** From the reaper: the call is presumed to have ended at `atMs`. */
  | { readonly type: 'presume_end'; readonly atMs: number; readonly reason: string }
  /** A boundary at `atMs`: the conversation before it is charged now. */
  | { readonly type: 'cut'; readonly atMs: number }

/** What an event changes on the balance line and in the ledger. All fields are zero when it changes nothing. */
export type CallEffect = {
  /** To charge now. Negative: a presumed end, a cut or a corrected report had charged too much. */
  readonly chargeMs: number
  /** Change in the number of calls in conversation. */
  readonly liveCalls: number
  /** Change in the sum of the instants since which live calls are uncharged. */
  readonly liveSinceSumMs: number
  /** Change in the number of calls that hold a place: authorized or in conversation. */
  readonly openCalls: number
}

/** The facts of a call that was just authorized. */
export const NEW_CALL_FACTS: CallFacts = {
  refused: false,
  answeredAtMs: null,
  answeredBy: null,
  endedAtMs: null,
  endedBy: null,
  endSource: null,
  endReason: null,
  settledMs: 0,
  settledUntilMs: null,
}

/** End reasons of calls that could not be made, as opposed to calls that nobody answered. */
const FAILURE_REASONS = new Set([
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
  return facts.endReason !== null && FAILURE_REASONS.has(facts.endReason) ? 'failed' : 'unanswered'
}

/** Whether the call holds a place: authorized or in conversation. */
export function isOpen(facts: CallFacts): boolean {
  return !facts.refused && facts.endedAtMs === null
}

/**
 * Measures the conversation in milliseconds, which is what the call is charged. Never negative; 0 for a call that nobody
 * answered. Null while the call is open.
 */
export function measureConversation(facts: CallFacts): number | null {
  if (isOpen(facts)) return null
  if (facts.answeredAtMs === null || facts.endedAtMs === null) return 0
  return Math.max(0, facts.endedAtMs - facts.answeredAtMs)
}

/** Finds since when a live call is uncharged: its answer or its last cut. Null for a call that is not in conversation. */
export function findUnchargedStart(facts: CallFacts): number | null {
  if (deriveCallStatus(facts) !== 'in_conversation') return null
  return facts.settledUntilMs ?? facts.answeredAtMs
}

/** Applies one event to the facts. Returns the identical `facts` object when the event changes nothing. */
export function applyCallEvent(facts: CallFacts, event: CallEvent): { facts: CallFacts; effect: CallEffect } {
  const known = recordEvent(facts, event)
  const chargeMs = computeTotalCharge(known) - known.settledMs
  const after = chargeMs === 0 ? known : { ...known, settledMs: known.settledMs + chargeMs }
  return { facts: after, effect: compareFacts(facts, after, chargeMs) }
}

function recordEvent(facts: CallFacts, event: CallEvent): CallFacts {
  if (facts.refused) return facts
  switch (event.type) {
    case 'answer':
      return outranks(event.by, facts.answeredBy) ? recordAnswer(facts, event) : facts
    case 'end':
      if (!outranks(event.by, facts.endedBy)) return facts
      return {
        ...facts,
        endedAtMs: event.atMs,
        endedBy: event.by,
        endSource: 'reported',
        endReason: event.reason,
      }
    case 'presume_end':
      if (facts.endedAtMs !== null) return facts
      return { ...facts, endedAtMs: event.atMs, endSource: 'presumed', endReason: event.reason }
    case 'cut': {
      const sinceMs = findUnchargedStart(facts)
      return sinceMs === null || sinceMs >= event.atMs ? facts : { ...facts, settledUntilMs: event.atMs }
    }
    default:
      return assertNever(event)
  }
}

const NOT_ENDED = { endedAtMs: null, endedBy: null, endSource: null, endReason: null }

/** Whether a report replaces what is known of its fact. */
function outranks(source: ReportSource, known: ReportSource | null): boolean {
  return known === null || REPORT_RANKS[source] > REPORT_RANKS[known]
}

function recordAnswer(facts: CallFacts, { atMs, by }: Extract<CallEvent, { type: 'answer' }>): CallFacts {
  // A conversation that began after the last boundary was not cut there.
  const isCut = facts.settledUntilMs !== null && facts.settledUntilMs > atMs
  const answered = {
    ...facts,
    answeredAtMs: atMs,
    answeredBy: by,
    settledUntilMs: isCut ? facts.settledUntilMs : null,
  }
  // A first answer shows that the presumed end was wrong.
  const isRevived = facts.answeredAtMs === null && facts.endSource === 'presumed'
  return isRevived ? { ...answered, ...NOT_ENDED } : answered
}

/** Computes what a call with these facts must have been charged in all. */
function computeTotalCharge(facts: CallFacts): number {
  const conversationMs = measureConversation(facts)
  if (conversationMs !== null) return conversationMs
  if (facts.settledUntilMs === null || facts.answeredAtMs === null) return 0
  return facts.settledUntilMs - facts.answeredAtMs
}

function compareFacts(before: CallFacts, after: CallFacts, chargeMs: number): CallEffect {
  const sinceBefore = findUnchargedStart(before)
  const sinceAfter = findUnchargedStart(after)
  return {
    chargeMs,
    liveCalls: Number(sinceAfter !== null) - Number(sinceBefore !== null),
    liveSinceSumMs: (sinceAfter ?? 0) - (sinceBefore ?? 0),
    openCalls: Number(isOpen(after)) - Number(isOpen(before)),
  }
}
