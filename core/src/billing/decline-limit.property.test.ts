import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/durations.ts'
import { findDeclineLimitEnd } from './decline-limit.ts'

const limits = fc.record({
  declinesPerHour: fc.integer({ min: 1, max: 6 }),
  declinesPerDay: fc.integer({ min: 1, max: 12 }),
})
const waits = fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 150 })

test('in no hour and no day are more charges declined than the limits say, and the wait that is shown is enough', () => {
  fc.assert(
    fc.property(limits, waits, (given, minutes) => {
      const declines: number[] = []
      let nowMs = Date.UTC(2026, 0, 10)
      for (const wait of minutes) {
        nowMs += wait * MINUTE_MS
        const endMs = findDeclineLimitEnd(declines, given, nowMs)
        if (endMs === null) declines.push(nowMs)
        else expect(findDeclineLimitEnd(declines, given, endMs)).toBeNull()
      }
      const most = (windowMs: number) =>
        Math.max(
          0,
          ...declines.map((at) => declines.filter((one) => one >= at && one < at + windowMs).length),
        )
      expect(most(HOUR_MS)).toBeLessThanOrEqual(given.declinesPerHour)
      expect(most(DAY_MS)).toBeLessThanOrEqual(given.declinesPerDay)
    }),
    propertyRuns(200),
  )
})
