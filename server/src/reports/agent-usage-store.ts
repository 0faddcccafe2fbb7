import type { Queryable } from '../platform/database/database.ts'
import { readClosedUntil, type UsageWindow } from '../usage/index.ts'

/** What an agent used in a window, in milliseconds of talk time and calls. */
export type AgentUsage = {
  readonly agentId: string
  readonly name: string
  readonly archived: boolean
  readonly usedMs: number
  readonly calls: number
}

/**
 * Reads the usage of each agent in a window, the highest first; of the window's agent alone if it has one. Archived
 * agents are included if they have calls in the window. Closed months that lie in the window as a whole come from
 * their sums, other days row by row.
 */
export async function readAgentUsage(
  db: Queryable,
  workspaceId: string,
  window: UsageWindow,
): Promise<AgentUsage[]> {
  const { timeZone, from, to, agentId } = window
  const { rows } = await db.query<AgentUsage>({
    // Each shape of the parameters has its own name: PostgreSQL plans a named query for any parameters.
    name: agentId === null ? 'usage_per_agent' : 'usage_of_agent',
    text: `
      with used as (
        select agent_id, sum(used_ms)::bigint as used_ms, sum(calls)::bigint as calls
        from (${agentId === null ? rowsOfAllSql : rowsOfAgentSql}) as parts
        group by agent_id)
      select a.id as "agentId", a.name, a.archived_at_ms is not null as archived, coalesce(u.used_ms, 0) as "usedMs",
             coalesce(u.calls, 0) as calls
      from agents a left join used u on u.agent_id = a.id
      where a.workspace_id = $1 ${agentId === null ? '' : 'and a.id = $5'} and (u.calls > 0 or a.archived_at_ms is null)
      order by 4 desc, 5 desc, a.name, a.id`,
    values: [
      workspaceId,
      timeZone,
      from,
      to,
      ...(agentId === null ? await findClosedMonths(db, workspaceId, window) : [agentId]),
    ],
  })
  return rows
}

const rowsOfAgentSql = `
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and agent_id = $5`

const rowsOfAllSql = `
  select agent_id, used_ms, calls from usage_closed_months
  where workspace_id = $1 and time_zone = $2 and month >= $5 and month < $6
  union all
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day < $5
  union all
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day >= $6`

/**
 * Finds the closed months that lie in a window as a whole: the first day of the first, and the first day of the month
 * after the last. Both are the same date if there is no such month.
 */
async function findClosedMonths(
  db: Queryable,
  workspaceId: string,
  { timeZone, from, to }: UsageWindow,
): Promise<[string, string]> {
  const closedUntil = await readClosedUntil(db, workspaceId, timeZone)
  const first = Temporal.PlainDate.from(from)
  const firstMonth = (first.day === 1 ? first : first.add({ months: 1 }).with({ day: 1 })).toString()
  const monthAfter = Temporal.PlainDate.from(to).add({ days: 1 }).with({ day: 1 }).toString()
  const untilMonth = closedUntil === null || closedUntil > monthAfter ? monthAfter : closedUntil
  return closedUntil === null || untilMonth < firstMonth ? [firstMonth, firstMonth] : [firstMonth, untilMonth]
}

/** Reads the names of all agents of a workspace, archived ones included. */
export async function readAgentNames(
  db: Queryable,
  workspaceId: string,
): Promise<{ readonly id: string; readonly name: string }[]> {
  const { rows } = await db.query<{ id: string; name: string }>(
    'select id, name from agents where workspace_id = $1',
    [workspaceId],
  )
  return rows
}
