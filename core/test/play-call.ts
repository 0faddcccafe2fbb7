import {
  applyCallEvent,
  type CallEffect,
  type CallEvent,
  type CallFacts,
  NEW_CALL_FACTS,
} from '../src/calls/call.ts'

export const refusedCall: CallFacts = { ...NEW_CALL_FACTS, refused: true, endedAtMs: 0 }

/** Applies a stream of events to a call. Returns the facts after it and the effect of each event. */
export function playCall(stream: readonly CallEvent[], start = NEW_CALL_FACTS) {
  let facts = start
  const effects: CallEffect[] = stream.map((event) => {
    const step = applyCallEvent(facts, event)
    facts = step.facts
    return step.effect
  })
  return { facts, effects }
}
