import { expect, test } from 'vitest'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/durations.ts'
import { findDeclineLimitEnd } from './decline-limit.ts'

const nowMs = Date.UTC(2026, 0, 10, 12)
const limits = { declinesPerHour: 2, declinesPerDay: 3 }
const ago = (...minutes: number[]) => minutes.map((each) => nowMs - each * MINUTE_MS)

test.each([
  ['nothing was declined', [], null],
  ['one charge was declined', ago(1), null],
  ['two were declined in this hour', ago(50, 10), nowMs + 10 * MINUTE_MS],
  ['two were declined, one an hour ago', ago(60, 10), null],
  ['three were declined today', ago(600, 500, 400), nowMs - 600 * MINUTE_MS + DAY_MS],
  ['three were declined today, two in this hour', ago(600, 20, 10), nowMs - 600 * MINUTE_MS + DAY_MS],
  ['two were declined right now', ago(0, 0), nowMs + HOUR_MS],
])('%s', (_case, declines, expected) => {
  expect(findDeclineLimitEnd(declines, limits, nowMs)).toBe(expected)
})
