import { DAY_MS, HOUR_MS } from '../time/durations.ts'

/** How long after the first failure each further attempt to charge a renewal is due. */
export const RENEWAL_RETRIES_AFTER_MS: readonly number[] = [1 * DAY_MS, 3 * DAY_MS, 5 * DAY_MS]

/** The failed attempts to charge a renewal so far. */
export type UnpaidRenewal = {
  /** The first failure, in epoch milliseconds; null: nothing has failed yet. */
  readonly sinceMs: number | null
  /** The number of failed attempts. */
  readonly tries: number
}

export type RenewalRetryDecision =
  | { readonly kind: 'retry'; readonly sinceMs: number; readonly tries: number; readonly nextTryMs: number }
  /** No attempt is left: the plan ends. */
  | { readonly kind: 'give_up' }

/**
 * Decides what follows when one more attempt to charge a renewal fails at `nowMs`: a retry at `nextTryMs`, or the end of
 * the plan.
 */
export function decideRenewalRetry(unpaid: UnpaidRenewal, nowMs: number): RenewalRetryDecision {
  const sinceMs = unpaid.sinceMs ?? nowMs
  const tries = unpaid.tries + 1
  const afterMs = RENEWAL_RETRIES_AFTER_MS[tries - 1]
  if (afterMs === undefined) return { kind: 'give_up' }
  // After a late attempt the next one could be due already: it waits an hour.
  return { kind: 'retry', sinceMs, tries, nextTryMs: Math.max(sinceMs + afterMs, nowMs + HOUR_MS) }
}

/** Computes when a plan whose renewal first failed at `sinceMs` ends at the earliest, if it stays unpaid. */
export function computeUnpaidPlanEnd(sinceMs: number): number {
  return sinceMs + (RENEWAL_RETRIES_AFTER_MS.at(-1) ?? 0)
}
