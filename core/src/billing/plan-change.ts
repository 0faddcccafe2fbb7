/** What a change of plan has to do with: money in minor units, credits in milliseconds of talk time. */
export type PlanTerms = {
  readonly planId: string
  /** A cycle's price; null: on request. */
  readonly priceMinor: number | null
  readonly monthlyMs: number
}

export type PlanChange =
  /** The plan is the one the workspace has, and will keep. */
  | { readonly kind: 'none' }
  /** At once: the difference for the rest of the cycle is charged and granted. */
  | { readonly kind: 'upgrade'; readonly chargeMinor: number; readonly grantMs: number }
  /** At the end of the cycle; nothing is charged or granted now. */
  | { readonly kind: 'downgrade'; readonly atMs: number }
  /** A pending downgrade is taken back. */
  | { readonly kind: 'keep' }

/**
 * What changing to another plan means at `nowMs`. A plan with a higher price is an upgrade and takes effect at
 * once; price and credits are the differences between the plans for the part of the cycle that is left, rounded to
 * the nearest cent and millisecond. Anything else takes effect when the cycle ends.
 *
 * @param pendingPlanId the plan that a downgrade will bring at the end of the cycle; null: none
 */
export function decidePlanChange(
  current: PlanTerms,
  wanted: PlanTerms,
  pendingPlanId: string | null,
  cycle: { readonly startsAtMs: number; readonly endsAtMs: number },
  nowMs: number,
): PlanChange {
  if (wanted.planId === current.planId) return { kind: pendingPlanId === null ? 'none' : 'keep' }
  if (wanted.planId === pendingPlanId) return { kind: 'none' }
  if (priceOf(wanted) <= priceOf(current)) return { kind: 'downgrade', atMs: cycle.endsAtMs }
  const left = computeShareLeft(cycle, nowMs)
  return {
    kind: 'upgrade',
    chargeMinor: Math.round((priceOf(wanted) - priceOf(current)) * left),
    grantMs: Math.max(0, Math.round((wanted.monthlyMs - current.monthlyMs) * left)),
  }
}

/** Plans on request stand above all that have a price. */
function priceOf(terms: PlanTerms): number {
  return terms.priceMinor ?? Number.MAX_SAFE_INTEGER
}

/** Which part of the cycle is still to come: 1 at its start, 0 at its end. */
export function computeShareLeft(
  cycle: { readonly startsAtMs: number; readonly endsAtMs: number },
  nowMs: number,
): number {
  const left = (cycle.endsAtMs - nowMs) / (cycle.endsAtMs - cycle.startsAtMs)
  return Math.min(1, Math.max(0, left))
}
