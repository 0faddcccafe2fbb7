import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import {
  addAmount,
  addLiveCall,
  type BalanceLine,
  balanceAt,
  findCrossing,
  rebaseLine,
  removeLiveCall,
} from './balance-line.ts'

const runs = propertyRuns(300)
const t0 = Date.UTC(2026, 0, 10, 12)
const instant = fc.integer({ min: t0 - 10 ** 9, max: t0 + 10 ** 9 })
const amount = fc.integer({ min: -(10 ** 12), max: 10 ** 12 })

type Step = (line: BalanceLine) => BalanceLine

/** The history of a line: calls that are answered and may end, and entries of any amount. */
type History = {
  calls: { sinceMs: number; untilMs: number | null }[]
  amounts: number[]
}
const histories: fc.Arbitrary<History> = fc.record({
  calls: fc.array(fc.record({ sinceMs: instant, untilMs: fc.option(instant) }), { maxLength: 12 }),
  amounts: fc.array(amount, { maxLength: 6 }),
})

function listSteps({ calls, amounts }: History): Step[] {
  return [
    ...calls.flatMap(({ sinceMs, untilMs }): Step[] => [
      (line) => addLiveCall(line, sinceMs),
      ...(untilMs === null ? [] : [(line: BalanceLine) => removeLiveCall(line, untilMs)]),
    ]),
    ...amounts.map(
      (amountMs): Step =>
        (line) =>
          addAmount(line, amountMs),
    ),
  ]
}

/** A history, its steps in order, and another order of those steps. */
const shuffledHistory = histories.chain((history) => {
  const steps = listSteps(history)
  const order = fc.shuffledSubarray([...steps.keys()], { minLength: steps.length })
  return fc.record({ history: fc.constant(history), steps: fc.constant(steps), order })
})

const line: fc.Arbitrary<BalanceLine> = fc.record({
  anchorMs: instant,
  balanceMs: amount,
  liveCalls: fc.integer({ min: 0, max: 100_000 }),
})

describe('a balance line', () => {
  test('does not depend on the order in which events arrive', () => {
    fc.assert(
      fc.property(line, shuffledHistory, (start, { steps, order }) => {
        const inOrder = steps.reduce((now, step) => step(now), start)
        const shuffled = order.reduce((now, index) => steps[index]?.(now) ?? now, start)
        expect(shuffled).toEqual(inOrder)
      }),
      runs,
    )
  })

  test('equals at any time the sum of its entries less each conversation', () => {
    fc.assert(
      fc.property(amount, shuffledHistory, instant, (balanceMs, { history, steps, order }, atMs) => {
        const empty = { anchorMs: t0, balanceMs, liveCalls: 0 }
        const reached = order.reduce((now, index) => steps[index]?.(now) ?? now, empty)
        const talkedMs = history.calls.map((call) => (call.untilMs ?? atMs) - call.sinceMs)
        const givenMs = history.amounts.reduce((sum, amountMs) => sum + amountMs, 0)
        const expected = balanceMs + givenMs - talkedMs.reduce((sum, usedMs) => sum + usedMs, 0)
        expect(balanceAt(reached, atMs)).toBe(expected)
      }),
      runs,
    )
  })

  test('keeps every balance and crossing when it is rebased', () => {
    fc.assert(
      fc.property(line, instant, instant, amount, (start, anchorMs, atMs, thresholdMs) => {
        const moved = rebaseLine(start, anchorMs)
        expect(moved.anchorMs).toBe(anchorMs)
        expect(balanceAt(moved, atMs)).toBe(balanceAt(start, atMs))
        expect(findCrossing(moved, thresholdMs)).toBe(findCrossing(start, thresholdMs))
        expect(balanceAt(addLiveCall(moved, atMs), t0)).toBe(balanceAt(addLiveCall(start, atMs), t0))
      }),
      runs,
    )
  })
})

describe('the crossing of a threshold', () => {
  test('is exact: the balance has reached the threshold there, and not a millisecond earlier', () => {
    fc.assert(
      fc.property(line, amount, (start, thresholdMs) => {
        const atMs = findCrossing(start, thresholdMs)
        expect(atMs === null).toBe(start.liveCalls === 0)
        if (atMs === null) return
        expect(balanceAt(start, atMs)).toBeLessThanOrEqual(thresholdMs)
        expect(balanceAt(start, atMs - 1)).toBeGreaterThan(thresholdMs)
      }),
      runs,
    )
  })
})
