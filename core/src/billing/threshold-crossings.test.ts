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
    isMarkedOut: fc.boolean(),
    isMarkedLow: fc.boolean(),
    lowBalanceThresholdMs: fc.integer({ min: 0, max: 400_000 }),
    reloadBelowMs: fc.option(fc.integer({ min: 1, max: 400_000 })),
  })
  .map(({ isMarkedOut, isMarkedLow, ...fields }) =>
    watched({
      ...fields,
      outSinceMs: isMarkedOut ? t0 - 5_000 : null,
      lowSinceMs: isMarkedLow ? t0 - 9_000 : null,
    }),
  )
const now = fc.integer({ min: t0, max: t0 + 100_000 })

/** Whether there is anything to be done. */
function isDue(one: WatchedLine, nowMs: number): boolean {
  const { marks } = decideCrossings(one, nowMs)
  const moved = marks.outSinceMs !== one.outSinceMs || marks.lowSinceMs !== one.lowSinceMs
  return moved || isBelowReloadThreshold(one, nowMs)
}

describe('the next crossing', () => {
  test.each`
    what                                  | fields                                                             | afterMs
    ${'nothing moves without calls'}      | ${{}}                                                              | ${null}
    ${'a credit and two calls: zero'}     | ${{ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 }}             | ${30_000}
    ${'before it the low level'}          | ${{ liveCalls: 1 }}                                                | ${300_001}
    ${'and before that auto-reload'}      | ${{ liveCalls: 1, reloadBelowMs: 500_000 }}                        | ${100_001}
    ${'three calls share a millisecond'}  | ${{ balanceMs: 61, liveCalls: 3, lowSinceMs: t0 }}                 | ${21}
    ${'at zero already'}                  | ${{ balanceMs: 0, lowSinceMs: t0 }}                                | ${0}
    ${'zero, known already'}              | ${{ balanceMs: -1, liveCalls: 9, outSinceMs: t0, lowSinceMs: t0 }} | ${null}
    ${'credit again, not known yet'}      | ${{ balanceMs: 1, outSinceMs: t0, lowSinceMs: t0 }}                | ${0}
    ${'at the low level it is not low'}   | ${{ balanceMs: 300_000 }}                                          | ${null}
    ${'a level of zero is never crossed'} | ${{ balanceMs: 60_000, liveCalls: 1, lowBalanceThresholdMs: 0 }}   | ${60_000}
  `('$what', ({ fields, afterMs }) => {
    expect(findNextCrossing(watched(fields), t0)).toBe(afterMs === null ? null : t0 + afterMs)
  })

  test('is the first millisecond at which there is anything to do', () => {
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

describe('a decision', () => {
  test('names the exact instant, however late it is made', () => {
    const one = watched({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    for (const lateMs of [0, 1, 86_400_000]) {
      expect(decideCrossings(one, t0 + 30_000 + lateMs).crossings).toEqual([
        { kind: 'went_out', atMs: t0 + 30_000 },
      ])
    }
    expect(decideCrossings(one, t0 + 29_999).crossings).toEqual([])
  })

  test('looks no further back than the line reaches: at its anchor credit expired', () => {
    const one = watched({ anchorMs: t0 + 10_000, balanceMs: -5_000, liveCalls: 1 })
    expect(decideCrossings(one, t0 + 60_000).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 10_000 }])
  })

  test('of a balance without calls is about now: nothing says when it fell', () => {
    const one = watched({ balanceMs: -1 })
    expect(decideCrossings(one, t0 + 7).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 7 }])
  })

  test('tells of zero and not of low where both are crossed at once', () => {
    const { crossings, marks } = decideCrossings(watched({ balanceMs: 0 }), t0)
    expect(crossings).toEqual([{ kind: 'went_out', atMs: t0 }])
    expect(marks).toEqual({ outSinceMs: t0, lowSinceMs: t0 })
  })

  test('of credit that comes back, though little, tells that and not that it is low', () => {
    const out = watched({ balanceMs: 1, outSinceMs: t0 - 5, lowSinceMs: null })
    const { crossings, marks } = decideCrossings(out, t0)
    expect(crossings).toEqual([{ kind: 'returned', outSinceMs: t0 - 5 }])
    expect(marks).toEqual({ outSinceMs: null, lowSinceMs: t0 })
  })

  test('says nothing of a balance that is no longer low, and forgets it', () => {
    const { crossings, marks } = decideCrossings(watched({ lowSinceMs: t0 - 5 }), t0)
    expect(crossings).toEqual([])
    expect(marks).toEqual({ outSinceMs: null, lowSinceMs: null })
  })

  test('by a clock that is behind takes nothing back', () => {
    const start = watched({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    const out = { ...start, ...decideCrossings(start, t0 + 30_000).marks }
    expect(decideCrossings(out, t0 + 28_000).crossings).toEqual([])
    expect(findNextCrossing(out, t0 + 28_000)).toBeNull()
    const paid = { ...out, ...addAmount(out, 1) }
    expect(findNextCrossing(paid, t0 + 28_000)).toBe(t0 + 28_000)
    expect(decideCrossings(paid, t0 + 28_000).crossings).toMatchObject([{ kind: 'returned' }])
  })

  test('made once more changes nothing', () => {
    fc.assert(
      fc.property(line, now, (one, nowMs) => {
        const { marks } = decideCrossings(one, nowMs)
        expect(decideCrossings({ ...one, ...marks }, nowMs)).toEqual({ crossings: [], marks })
      }),
      runs,
    )
  })

  test('acts once for each time the balance falls to zero and comes back, however often one looks', () => {
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
        const told: string[] = []
        const expected: string[] = []
        for (const { afterMs, amountMs, looks } of changes) {
          nowMs += afterMs
          one = { ...one, ...addAmount(one, amountMs) }
          const isOut = balanceAt(one, clampToKnownTime(one, nowMs)) <= 0
          if (isOut !== wasOut) expected.push(isOut ? 'went_out' : 'returned')
          wasOut = isOut
          for (let look = 0; look < looks; look += 1) {
            const { crossings, marks } = decideCrossings(one, nowMs)
            told.push(...crossings.map(({ kind }) => kind).filter((kind) => kind !== 'became_low'))
            one = { ...one, ...marks }
          }
        }
        expect(told).toEqual(expected)
      }),
      runs,
    )
  })
})
