import { currencyStep } from './currency.ts'

/** The terms that decide a plan change. Money is in minor units, credits are milliseconds of talk time. */
export type PlanTerms = {
  readonly planId: string
  /** The price of a cycle; null: on request. */
  readonly priceMinor: number | null
  readonly currency: string
  readonly monthlyMs: number
}

export type PlanChange =
  /** The workspace has this plan already, or will have it when the cycle ends. */
  | { readonly kind: 'none' }
  /** Takes effect at once: the difference for the rest of the cycle is charged and granted. */
  | { readonly kind: 'upgrade'; readonly chargeMinor: number; readonly grantMs: number }
  /** Takes effect at `atMs`, the end of the cycle. Nothing is charged or granted now. */
  | { readonly kind: 'downgrade'; readonly atMs: number }
  /** Cancels the pending downgrade. */
  | { readonly kind: 'keep' }

/**
 * Decides what a change to another plan does at `nowMs`. A plan with a higher price is an upgrade: it takes effect at
 * once, and the differences in price and credits are prorated by the time left in the cycle, rounded to the nearest
 * amount that can be charged and to the nearest millisecond. Any other plan is a downgrade and takes effect when the cycle ends.
 *
 * @param pendingPlanId the plan of a downgrade that takes effect when the cycle ends; null: none
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
  if (rankPrice(wanted) <= rankPrice(current)) return { kind: 'downgrade', atMs: cycle.endsAtMs }
  const left = computeShareLeft(cycle, nowMs)
  const step = currencyStep(wanted.currency)
  return {
    kind: 'upgrade',
    chargeMinor: Math.round(((rankPrice(wanted) - rankPrice(current)) * left) / step) * step,
    grantMs: Math.max(0, Math.round((wanted.monthlyMs - current.monthlyMs) * left)),
  }
}

/** A price on request ranks above every stated price. */
function rankPrice(terms: PlanTerms): number {
  return terms.priceMinor ?? Number.MAX_SAFE_INTEGER
}

/** Computes the share of the cycle that is still to come: 1 at its start, 0 at its end. */
export function computeShareLeft(
  cycle: { readonly startsAtMs: number; readonly endsAtMs: number },
  nowMs: number,
): number {
  const left = (cycle.endsAtMs - nowMs) / (cycle.endsAtMs - cycle.startsAtMs)
  return Math.min(1, Math.max(0, left))
}
