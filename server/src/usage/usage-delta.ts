import type { CallUsage } from '@talktime/core/calls/call-usage'
import { localDateOf } from '@talktime/core/time/local-day'

/** What one event of a call changed about usage. */
export type UsageEvent = {
  readonly workspaceId: string
  readonly agentId: string
  /** The workspace's time zone. While the zone is being changed, the new one follows it. */
  readonly timeZones: readonly string[]
  /** Days before this local date of the first time zone are in closed months; null: no month is closed. */
  readonly closedUntil: string | null
  /** What the call adds to usage before the event and after it; null: nothing. */
  readonly before: CallUsage | null
  readonly after: CallUsage | null
  /** The range of the workspace's cumulative draws that holds all charges of the call; null: it has none. */
  readonly drawn: { readonly fromMs: number; readonly toMs: number } | null
  /** Whether the call was charged or counted before the event, so that draws of the past may change. */
  readonly corrects: boolean
}

/** What a batch of events adds to one local day of one agent. */
export type UsageDelta = {
  readonly workspaceId: string
  readonly timeZone: string
  readonly day: string
  readonly agentId: string
  calls: number
  usedMs: number
  drawnFromMs: number | null
  drawnToMs: number | null
  corrections: number
  /** Whether the day is in a closed month. */
  readonly closed: boolean
}

/**
 * Sums events by workspace, time zone, local day and agent. A correction subtracts what the call counted before and
 * adds what it counts now, so a call moves from day to day exactly.
 */
export function computeUsageDeltas(events: readonly UsageEvent[]): UsageDelta[] {
  const deltas = new Map<string, UsageDelta>()
  for (const event of events) {
    for (const timeZone of event.timeZones) {
      if (event.before !== null) addUsageOf(deltas, event, timeZone, event.before, -1)
      if (event.after !== null) addUsageOf(deltas, event, timeZone, event.after, 1)
    }
  }
  return [...deltas.values()]
}

function addUsageOf(
  deltas: Map<string, UsageDelta>,
  event: UsageEvent,
  timeZone: string,
  usage: CallUsage,
  sign: 1 | -1,
): void {
  const delta = findDelta(deltas, event, timeZone, localDateOf(usage.endedAtMs, timeZone))
  const { drawn } = event
  delta.calls += sign
  delta.usedMs += sign * usage.usedMs
  if (event.corrects) delta.corrections += 1
  // What is subtracted stays inside the day's range of draws: the range only ever grows.
  if (drawn === null || sign < 0) return
  delta.drawnFromMs = Math.min(delta.drawnFromMs ?? drawn.fromMs, drawn.fromMs)
  delta.drawnToMs = Math.max(delta.drawnToMs ?? drawn.toMs, drawn.toMs)
}

function findDelta(
  deltas: Map<string, UsageDelta>,
  { workspaceId, agentId, timeZones, closedUntil }: UsageEvent,
  timeZone: string,
  day: string,
): UsageDelta {
  const key = `${workspaceId}/${timeZone}/${day}/${agentId}`
  const known = deltas.get(key)
  if (known !== undefined) return known
  const closed = timeZone === timeZones[0] && closedUntil !== null && day < closedUntil
  const nothing = { calls: 0, usedMs: 0, drawnFromMs: null, drawnToMs: null, corrections: 0 }
  const delta = { workspaceId, timeZone, day, agentId, closed, ...nothing }
  deltas.set(key, delta)
  return delta
}
