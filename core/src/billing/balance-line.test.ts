import { describe, expect, test } from 'vitest'
import { addLiveCall, balanceAt, findCrossing, removeLiveCall } from './balance-line.ts'

const t0 = Date.UTC(2026, 0, 10, 12)

describe('a balance line', () => {
  test('falls by one millisecond per millisecond for each call in conversation', () => {
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
  `('from $balanceMs ms with $liveCalls live calls to $thresholdMs ms takes $afterMs ms', (row) => {
    const { balanceMs, liveCalls, thresholdMs, afterMs } = row
    const crossing = findCrossing({ anchorMs: t0, balanceMs, liveCalls }, thresholdMs)
    expect(crossing).toBe(afterMs === null ? null : t0 + afterMs)
  })
})
