import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { MS_PER_CREDIT } from '../billing/credits.ts'
import { recommendThreshold } from './recommended-threshold.ts'

describe('a recommended threshold', () => {
  test('covers any two hours in a row and the night, and is less than a step above that', () => {
    const hourly = fc.array(fc.integer({ min: 0, max: 500 * MS_PER_CREDIT }), { maxLength: 100 })
    const overnight = fc.integer({ min: 0, max: 500 * MS_PER_CREDIT })
    fc.assert(
      fc.property(hourly, overnight, (hours, overnightMs) => {
        const { thresholdMs, busiestMs } = recommendThreshold(hours, overnightMs)
        for (const [index, usedMs] of hours.entries()) {
          expect(thresholdMs).toBeGreaterThanOrEqual(usedMs + (hours[index + 1] ?? 0) + overnightMs)
        }
        expect(thresholdMs % (5 * MS_PER_CREDIT)).toBe(0)
        expect(thresholdMs - Math.max(busiestMs + overnightMs, 10 * MS_PER_CREDIT)).toBeLessThan(
          5 * MS_PER_CREDIT,
        )
      }),
      propertyRuns(500),
    )
  })
})
