import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { DAY_MS } from '../time/durations.ts'
import {
  computeUnpaidPlanEnd,
  decideRenewalRetry,
  RENEWAL_RETRIES_AFTER_MS,
  type UnpaidRenewal,
} from './renewal.ts'

const runs = propertyRuns(300)
const firstFailureMs = Date.UTC(2026, 0, 10)
/** How late each attempt is made, in milliseconds after it was due. */
const delays = fc.array(fc.integer({ min: 0, max: 3 * DAY_MS }), { minLength: 10, maxLength: 10 })

/** Fails every attempt. Returns when they were made, and when the plan ended. */
function failAllAttempts(delaysMs: readonly number[]): { attemptsAtMs: number[]; endedAtMs: number | null } {
  const attemptsAtMs: number[] = []
  let unpaid: UnpaidRenewal = { sinceMs: null, tries: 0 }
  let dueMs = firstFailureMs
  for (const delayMs of [0, ...delaysMs]) {
    const nowMs = dueMs + delayMs
    attemptsAtMs.push(nowMs)
    const decision = decideRenewalRetry(unpaid, nowMs)
    if (decision.kind === 'give_up') return { attemptsAtMs, endedAtMs: nowMs }
    expect(decision.nextTryMs).toBeGreaterThan(nowMs)
    unpaid = decision
    dueMs = decision.nextTryMs
  }
  return { attemptsAtMs, endedAtMs: null }
}

describe('a renewal that cannot be charged', () => {
  test('is attempted a fixed number of times, however late each attempt is', () => {
    fc.assert(
      fc.property(delays, (delaysMs) => {
        const { attemptsAtMs, endedAtMs } = failAllAttempts(delaysMs)
        expect(attemptsAtMs).toHaveLength(RENEWAL_RETRIES_AFTER_MS.length + 1)
        expect(endedAtMs).toBe(attemptsAtMs.at(-1))
      }),
      runs,
    )
  })

  test('does not end its plan before the announced end', () => {
    fc.assert(
      fc.property(delays, (delaysMs) => {
        const { endedAtMs } = failAllAttempts(delaysMs)
        expect(endedAtMs ?? 0).toBeGreaterThanOrEqual(computeUnpaidPlanEnd(firstFailureMs))
      }),
      runs,
    )
  })
})
