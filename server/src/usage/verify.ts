import { listLocalDays, localDayOf } from '@talktime/core/time/local-day'
import { type Difference, runChecks } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

/** Checks in the form of `runChecks`. */
const checks: Record<string, string> = {
  'each call’s charges begin where it says': `
    select c.workspace_id, format('call %s: charged from %s ms of the draws on, its first entry says %s ms',
                                  c.id, c.drawn_from_ms, e.drawn_after_ms + e.amount_ms) as detail
    from calls c
    left join ledger_entries e on e.workspace_id = c.workspace_id and e.seq = c.entry_seqs[1]
    where c.drawn_from_ms is distinct from e.drawn_after_ms + e.amount_ms`,

  'usage is kept in the workspace’s time zone': `
    select d.workspace_id, format('%s rows of usage in %s, the workspace is in %s', count(*), d.time_zone, w.time_zone) as detail
    from usage_days d
    left join workspaces w on w.id = d.workspace_id
    left join time_zone_changes z on z.workspace_id = d.workspace_id and z.time_zone = d.time_zone
    where d.time_zone is distinct from w.time_zone and z.id is null
    group by 1, d.time_zone, w.time_zone`,

  'closed months are closed in the workspace’s time zone': `
    select workspace_id, format('sums of closed months in %s, it is closed in %s', s.time_zone, c.time_zone) as detail
    from (select distinct workspace_id, time_zone from usage_closed_days
          union select distinct workspace_id, time_zone from usage_closed_months
          union select workspace_id, time_zone from usage_closings) s
    join workspaces w on w.id = s.workspace_id
    left join usage_closings c using (workspace_id)
    where s.time_zone is distinct from c.time_zone or s.time_zone <> w.time_zone`,

  'the days of closed months are those of their agents': `
    select workspace_id, format('%s: %s calls of %s ms, the agents have %s of %s ms', day, k.calls, k.used_ms, d.calls, d.used_ms) as detail
    from (select workspace_id, day, sum(calls) as calls, sum(used_ms) as used_ms, min(drawn_from_ms) as drawn_from_ms,
                 max(drawn_to_ms) as drawn_to_ms, sum(corrections) as corrections
          from usage_days join usage_closings c using (workspace_id, time_zone) where day < c.until_day group by 1, 2) d
    full join usage_closed_days k using (workspace_id, day)
    where (k.calls, k.used_ms, k.drawn_from_ms, k.drawn_to_ms, k.corrections)
          is distinct from (d.calls, d.used_ms, d.drawn_from_ms, d.drawn_to_ms, d.corrections)`,

  'the agents’ closed months are their days': `
    select workspace_id, format('%s, agent %s: %s calls of %s ms, the days have %s of %s ms', month, agent_id,
                                k.calls, k.used_ms, d.calls, d.used_ms) as detail
    from (select workspace_id, date_trunc('month', day::timestamp)::date as month, agent_id, sum(calls) as calls, sum(used_ms) as used_ms
          from usage_days join usage_closings c using (workspace_id, time_zone) where day < c.until_day group by 1, 2, 3) d
    full join usage_closed_months k using (workspace_id, month, agent_id)
    where (k.calls, k.used_ms) is distinct from (d.calls, d.used_ms)`,
}

/** Of all workspaces of a time zone: the days that differ from what their calls add up to. */
const differingDaysSql = `
  with counted as (
    select c.workspace_id, ($3::date[])[width_bucket(c.ended_at_ms, $2::bigint[])] as day, c.agent_id, count(*) as calls,
           sum(c.settled_ms)::bigint as used_ms, min(c.drawn_from_ms) as from_ms,
           max(c.drawn_from_ms + c.settled_ms) as to_ms
    from calls c join workspaces w on w.id = c.workspace_id
    where w.time_zone = $1 and c.ended_at_ms is not null and c.answered_at_ms is not null
    group by 1, 2, 3),
  kept as (
    select d.* from usage_days d join workspaces w on w.id = d.workspace_id and w.time_zone = d.time_zone
    where d.time_zone = $1)
  select workspace_id, format('%s, agent %s: %s calls of %s ms, kept are %s of %s ms%s', day, agent_id,
                              coalesce(c.calls, 0), coalesce(c.used_ms, 0), coalesce(k.calls, 0), coalesce(k.used_ms, 0),
                              case when stray then ', and not all of their charges' end) as detail
  from counted c full join kept k using (workspace_id, day, agent_id),
  lateral (select coalesce(c.from_ms < k.drawn_from_ms or c.to_ms > k.drawn_to_ms
                           or (c.from_ms is not null and k.drawn_from_ms is null), false) as stray) s
  where coalesce(c.calls, 0) <> coalesce(k.calls, 0) or coalesce(c.used_ms, 0) <> coalesce(k.used_ms, 0) or stray`

/** Recomputes usage from the calls, and closed months from their days. Returns where they differ: see `verifyLedger`. */
export async function verifyUsage(db: Queryable): Promise<Difference[]> {
  const differences = await runChecks(db, checks)
  const { rows: zones } = await db.query<{ timeZone: string; firstMs: number; lastMs: number }>(
    `select w.time_zone as "timeZone", min(c.ended_at_ms) as "firstMs", max(c.ended_at_ms) as "lastMs"
     from calls c join workspaces w on w.id = c.workspace_id where c.ended_at_ms is not null group by 1`,
  )
  for (const zone of zones) differences.push(...(await verifyDays(db, zone)))
  return differences
}

async function verifyDays(
  db: Queryable,
  {
    timeZone,
    firstMs,
    lastMs,
  }: { readonly timeZone: string; readonly firstMs: number; readonly lastMs: number },
): Promise<Difference[]> {
  const firstDate = localDayOf(firstMs, timeZone).date
  const lastDate = localDayOf(lastMs, timeZone).date
  const days = listLocalDays(firstDate, lastDate, timeZone)
  const { rows } = await db.query<{ workspace_id: string; detail: string }>(differingDaysSql, [
    timeZone,
    days.map((day) => day.startsAtMs),
    days.map((day) => day.date),
  ])
  return rows.map(({ workspace_id, detail }) => ({
    workspaceId: workspace_id,
    check: 'usage of each day is what its calls were charged',
    detail,
  }))
}
