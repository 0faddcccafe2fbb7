import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { t0, watchedLine } from '../../test/watched-line.ts'
import { addAmount, balanceAt } from '../billing/balance-line.ts'
import { decideCrossings } from '../billing/threshold-crossings.ts'
import { isEndingCalls } from './ending-calls.ts'

const runs = propertyRuns(300)
const line = fc
  .record({ balanceMs: fc.integer({ min: -500, max: 500 }), liveCalls: fc.integer({ min: 0, max: 9 }) })
  .map(watchedLine)
const now = fc.integer({ min: t0, max: t0 + 1_000 })

test('calls are hung up only after the credit watch has acted, and never where they may finish', () => {
  fc.assert(
    fc.property(line, now, (unwatched, nowMs) => {
      const watched = { ...unwatched, ...decideCrossings(unwatched, nowMs).watchState }
      expect(isEndingCalls(unwatched, 'end', nowMs)).toBe(false)
      expect(isEndingCalls(watched, 'finish', nowMs)).toBe(false)
      expect(isEndingCalls(watched, 'end', nowMs)).toBe(balanceAt(watched, nowMs) <= 0)
    }),
    runs,
  )
})

test('credit that lifts the balance above zero ends the hanging up at once, without the credit watch', () => {
  fc.assert(
    fc.property(line, now, fc.integer({ min: 1, max: 500 }), (unwatched, nowMs, aboveMs) => {
      const watched = { ...unwatched, ...decideCrossings(unwatched, nowMs).watchState }
      const paid = { ...watched, ...addAmount(watched, aboveMs - balanceAt(watched, nowMs)) }
      expect(isEndingCalls(paid, 'end', nowMs)).toBe(false)
    }),
    runs,
  )
})
