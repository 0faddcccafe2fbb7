import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { CLOCK_SKEW_MS_MAX, checkReportedInstant, REPORT_AGE_MS_MAX } from './reported-instant.ts'

const nowMs = Date.UTC(2026, 0, 10, 12)

test.each`
  offMs                     | taken                                                  | why
  ${0}                      | ${{ accepted: true, atMs: nowMs }}                     | ${'it is now'}
  ${-1}                     | ${{ accepted: true, atMs: nowMs - 1 }}                 | ${'it is just over'}
  ${-REPORT_AGE_MS_MAX}     | ${{ accepted: true, atMs: nowMs - REPORT_AGE_MS_MAX }} | ${'a day late is accepted'}
  ${-REPORT_AGE_MS_MAX - 1} | ${{ accepted: false, reason: 'too_old' }}              | ${'more than a day late is not'}
  ${1}                      | ${{ accepted: true, atMs: nowMs }}                     | ${'a clock that is ahead means now'}
  ${CLOCK_SKEW_MS_MAX}      | ${{ accepted: true, atMs: nowMs }}                     | ${'even five seconds ahead'}
  ${CLOCK_SKEW_MS_MAX + 1}  | ${{ accepted: false, reason: 'in_future' }}            | ${'but no further'}
`('an event reported $offMs ms from now gives $taken: $why', ({ offMs, taken }) => {
  expect(checkReportedInstant(nowMs + offMs, nowMs)).toEqual(taken)
})

test('an event reported without a time happened now', () => {
  expect(checkReportedInstant(null, nowMs)).toEqual({ accepted: true, atMs: nowMs })
})

test('an accepted instant is at most a day old and never in the future', () => {
  const twoDaysMs = 2 * REPORT_AGE_MS_MAX
  fc.assert(
    fc.property(fc.integer({ min: nowMs - twoDaysMs, max: nowMs + twoDaysMs }), (atMs) => {
      const taken = checkReportedInstant(atMs, nowMs)
      if (!taken.accepted) return
      expect(taken.atMs).toBeLessThanOrEqual(nowMs)
      expect(taken.atMs).toBeGreaterThanOrEqual(nowMs - REPORT_AGE_MS_MAX)
      if (atMs <= nowMs) expect(taken.atMs).toBe(atMs)
    }),
    propertyRuns(300),
  )
})
