import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { computeShareLeft, decidePlanChange, type PlanTerms } from './plan-change.ts'

const cycle = { startsAtMs: 0, endsAtMs: 30_000 }
const free: PlanTerms = { planId: 'free', priceMinor: 0, currency: 'USD', monthlyMs: 1_800_000 }
const starter: PlanTerms = { planId: 'starter', priceMinor: 2_900, currency: 'USD', monthlyMs: 15_000_000 }
const growth: PlanTerms = { planId: 'growth', priceMinor: 9_900, currency: 'USD', monthlyMs: 60_000_000 }
const onRequest: PlanTerms = {
  planId: 'enterprise',
  priceMinor: null,
  currency: 'USD',
  monthlyMs: 600_000_000,
}

describe('a change of plan', () => {
  test.each<[string, PlanTerms, PlanTerms, string | null, number, object]>([
    ['to the current plan changes nothing', starter, starter, null, 0, { kind: 'none' }],
    ['back to the current plan cancels the downgrade', starter, starter, 'free', 0, { kind: 'keep' }],
    ['to the plan of the pending downgrade changes nothing', starter, free, 'free', 0, { kind: 'none' }],
    [
      'down takes effect at the end of the cycle',
      growth,
      starter,
      null,
      10_000,
      { kind: 'downgrade', atMs: 30_000 },
    ],
    [
      'up at the start of a cycle costs the whole difference',
      starter,
      growth,
      null,
      0,
      { kind: 'upgrade', chargeMinor: 7_000, grantMs: 45_000_000 },
    ],
    [
      'up halfway costs half the difference',
      starter,
      growth,
      null,
      15_000,
      { kind: 'upgrade', chargeMinor: 3_500, grantMs: 22_500_000 },
    ],
    [
      'up at the very end costs nothing',
      starter,
      growth,
      null,
      30_000,
      { kind: 'upgrade', chargeMinor: 0, grantMs: 0 },
    ],
    [
      'up costs what a card can pay: in Kuwaiti dinars, steps of ten',
      { ...starter, currency: 'KWD' },
      { ...growth, currency: 'KWD' },
      null,
      14_990,
      { kind: 'upgrade', chargeMinor: 3_500, grantMs: 22_515_000 },
    ],
    [
      'from a price on request is a downgrade',
      onRequest,
      growth,
      null,
      0,
      { kind: 'downgrade', atMs: 30_000 },
    ],
  ])('%s', (_change, current, wanted, pending, nowMs, expected) => {
    expect(decidePlanChange(current, wanted, pending, cycle, nowMs)).toEqual(expected)
  })

  test('up costs and grants at most the difference, never less than zero, and less as time passes', () => {
    const plan = (planId: string) =>
      fc.record({
        planId: fc.constant(planId),
        priceMinor: fc.nat(100_000),
        currency: fc.constant('USD'),
        monthlyMs: fc.nat(10 ** 9),
      })
    const instant = fc.nat(40_000)
    fc.assert(
      fc.property(plan('a'), plan('b'), instant, instant, (current, wanted, oneMs, otherMs) => {
        const [earlier, later] = [Math.min(oneMs, otherMs), Math.max(oneMs, otherMs)].map((nowMs) =>
          decidePlanChange(current, wanted, null, cycle, nowMs),
        )
        expect(earlier?.kind).toBe(wanted.priceMinor > current.priceMinor ? 'upgrade' : 'downgrade')
        if (earlier?.kind !== 'upgrade' || later?.kind !== 'upgrade') return
        expect(earlier.chargeMinor).toBeLessThanOrEqual(wanted.priceMinor - current.priceMinor)
        expect(earlier.grantMs).toBeLessThanOrEqual(Math.max(0, wanted.monthlyMs - current.monthlyMs))
        expect(later.chargeMinor).toBeLessThanOrEqual(earlier.chargeMinor)
        expect(later.grantMs).toBeLessThanOrEqual(earlier.grantMs)
        expect(Math.min(later.chargeMinor, later.grantMs)).toBeGreaterThanOrEqual(0)
      }),
      propertyRuns(300),
    )
  })
})

test.each([
  [-1, 1],
  [0, 1],
  [7_500, 0.75],
  [30_000, 0],
  [99_999, 0],
])('at %d ms the share of the cycle that is left is %d', (nowMs, share) => {
  expect(computeShareLeft(cycle, nowMs)).toBe(share)
})
