import { BUDGET_STEPS, type BudgetWatch, decideBudget } from '@talktime/core/billing/budget'
import { findLocalDayBounds, localDateOf } from '@talktime/core/time/local-day'
import { monthOf } from '@talktime/core/time/usage-window'
import type { Ledger, WorkspaceUnit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { tellBudget } from './budget-alert.ts'
import { readMonth } from './summary.ts'

/** Tells people when parts of their monthly budget are used. */
export type Budgets = {
  /**
   * Looks at the budgets of which something may have changed, at most `limit`: what the calls drew says which those
   * are, so that looking is cheap and may be done every few seconds, by any number of servers.
   *
   * @returns how many were looked at
   */
  lookAtDue(limit?: number): Promise<number>
  /**
   * Looks at the budgets whose next step is reached although nothing was drawn, as when a correction brings a call into
   * the month: all of this month's usage is added up for it.
   */
  lookAtMissed(): Promise<number>
}

export type BudgetDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

const PAGE_MAX = 100

export function createBudgets({ database, clock, ledger }: BudgetDeps): Budgets {
  async function look(workspaceIds: readonly string[]): Promise<void> {
    for (const workspaceId of workspaceIds) {
      await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => lookAt(tx, unit, nowMs))
    }
  }

  return {
    async lookAtDue(limit = PAGE_MAX) {
      const due = await findDue(database, clock.now(), limit)
      await look(due)
      return due.length
    },
    async lookAtMissed() {
      const missed = await findMissed(database, clock.now())
      await look(missed)
      return missed.length
    },
  }
}

/** The caller holds the workspace's line and writes the unit. */
async function lookAt(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<void> {
  const { workspaceId, drawnMs } = unit.line
  const { timeZone, month, monthly, budget } = await readMonth(tx, workspaceId, nowMs)
  const { rows } = await tx.query<BudgetWatch>(
    `select month, budget_ms as "budgetMs", told_percent as "alertedPercent" from budget_watches where workspace_id = $1`,
    [workspaceId],
  )
  const now = { month: month.from.slice(0, 7), budgetMs: budget.budgetMs, usedMs: monthly.usedMs }
  const { watch, alert, nextStepAtMs } = decideBudget(rows[0], now)
  if (alert !== null) {
    await tellBudget(tx, unit, { ...now, timeZone, step: alert, own: budget.own }, nowMs)
  }
  // What calls in conversation were charged at a cut counts as soon as they end, without another draw.
  const uncountedMs = await cutButOpenMs(tx, workspaceId)
  const lookAtMs = nextStepAtMs === null ? null : drawnMs + nextStepAtMs - now.usedMs - uncountedMs
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
      findLocalDayBounds(month.to, timeZone).endsAtMs,
      timeZone,
      watch.budgetMs,
      watch.alertedPercent,
      // Where open calls hold as much as is missing, it is looked at after each draw.
      lookAtMs === null ? null : Math.max(lookAtMs, drawnMs + 1),
    ],
  )
}

async function cutButOpenMs(tx: Tx, workspaceId: string): Promise<number> {
  const { rows } = await tx.query<{ ms: number }>(
    `select coalesce(sum(settled_ms), 0)::bigint as ms from calls
     where workspace_id = $1 and status in ('authorized', 'in_conversation') and settled_ms > 0`,
    [workspaceId],
  )
  return rows[0]?.ms ?? 0
}

/** Workspaces that were never looked at, or whose month, time zone, budget or draws are not what they were then. */
async function findDue(database: Database, nowMs: number, limit: number): Promise<string[]> {
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
  return rows.map((row) => row.workspaceId)
}

async function findMissed(database: Database, nowMs: number): Promise<string[]> {
  const { rows: zones } = await database.query<{ timeZone: string }>(
    'select distinct time_zone as "timeZone" from budget_watches where told_percent < 100',
  )
  const missed: string[] = []
  for (const { timeZone } of zones) {
    const { from, to } = monthOf(localDateOf(nowMs, timeZone))
    const { rows } = await database.query<{ workspaceId: string }>(
      `select b.workspace_id as "workspaceId" from budget_watches b
       where b.time_zone = $1 and b.month = $2
         and (select sum(d.used_ms) from usage_days d
              where d.workspace_id = b.workspace_id and d.time_zone = b.time_zone and d.day between $3 and $4) * 100
             >= b.budget_ms * (select min(step) from unnest($5::int[]) as step where step > b.told_percent)
         and b.budget_ms > 0
       order by b.workspace_id`,
      [timeZone, from.slice(0, 7), from, to, [...BUDGET_STEPS]],
    )
    missed.push(...rows.map((row) => row.workspaceId))
  }
  return missed
}
