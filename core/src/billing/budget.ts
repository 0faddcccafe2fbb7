/** The parts of a monthly budget at which the workspace is alerted, in percent. */
export const BUDGET_STEPS = [50, 80, 100] as const

export type BudgetStep = (typeof BUDGET_STEPS)[number]

/** What is remembered of a budget between two decisions. Amounts are milliseconds of talk time. */
export type BudgetWatch = {
  /** Such as 2026-11. */
  readonly month: string
  readonly budgetMs: number
  /** The highest step of this budget that usage is known to have reached; 0: none. */
  readonly alertedPercent: BudgetStep | 0
}

export type BudgetDecision = {
  readonly watch: BudgetWatch
  /** The step to raise an alert for; null: none. */
  readonly alert: BudgetStep | null
  /** The month's usage that reaches the next step, in milliseconds of talk time; null: no step is left. */
  readonly nextStepAtMs: number | null
}

/**
 * Decides whether a month's usage raises a budget alert. Each step is alerted once a month. When usage passes several
 * steps at once, only the highest is alerted. After the budget changes within a month, its steps count from the start,
 * but a step that usage has already reached is alerted only if it is higher than any alerted before in that month.
 *
 * @param before the watch of the last decision; undefined: there was none
 */
export function decideBudget(
  before: BudgetWatch | undefined,
  now: { readonly month: string; readonly budgetMs: number; readonly usedMs: number },
): BudgetDecision {
  const { month, budgetMs, usedMs } = now
  const reachedPercent = findReachedStep(usedMs, budgetMs)
  const isSameMonth = before?.month === month
  const alertedBefore = isSameMonth ? before.alertedPercent : 0
  const isSameBudget = isSameMonth && before.budgetMs === budgetMs
  // A correction may take usage back below a step: that step is not alerted a second time.
  const alertedPercent = isSameBudget && alertedBefore > reachedPercent ? alertedBefore : reachedPercent
  const next = budgetMs === 0 ? undefined : BUDGET_STEPS.find((step) => step > alertedPercent)
  return {
    watch: { month, budgetMs, alertedPercent },
    alert: reachedPercent !== 0 && reachedPercent > alertedBefore ? reachedPercent : null,
    nextStepAtMs: next === undefined ? null : Math.ceil((budgetMs * next) / 100),
  }
}

function findReachedStep(usedMs: number, budgetMs: number): BudgetStep | 0 {
  if (budgetMs === 0) return 0
  return BUDGET_STEPS.findLast((step) => usedMs * 100 >= budgetMs * step) ?? 0
}
