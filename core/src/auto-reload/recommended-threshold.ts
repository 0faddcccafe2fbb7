import { MS_PER_CREDIT } from '../billing/credits.ts'

/** A recommended threshold and what it is made of. Amounts are milliseconds of talk time. */
export type ThresholdAdvice = {
  readonly thresholdMs: number
  /** Usage of the busiest two hours in a row. */
  readonly busiestMs: number
  /** Forecast usage of campaigns overnight. */
  readonly overnightMs: number
  readonly because: 'no_usage' | 'little_usage' | 'busiest_hours' | 'campaigns_overnight'
}

const STEP_MS = 5 * MS_PER_CREDIT
const THRESHOLD_MS_MIN = 10 * MS_PER_CREDIT

/**
 * Recommends a threshold for auto-reload. It covers the usage of the busiest two hours, so that a slow reload, or a
 * retry an hour later, still arrives in time. On top come the campaigns' forecast usage overnight, so that they can
 * continue until somebody sees in the morning that a card was declined. Rounded up to whole multiples of 5 credits, at
 * least 10 credits.
 *
 * @param hourlyUsageMs usage of consecutive hours, in milliseconds of talk time
 * @param overnightMs forecast usage of campaigns overnight, in milliseconds of talk time
 */
export function recommendThreshold(hourlyUsageMs: readonly number[], overnightMs: number): ThresholdAdvice {
  const busiestMs = hourlyUsageMs.reduce(
    (most, usedMs, index) => Math.max(most, usedMs + (hourlyUsageMs[index + 1] ?? 0)),
    0,
  )
  const thresholdMs = Math.max(THRESHOLD_MS_MIN, Math.ceil((busiestMs + overnightMs) / STEP_MS) * STEP_MS)
  return { thresholdMs, busiestMs, overnightMs, because: explainThreshold(busiestMs, overnightMs) }
}

function explainThreshold(busiestMs: number, overnightMs: number): ThresholdAdvice['because'] {
  if (overnightMs > 0) return 'campaigns_overnight'
  if (busiestMs === 0) return 'no_usage'
  return busiestMs < THRESHOLD_MS_MIN ? 'little_usage' : 'busiest_hours'
}
