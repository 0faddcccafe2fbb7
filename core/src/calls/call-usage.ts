import { type CallFacts, isOpen } from './call.ts'

/** What a call adds to the usage of the day on which it ended. */
export type CallUsage = {
  readonly endedAtMs: number
  /** Milliseconds of talk time: what it was charged in all. */
  readonly usedMs: number
}

/**
 * What a call adds to usage; null while it is not over, and for calls without a conversation (refused, failed,
 * unanswered). One that was cut at a reset counts as a whole, when it ends.
 */
export function computeCallUsage(facts: CallFacts): CallUsage | null {
  if (isOpen(facts) || facts.answeredAtMs === null || facts.endedAtMs === null) return null
  return { endedAtMs: facts.endedAtMs, usedMs: facts.settledMs }
}
