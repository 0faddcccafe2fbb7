import type { BudgetStep } from '@talktime/core/billing/budget'
import { formatCredits } from '@talktime/core/billing/credits'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatInstant } from '../platform/text-format.ts'

/** A step of a month's budget that is reached. */
type Reached = {
  readonly timeZone: string
  readonly month: string
  readonly budgetMs: number
  readonly usedMs: number
  readonly step: BudgetStep
  /** Whether the workspace has set the budget itself; otherwise it is the plan's credits. */
  readonly own: boolean
}

/** Raises an alert that a step of the budget is reached: once a month for each step and budget. */
export function tellBudget(tx: Tx, unit: WorkspaceUnit, reached: Reached, nowMs: number): Promise<void> {
  const { timeZone, month, budgetMs, usedMs, step, own } = reached
  const used = `${formatCredits(usedMs, 'en-US')} of ${formatCredits(budgetMs, 'en-US')} credits`
  const whose = own
    ? 'The budget is the one that was set for this workspace.'
    : 'The budget is the plan’s monthly credits, as none was set.'
  return raiseAlert(
    tx,
    unit,
    {
      kind: 'budget_reached',
      key: `${month}/${budgetMs}/${step}`,
      title: step === 100 ? 'The monthly budget is used up' : `${step} % of the monthly budget are used`,
      detail: `${used} were used in ${monthName(month)} by ${formatInstant(nowMs, timeZone)}. ${whose} It stops nothing: calls go on as long as there are credits. See on the Usage page what used them, or set another budget in Settings.`,
      link: '/usage',
    },
    nowMs,
  )
}

/** "November 2026" from 2026-11. */
function monthName(month: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return format.format(Date.parse(`${month}-01T00:00Z`))
}
