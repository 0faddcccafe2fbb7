import { describe, expect, it } from 'vitest'
import { lastsUntilMs, recentPace } from './recent-pace.ts'

const hour = 60 * 60_000
const day = 24 * hour
const now = Date.parse('2026-11-22T10:00:00Z')
const charge = (agoMs: number, credits: number) => ({
  at: new Date(now - agoMs).toISOString(),
  amount: { milliseconds: -credits * 60_000, credits: -credits },
})

describe('the recent pace', () => {
  it('is that of the last seven days, whatever came before', () => {
    const charges = [charge(day, 30), charge(3 * day, 40), charge(8 * day, 1_000)]
    expect(recentPace(charges, true, 0, now)).toEqual({ perDayMs: 600_000, overMs: 7 * day })
  })

  it('is that of the time the charges reach back to, where there are more of them', () => {
    const charges = [charge(hour, 5), charge(12 * hour, 5)]
    expect(recentPace(charges, false, 0, now)).toEqual({ perDayMs: 1_200_000, overMs: 12 * hour })
  })

  it('takes a workspace of this morning to be a day old', () => {
    expect(recentPace([charge(hour, 5)], true, now - 2 * hour, now)).toEqual({
      perDayMs: 300_000,
      overMs: day,
    })
  })

  it('counts calls that were reported late, from before the workspace', () => {
    expect(recentPace([charge(hour, 5)], true, now, now)).toEqual({ perDayMs: 300_000, overMs: day })
  })

  it('is none where nothing was spent', () => {
    const pace = recentPace([], true, now - 30 * day, now)
    expect(pace.perDayMs).toBe(0)
    expect(lastsUntilMs(600_000, pace, now)).toBeNull()
  })

  it('tells when the balance is used up', () => {
    const pace = { perDayMs: 600_000, overMs: 7 * day }
    expect(lastsUntilMs(1_800_000, pace, now)).toBe(now + 3 * day)
    expect(lastsUntilMs(-5, pace, now)).toBeNull()
  })
})
