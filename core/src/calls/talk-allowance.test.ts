import { expect, test } from 'vitest'
import { MINUTE_MS, SECOND_MS } from '../time/durations.ts'
import { computeHardStop, computeTalkAllowance, type TalkTerms } from './talk-allowance.ts'

const nowMs = Date.UTC(2026, 0, 10, 12)
const none: TalkTerms = { overdraft: 'none', durationMsMax: 60 * MINUTE_MS }
const finish: TalkTerms = { ...none, overdraft: 'finish' }
const line = (balanceMs: number, liveCalls = 0) => ({ anchorMs: nowMs, balanceMs, liveCalls })

test.each([
  ['one call gets the whole balance', none, 30 * MINUTE_MS, 1, 30 * MINUTE_MS],
  ['two calls get half of it each', none, 30 * MINUTE_MS, 2, 15 * MINUTE_MS],
  ['a part is whole milliseconds', none, 100, 3, 33],
  ['nobody gets more than the plan’s longest call', none, 90 * MINUTE_MS, 1, 60 * MINUTE_MS],
  ['an overdraft pays for nothing', none, -5 * MINUTE_MS, 2, 0],
  ['a plan with overdraft does not look at the balance', finish, -5 * MINUTE_MS, 2, 60 * MINUTE_MS],
] as const)('%s', (_rule, terms, balanceMs, openCalls, expectedMs) => {
  expect(computeTalkAllowance(terms, line(balanceMs), openCalls, nowMs)).toBe(expectedMs)
})

test('the hard stop of a live call is what it has talked and its part of the balance, in whole seconds', () => {
  const call = { answeredAtMs: nowMs - 90_500, maxDurationMs: 0 }
  expect(computeHardStop(none, line(10_000, 1), 1, call, nowMs)).toBe(100 * SECOND_MS)
  expect(computeHardStop(none, line(10_000, 1), 2, call, nowMs)).toBe(95 * SECOND_MS)
  expect(computeHardStop(none, line(0, 1), 1, call, nowMs)).toBe(90 * SECOND_MS)
  expect(computeHardStop(none, line(90 * MINUTE_MS, 1), 1, call, nowMs)).toBe(60 * MINUTE_MS)
})

test('a call that rings has talked nothing', () => {
  const call = { answeredAtMs: null, maxDurationMs: 5 * SECOND_MS }
  expect(computeHardStop(none, line(MINUTE_MS, 1), 2, call, nowMs)).toBe(30 * SECOND_MS)
})

test('with overdraft the hard stop is the plan’s and only moves out', () => {
  const call = { answeredAtMs: nowMs, maxDurationMs: 0 }
  expect(computeHardStop(finish, line(1), 9, call, nowMs)).toBe(60 * MINUTE_MS)
  const longer = { ...call, maxDurationMs: 120 * MINUTE_MS }
  expect(computeHardStop(finish, line(1), 9, longer, nowMs)).toBe(120 * MINUTE_MS)
})
