import type { BudgetStep } from '@talktime/core/billing/budget'
import { formatCredits } from '@talktime/core/billing/credits'
import { raiseAlert } from '../alerts/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { formatInstant } from '../platform/text-format.ts'

/** A step of a month's budget that usage has reached. */
type ReachedStep = {
  readonly timeZone: string
  /** Such as 2026-11. */
  readonly month: string
  readonly budgetMs: number
  readonly usedMs: number
  readonly step: BudgetStep
  /** Whether the workspace set the budget; otherwise it is the plan's monthly credits. */
  readonly own: boolean
}

/** Raises the alert for a step of the budget: once a month for each step and budget. */
export function raiseBudgetAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  reached: ReachedStep,
  nowMs: number,
): Promise<void> {
  const { timeZone, month, budgetMs, usedMs, step, own } = reached
  const used = `${formatCredits(usedMs, 'en-US')} of ${formatCredits(budgetMs, 'en-US')} credits`
  const source = own
    ? 'This budget was set for the workspace.'
    : 'No budget was set, so it is the plan’s monthly credits.'
  return raiseAlert(
    tx,
    unit,
    {
      kind: 'budget_reached',
      key: `${month}/${budgetMs}/${step}`,
      title: step === 100 ? 'The monthly budget is used up' : `${step}% of the monthly budget is used`,
      detail: `${used} were used in ${formatMonth(month)} by ${formatInstant(nowMs, timeZone)}. ${source} The budget stops nothing: calls continue while there are credits. See what used them on the Usage page, or change the budget in Settings.`,
      link: '/usage',
    },
    nowMs,
  )
}

/** Formats 2026-11 as "November 2026". */
function formatMonth(month: string): string {
  const format = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  return format.format(Date.parse(`${month}-01T00:00Z`))
}
