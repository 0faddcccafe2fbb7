import { describe, expect, it } from 'vitest'
import { isDate, resolvePreset, windowInWords } from './date-window.ts'

describe('a window of dates', () => {
  it('ends with today', () => {
    expect(resolvePreset('last_30_days', '2026-11-22')).toEqual({ from: '2026-10-24', to: '2026-11-22' })
    expect(resolvePreset('last_7_days', '2026-03-01')).toEqual({ from: '2026-02-23', to: '2026-03-01' })
    expect(resolvePreset('today', '2026-11-22')).toEqual({ from: '2026-11-22', to: '2026-11-22' })
    expect(resolvePreset('all', '2026-11-22')).toEqual({})
  })

  it('starts months ago on the day after the same date, or after the end of a shorter month', () => {
    expect(resolvePreset('last_3_months', '2026-11-22').from).toBe('2026-08-23')
    expect(resolvePreset('last_3_months', '2026-05-31').from).toBe('2026-03-01')
    expect(resolvePreset('last_12_months', '2028-02-29').from).toBe('2027-03-01')
  })

  it('is written with its first and last date', () => {
    expect(windowInWords({ from: '2026-10-24', to: '2026-11-22' })).toBe('Oct 24, 2026 – Nov 22, 2026')
    expect(windowInWords({})).toBe('All dates')
  })

  it('only has dates of the calendar', () => {
    expect(isDate('2026-02-28')).toBe(true)
    expect(isDate('2026-02-30')).toBe(false)
    expect(isDate('22.11.2026')).toBe(false)
  })
})
