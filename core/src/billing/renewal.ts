const DAY_MS = 24 * 60 * 60_000

/** How long after the first failure each further try to charge a renewal is made. */
export const RENEWAL_RETRIES_AFTER_MS: readonly number[] = [1 * DAY_MS, 3 * DAY_MS, 5 * DAY_MS]

/** How a renewal that is not paid stands. */
export type UnpaidRenewal = {
  /** When it failed first; null: it has not failed yet. */
  readonly sinceMs: number | null
  /** How often it was tried and failed. */
  readonly tries: number
}

export type RenewalRetryDecision =
  | { readonly kind: 'retry'; readonly sinceMs: number; readonly tries: number; readonly nextTryMs: number }
  /** Nothing more is tried: the plan ends. */
  | { readonly kind: 'give_up' }

/** What follows from one more failed try at `nowMs`: a further one later, or the end of the plan. */
export function decideRenewalRetry(unpaid: UnpaidRenewal, nowMs: number): RenewalRetryDecision {
  const sinceMs = unpaid.sinceMs ?? nowMs
  const tries = unpaid.tries + 1
  const afterMs = RENEWAL_RETRIES_AFTER_MS[tries - 1]
  if (afterMs === undefined) return { kind: 'give_up' }
  // A try that came late puts the next one off, never into the past.
  return { kind: 'retry', sinceMs, tries, nextTryMs: Math.max(sinceMs + afterMs, nowMs + DAY_MS / 24) }
}

/** When a plan whose renewal failed first at `sinceMs` ends at the earliest, if nothing is paid. */
export function computeUnpaidPlanEnd(sinceMs: number): number {
  return sinceMs + (RENEWAL_RETRIES_AFTER_MS.at(-1) ?? 0)
}
