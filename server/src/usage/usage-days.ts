import type { DateRange } from '@talktime/core/time/usage-window'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageWindow } from '../reports/window.ts'
import { closedUntil } from './closed-months.ts'

/** What was used on a day, by all agents or by the one that was asked for. */
export type DayRow = {
  readonly date: string
  readonly usedMs: number
  readonly calls: number
  /** All charges lie, on the workspace's cumulative draws, within [from, to); null: nothing was charged. */
  readonly drawnFromMs: number | null
  readonly drawnToMs: number | null
  readonly corrections: number
}

type Whose = Pick<UsageWindow, 'timeZone' | 'agentId'>

const columns = `day::text as date, used_ms as "usedMs", calls, drawn_from_ms as "drawnFromMs", drawn_to_ms as "drawnToMs", corrections`

/** The days of a range on which something was used, in order: of closed months from their sums. */
export async function readDays(
  db: Queryable,
  workspaceId: string,
  { timeZone, agentId }: Whose,
  { from, to }: DateRange,
): Promise<DayRow[]> {
  const values = [workspaceId, timeZone, from, to]
  if (agentId !== null) {
    const { rows } = await db.query<DayRow>({
      name: 'usage_days_of_agent',
      text: `
        select ${columns} from usage_days
        where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and agent_id = $5 order by day`,
      values: [...values, agentId],
    })
    return rows
  }
  const until = await closedUntil(db, workspaceId, timeZone)
  const { rows } = await db.query<DayRow>({
    name: 'usage_days_of_all',
    text: `
      select ${columns} from usage_closed_days
      where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day < $5
      union all
      select day::text, sum(used_ms)::bigint, sum(calls)::bigint, min(drawn_from_ms), max(drawn_to_ms), sum(corrections)
      from usage_days where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day >= $5 group by day
      order by 1`,
    values: [...values, until ?? '-infinity'],
  })
  return rows
}

export type AgentUse = {
  readonly agentId: string
  readonly name: string
  readonly archived: boolean
  readonly usedMs: number
  readonly calls: number
}

/**
 * The agents, the highest first. Those that were archived are among them if their calls count in the window. Of months
 * that are closed and lie in the window as a whole the sums are taken, of other days each row.
 */
export async function readAgents(
  db: Queryable,
  workspaceId: string,
  window: UsageWindow,
): Promise<AgentUse[]> {
  const { timeZone, from, to, agentId } = window
  const { rows } = await db.query<AgentUse>({
    name: agentId === null ? 'usage_per_agent' : 'usage_of_agent',
    text: `
      with used as (
        select agent_id, sum(used_ms)::bigint as used_ms, sum(calls)::bigint as calls
        from (${agentId === null ? rowsOfAll : rowsOfAgent}) as parts
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
      ...(agentId === null ? await wholeMonths(db, workspaceId, window) : [agentId]),
    ],
  })
  return rows
}

const rowsOfAgent = `
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and agent_id = $5`

const rowsOfAll = `
  select agent_id, used_ms, calls from usage_closed_months
  where workspace_id = $1 and time_zone = $2 and month >= $5 and month < $6
  union all
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day < $5
  union all
  select agent_id, used_ms, calls from usage_days
  where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and day >= $6`

/** The closed months of a window: the first day of the first one, and of the one after the last; the same: there is none. */
async function wholeMonths(
  db: Queryable,
  workspaceId: string,
  { timeZone, from, to }: UsageWindow,
): Promise<[string, string]> {
  const until = await closedUntil(db, workspaceId, timeZone)
  const first = Temporal.PlainDate.from(from)
  const begins = first.day === 1 ? first : first.add({ months: 1 }).with({ day: 1 })
  const months = begins.toString()
  const ends = Temporal.PlainDate.from(to).add({ days: 1 }).with({ day: 1 }).toString()
  const untilMonth = until === null || until > ends ? ends : until
  return until === null || untilMonth < months ? [months, months] : [months, untilMonth]
}
