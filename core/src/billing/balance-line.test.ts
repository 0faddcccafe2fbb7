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

/** What may happen to a line: conversations that begin and perhaps end, amounts that come and go. */
type Happenings = {
  calls: { sinceMs: number; untilMs: number | null }[]
  amounts: number[]
}
const happenings: fc.Arbitrary<Happenings> = fc.record({
  calls: fc.array(fc.record({ sinceMs: instant, untilMs: fc.option(instant) }), { maxLength: 12 }),
  amounts: fc.array(amount, { maxLength: 6 }),
})

function stepsOf({ calls, amounts }: Happenings): Step[] {
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

const history = happenings.chain((happening) => {
  const steps = stepsOf(happening)
  const order = fc.shuffledSubarray([...steps.keys()], { minLength: steps.length })
  return fc.record({ happening: fc.constant(happening), steps: fc.constant(steps), order })
})

const line: fc.Arbitrary<BalanceLine> = fc.record({
  anchorMs: instant,
  balanceMs: amount,
  liveCalls: fc.integer({ min: 0, max: 100_000 }),
})

describe('a balance line', () => {
  test('falls by a millisecond a millisecond for each call in conversation', () => {
    const empty = { anchorMs: t0, balanceMs: 600_000, liveCalls: 0 }
    const one = addLiveCall(empty, t0 + 1_000)
    const two = addLiveCall(one, t0 + 5_000)
    const over = removeLiveCall(two, t0 + 31_000)
    expect(balanceAt(empty, t0 + 60_000)).toBe(600_000)
    expect(balanceAt(one, t0 + 5_000)).toBe(596_000)
    expect(balanceAt(two, t0 + 31_000)).toBe(600_000 - 30_000 - 26_000)
    expect(balanceAt(over, t0 + 31_000)).toBe(600_000 - 30_000 - 26_000)
    expect(balanceAt(over, t0 + 41_000)).toBe(600_000 - 30_000 - 36_000)
  })

  test('is the same whatever the order in which its events arrive', () => {
    fc.assert(
      fc.property(line, history, (start, { steps, order }) => {
        const inOrder = steps.reduce((now, step) => step(now), start)
        const shuffled = order.reduce((now, index) => steps[index]?.(now) ?? now, start)
        expect(shuffled).toEqual(inOrder)
      }),
      runs,
    )
  })

  test('is at every time what counting each conversation by itself gives', () => {
    fc.assert(
      fc.property(amount, history, instant, (balanceMs, { happening, steps, order }, atMs) => {
        const empty = { anchorMs: t0, balanceMs, liveCalls: 0 }
        const reached = order.reduce((now, index) => steps[index]?.(now) ?? now, empty)
        const talkedMs = happening.calls.map((call) => (call.untilMs ?? atMs) - call.sinceMs)
        const givenMs = happening.amounts.reduce((sum, amountMs) => sum + amountMs, 0)
        const expected = balanceMs + givenMs - talkedMs.reduce((sum, usedMs) => sum + usedMs, 0)
        expect(balanceAt(reached, atMs)).toBe(expected)
      }),
      runs,
    )
  })

  test('read from another anchor is the same line', () => {
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
  test.each`
    balanceMs | liveCalls | thresholdMs | afterMs
    ${60_000} | ${1}      | ${0}        | ${60_000}
    ${60_000} | ${2}      | ${0}        | ${30_000}
    ${60_000} | ${7}      | ${0}        | ${8_572}
    ${60_000} | ${1}      | ${60_000}   | ${0}
    ${60_000} | ${1}      | ${120_000}  | ${-60_000}
    ${1}      | ${1_000}  | ${0}        | ${1}
    ${60_000} | ${0}      | ${0}        | ${null}
  `('of $balanceMs ms with $liveCalls calls down to $thresholdMs ms is after $afterMs ms', (row) => {
    const { balanceMs, liveCalls, thresholdMs, afterMs } = row
    const crossing = findCrossing({ anchorMs: t0, balanceMs, liveCalls }, thresholdMs)
    expect(crossing).toBe(afterMs === null ? null : t0 + afterMs)
  })

  test('is exact to the millisecond: there the balance has reached it, a millisecond before it has not', () => {
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
