import { type CallFacts, isOpen } from './call.ts'

/** A call's part of the usage of the day on which it ended. */
export type CallUsage = {
  readonly endedAtMs: number
  /** All that the call was charged, in milliseconds of talk time. */
  readonly usedMs: number
}

/**
 * Computes what a call adds to usage. Null while it is open, and for calls without a conversation (refused, failed,
 * unanswered). A call that was cut at a reset counts as a whole on the day it ends.
 */
export function computeCallUsage(facts: CallFacts): CallUsage | null {
  if (isOpen(facts) || facts.answeredAtMs === null || facts.endedAtMs === null) return null
  return { endedAtMs: facts.endedAtMs, usedMs: facts.settledMs }
}
