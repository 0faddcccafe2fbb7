import { localDateOf } from '@talktime/core/time/local-day'
import { type DateRange, monthOf } from '@talktime/core/time/usage-window'
import { requireWorkspace } from '../access/index.ts'
import { type Balance, readBalance } from '../ledger/index.ts'
import { requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { readDays } from '../usage/usage-days.ts'
import { lastUsed, sumOf, type Use } from './range.ts'

/** What a workspace has used of its budget in the calendar month that holds an instant. */
export type MonthUse = {
  readonly timeZone: string
  readonly today: string
  readonly month: DateRange
  readonly monthly: Use
  readonly daily: Use
  /** Milliseconds of talk time a month; `own`: the workspace set it, otherwise it is the plan's credits. */
  readonly budget: { readonly budgetMs: number; readonly own: boolean }
}

/** Throws `workspace_not_found`. */
export async function readMonth(db: Queryable, workspaceId: string, nowMs: number): Promise<MonthUse> {
  const { timeZone, monthlyBudgetMs } = await requireWorkspace(db, workspaceId)
  const today = localDateOf(nowMs, timeZone)
  const month = monthOf(today)
  const [days, { terms }] = await Promise.all([
    readDays(db, workspaceId, { timeZone, agentId: null }, month),
    requireSubscription(db, workspaceId),
  ])
  const monthly = sumOf(days)
  const daily = sumOf(days.filter(({ date }) => date === today))
  const budget = { budgetMs: monthlyBudgetMs ?? terms.monthlyMs, own: monthlyBudgetMs !== null }
  return { timeZone, today, month, monthly, daily, budget }
}

/** How a workspace stands today and this calendar month. */
export type Summary = MonthUse & { readonly balance: Balance; readonly lastUsedAtMs: number | null }

/** Read it in one snapshot; boundaries that are due must have been caught up with. Throws `workspace_not_found`. */
export async function readSummary(db: Queryable, workspaceId: string, nowMs: number): Promise<Summary> {
  const ofMonth = await readMonth(db, workspaceId, nowMs)
  const [balance, lastUsedAtMs] = await Promise.all([
    readBalance(db, workspaceId, nowMs),
    lastUsed(db, workspaceId, { timeZone: ofMonth.timeZone, agentId: null }),
  ])
  return { ...ofMonth, balance, lastUsedAtMs }
}
