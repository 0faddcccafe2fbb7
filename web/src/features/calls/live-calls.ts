import type { Call } from '../../api/types.ts'

const stages = ['authorized', 'in_conversation'] as const

/** Whether a call still rings or runs. */
export function isOpen(call: Pick<Call, 'status'>): boolean {
  return stages.some((stage) => stage === call.status)
}

function stageOf(call: Pick<Call, 'status'>): number {
  if (call.status === 'authorized') return 0
  return call.status === 'in_conversation' ? 1 : 2
}

/** Calls only go forward: an event that a resumed stream repeats is older than what is known. */
function isNews(known: Call, told: Call): boolean {
  return stageOf(told) >= stageOf(known)
}

/** How long a call that is over stays on the live page with its charge. */
export const lingerMs = 15_000

/** A call on the live page; `overSinceMs` is when the page learned that it is over. */
export type LiveCall = Call & { overSinceMs?: number }

/**
 * The calls on the live page after some events, newest first. A call that is over lingers a moment from when that
 * was told, however late; one that was refused never was live.
 */
export function withCalls(calls: LiveCall[], told: Call[], nowMs: number): LiveCall[] {
  const byId = new Map(calls.map((call) => [call.id, call]))
  for (const event of told) {
    const known = byId.get(event.id)
    if (known ? !isNews(known, event) : !isOpen(event)) continue
    byId.set(event.id, isOpen(event) ? event : { ...event, overSinceMs: known?.overSinceMs ?? nowMs })
  }
  const shown = [...byId.values()].filter(
    ({ overSinceMs }) => overSinceMs === undefined || nowMs - overSinceMs < lingerMs,
  )
  return shown.sort((one, other) => (one.authorizedAt < other.authorizedAt ? 1 : -1))
}

/** Rows of the history that are on screen already, changed in place; unknown calls are left out. */
export function withNews(calls: Call[], told: ReadonlyMap<string, Call>): Call[] {
  if (!calls.some((call) => told.has(call.id))) return calls
  return calls.map((call) => {
    const event = told.get(call.id)
    return event && isNews(call, event) ? event : call
  })
}
