import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { t0, watchedLine } from '../../test/watched-line.ts'
import { addAmount, balanceAt } from './balance-line.ts'
import {
  clampToKnownTime,
  decideCrossings,
  findNextCrossing,
  isBelowReloadThreshold,
  type WatchedLine,
} from './threshold-crossings.ts'

const runs = propertyRuns(1000)

const line: fc.Arbitrary<WatchedLine> = fc
  .record({
    balanceMs: fc.integer({ min: -600_000, max: 600_000 }),
    liveCalls: fc.integer({ min: 0, max: 20 }),
    isKnownOut: fc.boolean(),
    isKnownLow: fc.boolean(),
    lowBalanceThresholdMs: fc.integer({ min: 0, max: 400_000 }),
    reloadBelowMs: fc.option(fc.integer({ min: 1, max: 400_000 })),
  })
  .map(({ isKnownOut, isKnownLow, ...fields }) =>
    watchedLine({
      ...fields,
      outSinceMs: isKnownOut ? t0 - 5_000 : null,
      lowSinceMs: isKnownLow ? t0 - 9_000 : null,
    }),
  )
const now = fc.integer({ min: t0, max: t0 + 100_000 })

/** Whether there is anything to act on. */
function isDue(one: WatchedLine, nowMs: number): boolean {
  const { watchState } = decideCrossings(one, nowMs)
  const hasChanged = watchState.outSinceMs !== one.outSinceMs || watchState.lowSinceMs !== one.lowSinceMs
  return hasChanged || isBelowReloadThreshold(one, nowMs)
}

describe('the next crossing', () => {
  test('is the first millisecond at which there is anything to act on', () => {
    fc.assert(
      fc.property(line, now, (one, nowMs) => {
        const nextMs = findNextCrossing(one, nowMs)
        if (nextMs === null) {
          expect([nowMs, nowMs + 1_000_000_000].some((atMs) => isDue(one, atMs))).toBe(false)
        } else {
          expect(nextMs).toBeGreaterThanOrEqual(nowMs)
          expect(isDue(one, nextMs)).toBe(true)
          if (nextMs > nowMs) expect([nowMs, nextMs - 1].some((atMs) => isDue(one, atMs))).toBe(false)
        }
      }),
      runs,
    )
  })
})

describe('the decision', () => {
  test('made a second time changes nothing', () => {
    fc.assert(
      fc.property(line, now, (one, nowMs) => {
        const { watchState } = decideCrossings(one, nowMs)
        expect(decideCrossings({ ...one, ...watchState }, nowMs)).toEqual({ crossings: [], watchState })
      }),
      runs,
    )
  })

  test('reports each fall to zero and each return once, however often it is made', () => {
    const change = fc.record({
      afterMs: fc.integer({ min: 0, max: 50_000 }),
      amountMs: fc.integer({ min: -300_000, max: 300_000 }),
      looks: fc.integer({ min: 1, max: 3 }),
    })
    fc.assert(
      fc.property(line, fc.array(change, { maxLength: 20 }), (start, changes) => {
        let one: WatchedLine = { ...start, outSinceMs: null, lowSinceMs: null }
        let nowMs = t0
        let wasOut = false
        const reported: string[] = []
        const expected: string[] = []
        for (const { afterMs, amountMs, looks } of changes) {
          nowMs += afterMs
          one = { ...one, ...addAmount(one, amountMs) }
          const isOut = balanceAt(one, clampToKnownTime(one, nowMs)) <= 0
          if (isOut !== wasOut) expected.push(isOut ? 'went_out' : 'returned')
          wasOut = isOut
          for (let look = 0; look < looks; look += 1) {
            const { crossings, watchState } = decideCrossings(one, nowMs)
            reported.push(...crossings.map(({ kind }) => kind).filter((kind) => kind !== 'became_low'))
            one = { ...one, ...watchState }
          }
        }
        expect(reported).toEqual(expected)
      }),
      runs,
    )
  })
})
