import { localDateOf } from '@talktime/core/time/local-day'
import { type DateRange, monthOf } from '@talktime/core/time/usage-window'
import { type Balance, readBalance } from '../ledger/index.ts'
import { requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { readUsageDays } from '../usage/index.ts'
import { requireWorkspace } from '../workspaces/index.ts'
import { readLastUsedAtMs } from './last-used-store.ts'
import { sumUsage, type UsageTotal } from './usage-total.ts'

/** A workspace's usage and budget of the calendar month that holds an instant. */
export type MonthUsage = {
  readonly timeZone: string
  /** The local date of the instant. */
  readonly today: string
  readonly month: DateRange
  readonly monthly: UsageTotal
  readonly daily: UsageTotal
  /** Milliseconds of talk time a month. `own`: the workspace set it; otherwise it is the plan's monthly credits. */
  readonly budget: { readonly budgetMs: number; readonly own: boolean }
}

/**
 * Reads the usage of the month and the day that hold `nowMs`.
 *
 * @throws Problem workspace_not_found
 */
export async function readMonth(db: Queryable, workspaceId: string, nowMs: number): Promise<MonthUsage> {
  const { timeZone, monthlyBudgetMs } = await requireWorkspace(db, workspaceId)
  const today = localDateOf(nowMs, timeZone)
  const month = monthOf(today)
  const [days, { terms }] = await Promise.all([
    readUsageDays(db, workspaceId, { ...month, timeZone, agentId: null }),
    requireSubscription(db, workspaceId),
  ])
  const monthly = sumUsage(days)
  const daily = sumUsage(days.filter(({ date }) => date === today))
  const budget = { budgetMs: monthlyBudgetMs ?? terms.monthlyMs, own: monthlyBudgetMs !== null }
  return { timeZone, today, month, monthly, daily, budget }
}

/** What a workspace has used today and this calendar month, and its balance. */
export type Summary = MonthUsage & { readonly balance: Balance; readonly lastUsedAtMs: number | null }

/**
 * Reads the summary. Call it in one snapshot, after boundaries that are due were passed.
 *
 * @throws Problem workspace_not_found
 */
export async function readSummary(db: Queryable, workspaceId: string, nowMs: number): Promise<Summary> {
  const usage = await readMonth(db, workspaceId, nowMs)
  const [balance, lastUsedAtMs] = await Promise.all([
    readBalance(db, workspaceId, nowMs),
    readLastUsedAtMs(db, workspaceId, { timeZone: usage.timeZone, agentId: null }),
  ])
  return { ...usage, balance, lastUsedAtMs }
}
