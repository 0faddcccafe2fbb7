/** The parts of a monthly budget of which people are told, in percent. */
export const BUDGET_STEPS = [50, 80, 100] as const

export type BudgetStep = (typeof BUDGET_STEPS)[number]

/** How far a month's usage was looked at. Amounts are milliseconds of talk time. */
export type BudgetWatch = {
  /** Such as 2026-11. */
  readonly month: string
  readonly budgetMs: number
  /** The highest step of this budget that is known to have been reached; 0: none. */
  readonly alertedPercent: BudgetStep | 0
}

export type BudgetDecision = {
  readonly watch: BudgetWatch
  /** The step of which people are to be told now; null: nothing new. */
  readonly tell: BudgetStep | null
  /** The month's usage at which the next step is reached; null: there is none. */
  readonly nextStepAtMs: number | null
}

/**
 * What a month's usage means to its budget. Each step is told once, and of several that were reached at once only the
 * highest. Another budget in the middle of the month begins anew: steps of it that are reached already are told only
 * where nobody was told of as much before; those that are still to come will be.
 *
 * @param before as it was looked at last; undefined: never
 */
export function decideBudget(
  before: BudgetWatch | undefined,
  now: { readonly month: string; readonly budgetMs: number; readonly usedMs: number },
): BudgetDecision {
  const { month, budgetMs, usedMs } = now
  const reached = reachedStep(usedMs, budgetMs)
  const isSameMonth = before?.month === month
  const toldBefore = isSameMonth ? before.alertedPercent : 0
  const keepsTold = isSameMonth && before.budgetMs === budgetMs && toldBefore > reached
  const alertedPercent = keepsTold ? toldBefore : reached
  const next = budgetMs === 0 ? undefined : BUDGET_STEPS.find((step) => step > alertedPercent)
  return {
    watch: { month, budgetMs, alertedPercent },
    tell: reached !== 0 && reached > toldBefore ? reached : null,
    nextStepAtMs: next === undefined ? null : Math.ceil((budgetMs * next) / 100),
  }
}

function reachedStep(usedMs: number, budgetMs: number): BudgetStep | 0 {
  if (budgetMs === 0) return 0
  return BUDGET_STEPS.findLast((step) => usedMs * 100 >= budgetMs * step) ?? 0
}
