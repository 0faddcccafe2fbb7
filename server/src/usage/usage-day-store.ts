import type { DateRange } from '@talktime/core/time/usage-window'
import { bigintArray, intArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { readClosedUntil } from './closed-month-store.ts'
import type { UsageDelta } from './usage-delta.ts'

/** Which usage is asked for: whole local days, both ends included, in the workspace's time zone. */
export type UsageWindow = DateRange & {
  readonly timeZone: string
  /** UUID of an agent; null: all agents. */
  readonly agentId: string | null
}

/** Usage of one local day, of one agent or of all agents together. Times are milliseconds of talk time. */
export type UsageDay = {
  readonly date: string
  readonly usedMs: number
  readonly calls: number
  /** All charges lie in [from, to) of the workspace's cumulative draws; null: nothing was charged. */
  readonly drawnFromMs: number | null
  readonly drawnToMs: number | null
  /** The number of changes that may have moved draws of the past. It only grows. */
  readonly corrections: number
}

const dayColumns = `day::text as date, used_ms as "usedMs", calls, drawn_from_ms as "drawnFromMs", drawn_to_ms as "drawnToMs", corrections`

/**
 * Reads the days of a window on which something was used, in order. For all agents, days of closed months come from
 * their sums.
 */
export async function readUsageDays(
  db: Queryable,
  workspaceId: string,
  { timeZone, agentId, from, to }: UsageWindow,
): Promise<UsageDay[]> {
  const values = [workspaceId, timeZone, from, to]
  if (agentId !== null) {
    const { rows } = await db.query<UsageDay>({
      name: 'usage_days_of_agent',
      text: `
        select ${dayColumns} from usage_days
        where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and agent_id = $5 order by day`,
      values: [...values, agentId],
    })
    return rows
  }
  const until = await readClosedUntil(db, workspaceId, timeZone)
  const { rows } = await db.query<UsageDay>({
    name: 'usage_days_of_all',
    text: `
      select ${dayColumns} from usage_closed_days
      where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day < $5
      union all
      select day::text, sum(used_ms)::bigint, sum(calls)::bigint, min(drawn_from_ms), max(drawn_to_ms), sum(corrections)
      from usage_days where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day >= $5 group by day
      order by 1`,
    values: [...values, until ?? '-infinity'],
  })
  return rows
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

/** Adds deltas to the days of their agents, in one statement for any number of workspaces. */
export async function addToUsageDays(tx: Queryable, deltas: readonly UsageDelta[]): Promise<void> {
  await tx.query({
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
}

/** Usage of one agent on one local day, counted from the calls. */
export type CountedDay = {
  readonly day: string
  readonly agentId: string
  readonly calls: number
  readonly usedMs: number
  readonly drawnFromMs: number | null
  readonly drawnToMs: number | null
}

/** Adds days that were counted from the calls to those of a time zone. */
export async function addCountedDays(
  tx: Tx,
  workspaceId: string,
  timeZone: string,
  days: readonly CountedDay[],
): Promise<void> {
  await tx.query(
    `insert into usage_days as d (workspace_id, time_zone, day, agent_id, calls, used_ms, drawn_from_ms, drawn_to_ms)
     select $1, $2, v.* from unnest($3::date[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) as v
     on conflict (workspace_id, time_zone, day, agent_id) do update set
       calls = d.calls + excluded.calls, used_ms = d.used_ms + excluded.used_ms,
       drawn_from_ms = least(d.drawn_from_ms, excluded.drawn_from_ms),
       drawn_to_ms = greatest(d.drawn_to_ms, excluded.drawn_to_ms)`,
    [
      workspaceId,
      timeZone,
      days.map((row) => row.day),
      days.map((row) => row.agentId),
      days.map((row) => row.calls),
      days.map((row) => row.usedMs),
      days.map((row) => row.drawnFromMs),
      days.map((row) => row.drawnToMs),
    ],
  )
}
