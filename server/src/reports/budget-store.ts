import { BUDGET_STEPS, type BudgetWatch } from '@talktime/core/billing/budget'
import type { DateRange } from '@talktime/core/time/usage-window'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'

/** Reads the watch of a workspace's budget; undefined: the budget was never checked. */
export async function readBudgetWatch(db: Queryable, workspaceId: string): Promise<BudgetWatch | undefined> {
  const { rows } = await db.query<BudgetWatch>(
    `select month, budget_ms as "budgetMs", told_percent as "alertedPercent" from budget_watches where workspace_id = $1`,
    [workspaceId],
  )
  return rows[0]
}

/** A budget's watch, and what makes the next check due. */
export type BudgetCheck = {
  readonly workspaceId: string
  readonly watch: BudgetWatch
  readonly timeZone: string
  /** When the month ends, in epoch milliseconds. */
  readonly monthEndsAtMs: number
  /** The cumulative draws at which the next step may be reached; null: no step is left this month. */
  readonly nextCheckDrawnMs: number | null
}

export async function saveBudgetCheck(tx: Tx, check: BudgetCheck): Promise<void> {
  const { workspaceId, watch, timeZone, monthEndsAtMs, nextCheckDrawnMs } = check
  await tx.query(
    `insert into budget_watches (workspace_id, month, ends_at_ms, time_zone, budget_ms, told_percent, look_at_drawn_ms)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (workspace_id) do update set
       month = excluded.month, ends_at_ms = excluded.ends_at_ms, time_zone = excluded.time_zone,
       budget_ms = excluded.budget_ms, told_percent = excluded.told_percent,
       look_at_drawn_ms = excluded.look_at_drawn_ms`,
    [
      workspaceId,
      watch.month,
      monthEndsAtMs,
      timeZone,
      watch.budgetMs,
      watch.alertedPercent,
      nextCheckDrawnMs,
    ],
  )
}

/** Sums what open calls were charged when they were cut. It counts as usage as soon as they end. */
export async function sumChargesOfOpenCalls(db: Queryable, workspaceId: string): Promise<number> {
  const { rows } = await db.query<{ ms: number }>(
    `select coalesce(sum(settled_ms), 0)::bigint as ms from calls
     where workspace_id = $1 and status in ('authorized', 'in_conversation') and settled_ms > 0`,
    [workspaceId],
  )
  return rows[0]?.ms ?? 0
}

/**
 * Finds workspaces whose budget must be checked: it never was, or the month, the time zone, the budget or the draws
 * have changed enough since. Returns at most `limit` UUIDs, in order.
 */
export async function findDueBudgets(database: Database, nowMs: number, limit: number): Promise<string[]> {
  const { rows } = await database.query<{ workspaceId: string }>({
    name: 'usage_budgets_due',
    text: `
      select l.workspace_id as "workspaceId"
      from balance_lines l
      join workspaces w on w.id = l.workspace_id
      join subscriptions s on s.workspace_id = l.workspace_id
      left join budget_watches b on b.workspace_id = l.workspace_id
      where (b.workspace_id is null and l.drawn_ms > 0) or b.ends_at_ms <= $1 or b.time_zone <> w.time_zone
         or l.drawn_ms >= b.look_at_drawn_ms
         or b.budget_ms <> coalesce(w.monthly_budget_ms, (s.terms ->> 'monthlyMs')::bigint)
      order by l.workspace_id limit $2`,
    values: [nowMs, limit],
  })
  return rows.map(({ workspaceId }) => workspaceId)
}

/** Lists the time zones of watched budgets that have steps left. */
export async function listBudgetTimeZones(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ timeZone: string }>(
    'select distinct time_zone as "timeZone" from budget_watches where told_percent < 100',
  )
  return rows.map(({ timeZone }) => timeZone)
}

/** Finds workspaces of a time zone whose usage of the month has reached a step of their budget that was not alerted. */
export async function findMissedBudgets(
  database: Database,
  timeZone: string,
  month: DateRange,
): Promise<string[]> {
  const { rows } = await database.query<{ workspaceId: string }>(
    `select b.workspace_id as "workspaceId" from budget_watches b
     where b.time_zone = $1 and b.month = $2
       and (select sum(d.used_ms) from usage_days d
            where d.workspace_id = b.workspace_id and d.time_zone = b.time_zone and d.day between $3 and $4) * 100
           >= b.budget_ms * (select min(step) from unnest($5::int[]) as step where step > b.told_percent)
       and b.budget_ms > 0
     order by b.workspace_id`,
    [timeZone, month.from.slice(0, 7), month.from, month.to, [...BUDGET_STEPS]],
  )
  return rows.map(({ workspaceId }) => workspaceId)
}
