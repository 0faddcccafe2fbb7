import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { describe, expect, it } from 'vitest'
import { measurePace, predictRunOutMs } from './recent-pace.ts'

const now = Date.parse('2026-11-22T10:00:00Z')
const charge = (agoMs: number, credits: number) => ({
  at: new Date(now - agoMs).toISOString(),
  amount: { milliseconds: -credits * 60_000, credits: -credits },
})

describe('the recent pace', () => {
  it('is measured over the last seven days', () => {
    const charges = [charge(DAY_MS, 30), charge(3 * DAY_MS, 40), charge(8 * DAY_MS, 1_000)]
    expect(measurePace(charges, true, 0, now)).toEqual({ perDayMs: 600_000, overMs: 7 * DAY_MS })
  })

  it('is measured from the oldest charge where there are more', () => {
    const charges = [charge(HOUR_MS, 5), charge(12 * HOUR_MS, 5)]
    expect(measurePace(charges, false, 0, now)).toEqual({ perDayMs: 1_200_000, overMs: 12 * HOUR_MS })
  })

  it('counts a workspace of this morning as a day old', () => {
    expect(measurePace([charge(HOUR_MS, 5)], true, now - 2 * HOUR_MS, now)).toEqual({
      perDayMs: 300_000,
      overMs: DAY_MS,
    })
  })

  it('counts late reports of calls from before the workspace was created', () => {
    expect(measurePace([charge(HOUR_MS, 5)], true, now, now)).toEqual({ perDayMs: 300_000, overMs: DAY_MS })
  })

  it('is zero when nothing was used', () => {
    const pace = measurePace([], true, now - 30 * DAY_MS, now)
    expect(pace.perDayMs).toBe(0)
    expect(predictRunOutMs(600_000, pace, now)).toBeNull()
  })

  it('predicts when the balance runs out', () => {
    const pace = { perDayMs: 600_000, overMs: 7 * DAY_MS }
    expect(predictRunOutMs(1_800_000, pace, now)).toBe(now + 3 * DAY_MS)
    expect(predictRunOutMs(-5, pace, now)).toBeNull()
  })
})
