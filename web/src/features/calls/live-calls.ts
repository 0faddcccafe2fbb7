import type { Call } from '../../api/types.ts'

const stages = ['authorized', 'in_conversation'] as const

/** Whether a call is ringing or in conversation. */
export function isOpen(call: Pick<Call, 'status'>): boolean {
  return stages.some((stage) => stage === call.status)
}

function readStage(call: Pick<Call, 'status'>): number {
  if (call.status === 'authorized') return 0
  return call.status === 'in_conversation' ? 1 : 2
}

/** Calls only move forward. An event of an earlier stage is one that a resumed stream repeats. */
function isNewer(known: Call, event: Call): boolean {
  return readStage(event) >= readStage(known)
}

/** How long an ended call stays on the Live calls page. */
export const LINGER_MS = 15_000

/** A call on the Live calls page. `overSinceMs` is when the page learned that it ended. */
export type LiveCall = Call & { overSinceMs?: number }

/**
 * Applies events to the calls of the Live calls page, newest first. An ended call lingers from when its event arrived,
 * even if that was late. Refused calls are never shown.
 */
export function applyCallEvents(calls: LiveCall[], events: Call[], nowMs: number): LiveCall[] {
  const byId = new Map(calls.map((call) => [call.id, call]))
  for (const event of events) {
    const known = byId.get(event.id)
    if (known ? !isNewer(known, event) : !isOpen(event)) continue
    byId.set(event.id, isOpen(event) ? event : { ...event, overSinceMs: known?.overSinceMs ?? nowMs })
  }
  const shown = [...byId.values()].filter(
    ({ overSinceMs }) => overSinceMs === undefined || nowMs - overSinceMs < LINGER_MS,
  )
  return shown.sort((one, other) => (one.authorizedAt < other.authorizedAt ? 1 : -1))
}

/** Updates rows of the call history from events by call id. Events of other calls are ignored. */
export function updateCalls(calls: Call[], events: ReadonlyMap<string, Call>): Call[] {
  if (!calls.some((call) => events.has(call.id))) return calls
  return calls.map((call) => {
    const event = events.get(call.id)
    return event && isNewer(call, event) ? event : call
  })
}
