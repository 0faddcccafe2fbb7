import { decideBudget } from '@talktime/core/billing/budget'
import { findLocalDayBounds, localDateOf } from '@talktime/core/time/local-day'
import { monthOf } from '@talktime/core/time/usage-window'
import type { Ledger, WorkspaceUnit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { raiseBudgetAlert } from './budget-alert.ts'
import {
  findDueBudgets,
  findMissedBudgets,
  listBudgetTimeZones,
  readBudgetWatch,
  saveBudgetCheck,
  sumChargesOfOpenCalls,
} from './budget-store.ts'
import { readMonth } from './summary.ts'

/** Alerts workspaces when parts of their monthly budget are used. */
export type Budgets = {
  /**
   * Checks the budgets for which something may have changed, at most `limit`. The draws of calls say which ones those
   * are, so this is cheap enough for every few seconds, on any number of servers.
   *
   * @returns the number of budgets that were checked
   */
  checkDue(limit?: number): Promise<number>
  /**
   * Checks the budgets whose next step is reached although the draws do not say so: a correction may move a call into
   * the month. This sums the month's usage of every watched budget.
   *
   * @returns the number of budgets that were checked
   */
  checkMissed(): Promise<number>
}

export type BudgetDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

const BUDGETS_MAX = 100

export function createBudgets({ database, clock, ledger }: BudgetDeps): Budgets {
  async function checkAll(workspaceIds: readonly string[]): Promise<number> {
    for (const workspaceId of workspaceIds) {
      await ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) => checkBudget(tx, unit, nowMs))
    }
    return workspaceIds.length
  }

  return {
    checkDue: async (limit = BUDGETS_MAX) => checkAll(await findDueBudgets(database, clock.now(), limit)),
    checkMissed: async () => checkAll(await findAllMissedBudgets(database, clock.now())),
  }
}

/** Raises the alert that is due, and saves when to check next. The caller holds the balance line and writes the unit. */
async function checkBudget(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<void> {
  const { workspaceId, drawnMs } = unit.line
  const { timeZone, month, monthly, budget } = await readMonth(tx, workspaceId, nowMs)
  const now = { month: month.from.slice(0, 7), budgetMs: budget.budgetMs, usedMs: monthly.usedMs }
  const { watch, alert, nextStepAtMs } = decideBudget(await readBudgetWatch(tx, workspaceId), now)
  if (alert !== null) {
    await raiseBudgetAlert(tx, unit, { ...now, timeZone, step: alert, own: budget.own }, nowMs)
  }
  // Charges of a cut count as soon as their call ends, without another draw. If they may reach the next step alone,
  // the budget is checked after every draw.
  const uncountedMs = await sumChargesOfOpenCalls(tx, workspaceId)
  const nextCheckDrawnMs =
    nextStepAtMs === null ? null : Math.max(drawnMs + nextStepAtMs - now.usedMs - uncountedMs, drawnMs + 1)
  const monthEndsAtMs = findLocalDayBounds(month.to, timeZone).endsAtMs
  await saveBudgetCheck(tx, { workspaceId, watch, timeZone, monthEndsAtMs, nextCheckDrawnMs })
}

async function findAllMissedBudgets(database: Database, nowMs: number): Promise<string[]> {
  const missed: string[] = []
  for (const timeZone of await listBudgetTimeZones(database)) {
    const month = monthOf(localDateOf(nowMs, timeZone))
    missed.push(...(await findMissedBudgets(database, timeZone, month)))
  }
  return missed
}
