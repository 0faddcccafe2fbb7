import { bigintArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import type { UsageDelta } from './usage-delta.ts'

/** Lists the time zones that workspaces have. */
export async function listTimeZones(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ timeZone: string }>(
    'select distinct time_zone as "timeZone" from workspaces',
  )
  return rows.map(({ timeZone }) => timeZone)
}

/** Finds workspaces of a time zone with usage before `untilDay` that is not in a closed month, by id. */
export async function findWorkspacesToClose(
  database: Database,
  { timeZone, untilDay }: { readonly timeZone: string; readonly untilDay: string },
  limit: number,
): Promise<string[]> {
  const { rows } = await database.query<{ workspaceId: string }>(
    `select w.id as "workspaceId" from workspaces w
     left join usage_closings c on c.workspace_id = w.id and c.time_zone = w.time_zone
     where w.time_zone = $1 and (c.until_day is null or c.until_day < $2)
       and exists (select from usage_days d
                   where d.workspace_id = w.id and d.time_zone = $1 and d.day < $2
                     and (c.until_day is null or d.day >= c.until_day))
     order by w.id limit $3`,
    [timeZone, untilDay, limit],
  )
  return rows.map(({ workspaceId }) => workspaceId)
}

/**
 * Sums the days before `untilDay`, the first of a month, that are not summed yet. The caller holds the workspace's
 * balance line. Does nothing if the workspace has left the time zone.
 */
export async function closeMonthsBefore(
  tx: Tx,
  {
    workspaceId,
    timeZone,
    untilDay,
  }: { readonly workspaceId: string; readonly timeZone: string; readonly untilDay: string },
): Promise<void> {
  const { rowCount } = await tx.query('select from workspaces where id = $1 and time_zone = $2', [
    workspaceId,
    timeZone,
  ])
  if (rowCount === 0) return
  const from = (await readClosedUntil(tx, workspaceId, timeZone)) ?? '-infinity'
  await tx.query(
    `insert into usage_closed_days (workspace_id, time_zone, day, calls, used_ms, drawn_from_ms, drawn_to_ms, corrections)
     select workspace_id, time_zone, day, sum(calls), sum(used_ms), min(drawn_from_ms), max(drawn_to_ms), sum(corrections)
     from usage_days where workspace_id = $1 and time_zone = $2 and day >= $3 and day < $4
     group by workspace_id, time_zone, day`,
    [workspaceId, timeZone, from, untilDay],
  )
  await tx.query(
    `insert into usage_closed_months (workspace_id, time_zone, month, agent_id, calls, used_ms)
     select workspace_id, time_zone, date_trunc('month', day::timestamp)::date, agent_id, sum(calls), sum(used_ms)
     from usage_days where workspace_id = $1 and time_zone = $2 and day >= $3 and day < $4
     group by workspace_id, time_zone, 3, agent_id`,
    [workspaceId, timeZone, from, untilDay],
  )
  await tx.query(
    `insert into usage_closings (workspace_id, time_zone, until_day) values ($1, $2, $3)
     on conflict (workspace_id) do update set time_zone = excluded.time_zone, until_day = excluded.until_day`,
    [workspaceId, timeZone, untilDay],
  )
}

/** Reads until when months are closed: days before this date, the first of a month, are. Null: no month is closed. */
export async function readClosedUntil(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
): Promise<string | null> {
  const { rows } = await db.query<{ untilDay: string }>({
    name: 'usage_closed_until',
    text: `select until_day::text as "untilDay" from usage_closings where workspace_id = $1 and time_zone = $2`,
    values: [workspaceId, timeZone],
  })
  return rows[0]?.untilDay ?? null
}

const addDaysSql = `
  insert into usage_closed_days as d (workspace_id, time_zone, day, calls, used_ms, drawn_from_ms, drawn_to_ms, corrections)
  select workspace_id, time_zone, day, sum(calls), sum(used_ms), min(drawn_from_ms), max(drawn_to_ms), sum(corrections)
  from (select unnest($1::uuid[]) as workspace_id, unnest($2::text[]) as time_zone, unnest($3::text[])::date as day,
               unnest($4::bigint[]) as calls, unnest($5::bigint[]) as used_ms, unnest($6::bigint[]) as drawn_from_ms,
               unnest($7::bigint[]) as drawn_to_ms, unnest($8::bigint[]) as corrections) as v
  group by 1, 2, 3
  on conflict (workspace_id, time_zone, day) do update set
    calls = d.calls + excluded.calls, used_ms = d.used_ms + excluded.used_ms,
    drawn_from_ms = least(d.drawn_from_ms, excluded.drawn_from_ms),
    drawn_to_ms = greatest(d.drawn_to_ms, excluded.drawn_to_ms),
    corrections = d.corrections + excluded.corrections`

const addMonthsSql = `
  insert into usage_closed_months as m (workspace_id, time_zone, month, agent_id, calls, used_ms)
  select workspace_id, time_zone, date_trunc('month', day)::date, agent_id, sum(calls), sum(used_ms)
  from (select unnest($1::uuid[]) as workspace_id, unnest($2::text[]) as time_zone, unnest($3::text[])::timestamp as day,
               unnest($4::bigint[]) as calls, unnest($5::bigint[]) as used_ms, unnest($6::uuid[]) as agent_id) as v
  group by 1, 2, 3, 4
  on conflict (workspace_id, time_zone, month, agent_id) do update set
    calls = m.calls + excluded.calls, used_ms = m.used_ms + excluded.used_ms`

/** Adds to closed months what was reported after they were closed. This is rare: nearly all usage is of today. */
export async function addToClosedMonths(tx: Queryable, deltas: readonly UsageDelta[]): Promise<void> {
  if (deltas.length === 0) return
  const sums = [
    uuidArray(deltas, (d) => d.workspaceId),
    textArray(deltas, (d) => d.timeZone),
    textArray(deltas, (d) => d.day),
    bigintArray(deltas, (d) => d.calls),
    bigintArray(deltas, (d) => d.usedMs),
  ]
  await Promise.all([
    tx.query({
      name: 'usage_add_to_closed_days',
      text: addDaysSql,
      values: [
        ...sums,
        bigintArray(deltas, (d) => d.drawnFromMs),
        bigintArray(deltas, (d) => d.drawnToMs),
        bigintArray(deltas, (d) => d.corrections),
      ],
    }),
    tx.query({
      name: 'usage_add_to_closed_months',
      text: addMonthsSql,
      values: [...sums, uuidArray(deltas, (d) => d.agentId)],
    }),
  ])
}
