import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { MINUTE_MS } from '../time/durations.ts'
import {
  COST_PARTS,
  computeCostParts,
  computePrice,
  createCostMeter,
  FREE,
  isSamePrice,
  minorFromParts,
} from './price.ts'

describe('a price', () => {
  test.each`
    minor     | credits | minorOf   | perMs
    ${9_900}  | ${1000} | ${33}     | ${200_000}
    ${2_900}  | ${250}  | ${29}     | ${150_000}
    ${1_200}  | ${100}  | ${1}      | ${5_000}
    ${45_000} | ${5000} | ${3}      | ${20_000}
    ${45_001} | ${5000} | ${45_001} | ${300_000_000}
  `('of $minor for $credits credits is $minorOf for each $perMs ms', ({ minor, credits, minorOf, perMs }) => {
    expect(computePrice(minor, 'USD', credits * MINUTE_MS)).toEqual({
      minor: minorOf,
      perMs,
      currency: 'USD',
    })
  })

  test('stays the same for twice the credits at twice the money', () => {
    expect(
      isSamePrice(computePrice(1_200, 'USD', 100 * MINUTE_MS), computePrice(2_400, 'USD', 200 * MINUTE_MS)),
    ).toBe(true)
    expect(
      isSamePrice(computePrice(1_200, 'USD', 100 * MINUTE_MS), computePrice(1_200, 'EUR', 100 * MINUTE_MS)),
    ).toBe(false)
    expect(computePrice(0, 'USD', MINUTE_MS)).toEqual(FREE)
  })

  test('applied to all the credit that was bought gives what was paid', () => {
    fc.assert(
      fc.property(money, amount, (minor, ms) => {
        expect(computeCostParts(ms, computePrice(minor, 'USD', ms))).toBe(minor * COST_PARTS)
      }),
      propertyRuns(300),
    )
  })
})

const money = fc.integer({ min: 0, max: 50_000_000 })
const amount = fc.integer({ min: MINUTE_MS, max: 1_000_000 * MINUTE_MS })

describe('metered costs', () => {
  test('are whole, not negative, at most one part off, and add up to the cost of the total', () => {
    const calls = fc.array(fc.integer({ min: 0, max: 4 * 60 * MINUTE_MS }), { minLength: 1, maxLength: 50 })
    fc.assert(
      fc.property(money, amount, calls, (minor, boughtMs, callsMs) => {
        const price = computePrice(minor, 'USD', boughtMs)
        const meter = createCostMeter(price)
        const costs = callsMs.map(meter)
        for (const [index, cost] of costs.entries()) {
          expect(Number.isSafeInteger(cost)).toBe(true)
          expect(cost).toBeGreaterThanOrEqual(0)
          expect(Math.abs(cost - computeCostParts(callsMs[index] ?? 0, price))).toBeLessThanOrEqual(1)
        }
        const sumMs = callsMs.reduce((sum, ms) => sum + ms, 0)
        expect(costs.reduce((sum, cost) => sum + cost, 0)).toBe(computeCostParts(sumMs, price))
      }),
      propertyRuns(300),
    )
  })

  test('are exact beyond the range of exact numbers', () => {
    const price = computePrice(999_999_999_989, 'USD', 1_000_000_007)
    const meter = createCostMeter(price)
    const sum = meter(14_400_001) + meter(3) + meter(14_400_007)
    expect(sum).toBe(computeCostParts(28_800_011, price))
  })
})

test.each([
  [0, 0],
  [4_999, 0],
  [5_000, 1],
  [14_999, 1],
  [1_234_567, 123],
])('%i parts are %i cents', (parts, minor) => {
  expect(minorFromParts(parts)).toBe(minor)
})
