import type { CallUsage } from '@talktime/core/calls/call-usage'
import { localDateOf } from '@talktime/core/time/local-day'
import { bigintArray, intArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable } from '../platform/database/database.ts'
import { addToClosed, type UsageDelta } from './closed-months.ts'

/** What an event changed about one call's usage. */
export type UsageEvent = {
  readonly workspaceId: string
  readonly agentId: string
  /** The workspace's time zone; while it is being changed, the new one too. */
  readonly timeZones: readonly string[]
  /** Days before this one, in the first of these time zones, are in closed months; null: none is. */
  readonly closedUntil: string | null
  /** What the call added to usage before the event and adds after it; null: nothing. */
  readonly before: CallUsage | null
  readonly after: CallUsage | null
  /** The stretch of the workspace's cumulative draws that holds all charges of the call; null: it was charged nothing. */
  readonly drawn: { readonly fromMs: number; readonly toMs: number } | null
  /** Whether the call had been charged, or counted, before the event: then what lies behind may change. */
  readonly corrects: boolean
}

const addSql = `
  insert into usage_days as d (workspace_id, time_zone, day, agent_id, calls, used_ms, drawn_from_ms, drawn_to_ms,
                               corrections)
  select unnest($1::uuid[]), unnest($2::text[]), unnest($3::text[])::date, unnest($4::uuid[]), unnest($5::bigint[]),
         unnest($6::bigint[]), unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::int[])
  on conflict (workspace_id, time_zone, day, agent_id) do update set
    calls = d.calls + excluded.calls, used_ms = d.used_ms + excluded.used_ms,
    drawn_from_ms = least(d.drawn_from_ms, excluded.drawn_from_ms),
    drawn_to_ms = greatest(d.drawn_to_ms, excluded.drawn_to_ms),
    corrections = d.corrections + excluded.corrections`

/**
 * Adds to the roll-ups what events changed, one row for each day and agent. To be called in the transaction that
 * writes the calls, under the locks of their workspaces' lines: nobody else writes these rows meanwhile.
 */
export async function addUsage(tx: Queryable, events: readonly UsageEvent[]): Promise<void> {
  const deltas = deltasOf(events)
  if (deltas.length === 0) return
  const added = tx.query({
    name: 'usage_add',
    text: addSql,
    values: [
      uuidArray(deltas, (d) => d.workspaceId),
      textArray(deltas, (d) => d.timeZone),
      textArray(deltas, (d) => d.day),
      uuidArray(deltas, (d) => d.agentId),
      bigintArray(deltas, (d) => d.calls),
      bigintArray(deltas, (d) => d.usedMs),
      bigintArray(deltas, (d) => d.drawnFromMs),
      bigintArray(deltas, (d) => d.drawnToMs),
      intArray(deltas, (d) => d.corrections),
    ],
  })
  const late = addToClosed(
    tx,
    deltas.filter((delta) => delta.closed),
  )
  await Promise.all([added, late])
}

function deltasOf(events: readonly UsageEvent[]): UsageDelta[] {
  const deltas = new Map<string, UsageDelta>()
  for (const event of events) {
    for (const timeZone of event.timeZones) {
      if (event.before !== null) change(deltas, event, timeZone, event.before, -1)
      if (event.after !== null) change(deltas, event, timeZone, event.after, 1)
    }
  }
  return [...deltas.values()]
}

function change(
  deltas: Map<string, UsageDelta>,
  { workspaceId, agentId, timeZones, closedUntil, drawn, corrects }: UsageEvent,
  timeZone: string,
  usage: CallUsage,
  sign: 1 | -1,
): void {
  const day = localDateOf(usage.endedAtMs, timeZone)
  const key = `${workspaceId}/${timeZone}/${day}/${agentId}`
  let delta = deltas.get(key)
  if (delta === undefined) {
    const nothing = { calls: 0, usedMs: 0, drawnFromMs: null, drawnToMs: null, corrections: 0 }
    const closed = timeZone === timeZones[0] && closedUntil !== null && day < closedUntil
    delta = { workspaceId, timeZone, day, agentId, closed, ...nothing }
    deltas.set(key, delta)
  }
  delta.calls += sign
  delta.usedMs += sign * usage.usedMs
  if (corrects) delta.corrections += 1
  if (drawn === null || sign < 0) return
  delta.drawnFromMs = Math.min(delta.drawnFromMs ?? drawn.fromMs, drawn.fromMs)
  delta.drawnToMs = Math.max(delta.drawnToMs ?? drawn.toMs, drawn.toMs)
}
