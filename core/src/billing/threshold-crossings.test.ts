import { describe, expect, test } from 'vitest'
import { t0, watchedLine } from '../../test/watched-line.ts'
import { addAmount } from './balance-line.ts'
import { decideCrossings, findNextCrossing } from './threshold-crossings.ts'

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
    expect(findNextCrossing(watchedLine(fields), t0)).toBe(afterMs === null ? null : t0 + afterMs)
  })
})

describe('the decision', () => {
  test('names the exact instant of a crossing, however late it is made', () => {
    const one = watchedLine({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    for (const lateMs of [0, 1, 86_400_000]) {
      expect(decideCrossings(one, t0 + 30_000 + lateMs).crossings).toEqual([
        { kind: 'went_out', atMs: t0 + 30_000 },
      ])
    }
    expect(decideCrossings(one, t0 + 29_999).crossings).toEqual([])
  })

  test('dates a crossing no earlier than the line’s anchor, where credit expired', () => {
    const one = watchedLine({ anchorMs: t0 + 10_000, balanceMs: -5_000, liveCalls: 1 })
    expect(decideCrossings(one, t0 + 60_000).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 10_000 }])
  })

  test('dates a crossing without live calls now, because nothing says when it happened', () => {
    const one = watchedLine({ balanceMs: -1 })
    expect(decideCrossings(one, t0 + 7).crossings).toEqual([{ kind: 'went_out', atMs: t0 + 7 }])
  })

  test('reports zero and not low when both are crossed at once', () => {
    const { crossings, watchState } = decideCrossings(watchedLine({ balanceMs: 0 }), t0)
    expect(crossings).toEqual([{ kind: 'went_out', atMs: t0 }])
    expect(watchState).toEqual({ outSinceMs: t0, lowSinceMs: t0 })
  })

  test('reports credit that returned, and not that it is low', () => {
    const out = watchedLine({ balanceMs: 1, outSinceMs: t0 - 5, lowSinceMs: null })
    const { crossings, watchState } = decideCrossings(out, t0)
    expect(crossings).toEqual([{ kind: 'returned', outSinceMs: t0 - 5 }])
    expect(watchState).toEqual({ outSinceMs: null, lowSinceMs: t0 })
  })

  test('reports nothing when a balance is no longer low, and clears the state', () => {
    const { crossings, watchState } = decideCrossings(watchedLine({ lowSinceMs: t0 - 5 }), t0)
    expect(crossings).toEqual([])
    expect(watchState).toEqual({ outSinceMs: null, lowSinceMs: null })
  })

  test('takes nothing back on a clock that is behind', () => {
    const start = watchedLine({ balanceMs: 60_000, liveCalls: 2, lowSinceMs: t0 })
    const out = { ...start, ...decideCrossings(start, t0 + 30_000).watchState }
    expect(decideCrossings(out, t0 + 28_000).crossings).toEqual([])
    expect(findNextCrossing(out, t0 + 28_000)).toBeNull()
    const paid = { ...out, ...addAmount(out, 1) }
    expect(findNextCrossing(paid, t0 + 28_000)).toBe(t0 + 28_000)
    expect(decideCrossings(paid, t0 + 28_000).crossings).toMatchObject([{ kind: 'returned' }])
  })
})
