import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  afterDraws,
  type BurnableGrant,
  burnDown,
  byBurnOrder,
  drawsWithin,
  placeDraws,
} from './burn-down.ts'

const runs = propertyRuns(300)

const grants: fc.Arbitrary<BurnableGrant[]> = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    remainingMs: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 10_000 })),
    // Few different instants, so that ties are common.
    grantedAtMs: fc.integer({ min: 0, max: 4 }),
    expiresAtMs: fc.option(fc.integer({ min: 5, max: 8 })),
  }),
  { selector: (grant) => grant.id, maxLength: 8 },
)
const usage = fc.integer({ min: 0, max: 30_000 })

const sumOf = (amounts: readonly number[]) => amounts.reduce((sum, amount) => sum + amount, 0)

function takenByGrant(draws: readonly { grantId: string; amountMs: number }[]): Map<string, number> {
  const taken = new Map<string, number>()
  for (const { grantId, amountMs } of draws) taken.set(grantId, (taken.get(grantId) ?? 0) + amountMs)
  return taken
}

describe('burn order', () => {
  const grant = (id: string, grantedAtMs: number, expiresAtMs: number | null, remainingMs = 10) => ({
    id,
    remainingMs,
    grantedAtMs,
    expiresAtMs,
  })

  test('grants that expire soonest go first, then older ones, then by id; grants that never expire go last', () => {
    const shuffled = [
      grant('old top-up', 1, null),
      grant('monthly', 3, 31),
      grant('b', 2, 20),
      grant('new top-up', 9, null),
      grant('older, expires as soon', 1, 20),
      grant('a', 2, 20),
    ]
    expect(shuffled.sort(byBurnOrder).map(({ id }) => id)).toEqual([
      'older, expires as soon',
      'a',
      'b',
      'monthly',
      'old top-up',
      'new top-up',
    ])
  })

  test('monthly credits go before top-ups, and usage that no grant can pay is the overdraft', () => {
    const open = [grant('top-up', 1, null, 100), grant('monthly', 2, 31, 30)]
    expect(burnDown(open, 20)).toEqual({ draws: [{ grantId: 'monthly', amountMs: 20 }], unpaidMs: 0 })
    expect(burnDown(open, 50)).toEqual({
      draws: [
        { grantId: 'monthly', amountMs: 30 },
        { grantId: 'top-up', amountMs: 20 },
      ],
      unpaidMs: 0,
    })
    expect(burnDown(open, 135).unpaidMs).toBe(5)
    expect(burnDown([], 7)).toEqual({ draws: [], unpaidMs: 7 })
  })

  test('the order in which grants are listed does not matter', () => {
    fc.assert(
      fc.property(grants, usage, (listed, usedMs) => {
        expect(burnDown([...listed].reverse(), usedMs)).toEqual(burnDown(listed, usedMs))
      }),
      runs,
    )
  })

  test('a grant is touched only when every one before it is used up', () => {
    fc.assert(
      fc.property(grants, usage, (open, usedMs) => {
        const { draws, unpaidMs } = burnDown(open, usedMs)
        const left = afterDraws(open, draws).sort(byBurnOrder)
        const firstLeft = left.findIndex(({ remainingMs }) => remainingMs > 0)
        if (firstLeft === -1) return
        expect(unpaidMs).toBe(0)
        const untouched = left.slice(firstLeft + 1).map(({ id }) => id)
        expect(draws.filter(({ grantId }) => untouched.includes(grantId))).toEqual([])
      }),
      runs,
    )
  })
})

describe('folding', () => {
  test('draws and overdraft add up to the usage, and draws and remaining credit to the grants', () => {
    fc.assert(
      fc.property(grants, usage, (open, usedMs) => {
        const { draws, unpaidMs } = burnDown(open, usedMs)
        expect(sumOf(draws.map(({ amountMs }) => amountMs)) + unpaidMs).toBe(usedMs)
        expect(draws.every(({ amountMs }) => amountMs > 0)).toBe(true)
        const left = afterDraws(open, draws)
        expect(left.every(({ remainingMs }) => remainingMs >= 0)).toBe(true)
        const sumOfRest = sumOf(left.map(({ remainingMs }) => remainingMs))
        expect(sumOfRest + usedMs - unpaidMs).toBe(sumOf(open.map(({ remainingMs }) => remainingMs)))
      }),
      runs,
    )
  })

  test('folding in one step or in many takes equal amounts from each grant', () => {
    fc.assert(
      fc.property(grants, fc.array(usage, { maxLength: 6 }), (open, usages) => {
        const atOnce = burnDown(open, sumOf(usages))
        let left = open
        let unpaidMs = 0
        const draws = usages.flatMap((usedMs) => {
          const step = burnDown(left, unpaidMs + usedMs)
          left = afterDraws(left, step.draws)
          unpaidMs = step.unpaidMs
          return step.draws
        })
        expect(takenByGrant(draws)).toEqual(takenByGrant(atOnce.draws))
        expect(unpaidMs).toBe(atOnce.unpaidMs)
        expect(left).toEqual(afterDraws(open, atOnce.draws))
      }),
      runs,
    )
  })
})

describe('placed draws', () => {
  test('follow one another from their start', () => {
    const placed = placeDraws(
      [
        { grantId: 'monthly', amountMs: 30 },
        { grantId: 'top-up', amountMs: 20 },
      ],
      1_000,
    )
    expect(placed).toEqual([
      { grantId: 'monthly', fromMs: 1_000, toMs: 1_030 },
      { grantId: 'top-up', fromMs: 1_030, toMs: 1_050 },
    ])
    expect(drawsWithin(placed, 1_020, 1_040)).toEqual([
      { grantId: 'monthly', fromMs: 1_020, toMs: 1_030 },
      { grantId: 'top-up', fromMs: 1_030, toMs: 1_040 },
    ])
    expect(drawsWithin(placed, 1_050, 1_060)).toEqual([])
  })

  test('pieces cut at any points tile the whole', () => {
    fc.assert(
      fc.property(grants, usage, fc.array(usage, { maxLength: 5 }), (open, usedMs, cuts) => {
        const { draws, unpaidMs } = burnDown(open, usedMs)
        const placed = placeDraws(draws, 0)
        const edges = [0, ...cuts, usedMs].map((cut) => Math.min(cut, usedMs)).sort((a, b) => a - b)
        const pieces = edges.slice(1).flatMap((toMs, index) => drawsWithin(placed, edges[index] ?? 0, toMs))
        const byGrant = takenByGrant(
          pieces.map(({ grantId, fromMs, toMs }) => ({ grantId, amountMs: toMs - fromMs })),
        )
        expect(byGrant).toEqual(takenByGrant(draws))
        // No gap and no overlap: each piece begins where the one before ended.
        let reachedMs = 0
        for (const { fromMs, toMs } of pieces) {
          expect(fromMs).toBe(reachedMs)
          reachedMs = toMs
        }
        expect(reachedMs).toBe(usedMs - unpaidMs)
      }),
      runs,
    )
  })
})
