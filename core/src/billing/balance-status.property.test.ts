import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { classifyBalance, resolveLowBalanceThreshold } from './balance-status.ts'
import { MS_PER_CREDIT } from './credits.ts'

const runs = propertyRuns(300)
const amount = fc.integer({ min: -(10 ** 9), max: 10 ** 9 })
const threshold = fc.nat(10 ** 9)

test('a balance is out exactly at or below zero, and never better with less credit', () => {
  const ranks = ['out', 'low', 'ok']
  fc.assert(
    fc.property(amount, amount, threshold, (one, other, thresholdMs) => {
      const [less, more] = [Math.min(one, other), Math.max(one, other)]
      const status = classifyBalance(less, thresholdMs)
      expect(status === 'out').toBe(less <= 0)
      expect(ranks.indexOf(status)).toBeLessThanOrEqual(ranks.indexOf(classifyBalance(more, thresholdMs)))
    }),
    runs,
  )
})

test('the default threshold is a whole number of at least 5 credits and a tenth of the monthly credits', () => {
  fc.assert(
    fc.property(fc.nat(10 ** 12), (monthlyMs) => {
      const thresholdMs = resolveLowBalanceThreshold(null, monthlyMs)
      expect(Number.isSafeInteger(thresholdMs)).toBe(true)
      expect(thresholdMs).toBeGreaterThanOrEqual(5 * MS_PER_CREDIT)
      expect(thresholdMs * 10).toBeGreaterThanOrEqual(monthlyMs)
    }),
    runs,
  )
})
