import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { addAmount, balanceAt } from './balance-line.ts'
import {
  clampToKnownTime,
  decideCrossings,
  findNextCrossing,
  isBelowReloadThreshold,
  type WatchedLine,
} from './threshold-crossings.ts'

const runs = propertyRuns(1000)
const t0 = Date.UTC(2026, 0, 10, 12)

const watched = (fields: Partial<WatchedLine>): WatchedLine => ({
  anchorMs: t0,
  balanceMs: 600_000,
  liveCalls: 0,
  outSinceMs: null,
  lowSinceMs: null,
  lowBalanceThresholdMs: 300_000,
  reloadBelowMs: null,
  ...fields,
})

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
    watched({
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
  test.each`
    what                                     | fields                                                             | afterMs
    ${'without calls nothing moves'}         | ${{}}                                                              | ${null}
    ${'one credit lasts two calls 30 s'}     | ${{ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 }}             | ${30_000}
    ${'the low threshold comes before zero'} | ${{ liveCalls: 1 }}                                                | ${300_001}
    ${'and auto-reload’s comes before it'}   | ${{ liveCalls: 1, reloadBelowMs: 500_000 }}                        | ${100_001}
    ${'61 ms last three calls 20⅓ ms'}       | ${{ balanceMs: 61, liveCalls: 3, lowSinceMs: t0 }}                 | ${21}
    ${'at zero it is due now'}               | ${{ balanceMs: 0, lowSinceMs: t0 }}                                | ${0}
    ${'zero that was acted on is not due'}   | ${{ balanceMs: -1, liveCalls: 9, outSinceMs: t0, lowSinceMs: t0 }} | ${null}
    ${'credit that returned is due now'}     | ${{ balanceMs: 1, outSinceMs: t0, lowSinceMs: t0 }}                | ${0}
    ${'at the threshold it is not low'}      | ${{ balanceMs: 300_000 }}                                          | ${null}
    ${'a threshold of zero is not crossed'}  | ${{ balanceMs: 60_000, liveCalls: 1, lowBalanceThresholdMs: 0 }}   | ${60_000}
  `('$what', ({ fields, afterMs }) => {
    expect(findNextCrossing(watched(fields), t0)).toBe(afterMs === null ? null : t0 + afterMs)
  })

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
  test('names the exact instant of a crossing, however late it is made', () => {
    const one = watched({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    for (const lateMs of [0, 1, 86_400_000]) {
      expect(decideCrossings(one, t0 + 30_000 + lateMs).crossings).toEqual([
        { kind: 'went_out', atMs: t0 + 30_000 },
      ])
    }
    expect(decideCrossings(one, t0 + 29_999).crossings).toEqual([])
  })

  test('dates a crossing no earlier than the line’s anchor, where credit expired', () => {
    const one = watched({ anchorMs: t0 + 10_000, balanceMs: -5_000, liveCalls: 1 })
    expect(decideCrossings(one, t0 + 60_000).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 10_000 }])
  })

  test('dates a crossing without live calls now, because nothing says when it happened', () => {
    const one = watched({ balanceMs: -1 })
    expect(decideCrossings(one, t0 + 7).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 7 }])
  })

  test('reports zero and not low when both are crossed at once', () => {
    const { crossings, watchState } = decideCrossings(watched({ balanceMs: 0 }), t0)
    expect(crossings).toEqual([{ kind: 'went_out', atMs: t0 }])
    expect(watchState).toEqual({ outSinceMs: t0, lowSinceMs: t0 })
  })

  test('reports credit that returned, and not that it is low', () => {
    const out = watched({ balanceMs: 1, outSinceMs: t0 - 5, lowSinceMs: null })
    const { crossings, watchState } = decideCrossings(out, t0)
    expect(crossings).toEqual([{ kind: 'returned', outSinceMs: t0 - 5 }])
    expect(watchState).toEqual({ outSinceMs: null, lowSinceMs: t0 })
  })

  test('reports nothing when a balance is no longer low, and clears the state', () => {
    const { crossings, watchState } = decideCrossings(watched({ lowSinceMs: t0 - 5 }), t0)
    expect(crossings).toEqual([])
    expect(watchState).toEqual({ outSinceMs: null, lowSinceMs: null })
  })

  test('takes nothing back on a clock that is behind', () => {
    const start = watched({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    const out = { ...start, ...decideCrossings(start, t0 + 30_000).watchState }
    expect(decideCrossings(out, t0 + 28_000).crossings).toEqual([])
    expect(findNextCrossing(out, t0 + 28_000)).toBeNull()
    const paid = { ...out, ...addAmount(out, 1) }
    expect(findNextCrossing(paid, t0 + 28_000)).toBe(t0 + 28_000)
    expect(decideCrossings(paid, t0 + 28_000).crossings).toMatchObject([{ kind: 'returned' }])
  })

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
