import { describe, expect, it } from 'vitest'
import { isDate, presetWindow, windowInWords } from './date-window.ts'

describe('the window of dates', () => {
  it('counts today as its last day', () => {
    expect(presetWindow('last_30_days', '2026-11-22')).toEqual({ from: '2026-10-24', to: '2026-11-22' })
    expect(presetWindow('last_7_days', '2026-03-01')).toEqual({ from: '2026-02-23', to: '2026-03-01' })
    expect(presetWindow('today', '2026-11-22')).toEqual({ from: '2026-11-22', to: '2026-11-22' })
    expect(presetWindow('all', '2026-11-22')).toEqual({})
  })

  it('starts months on the day after the same date, or after the end of a shorter month', () => {
    expect(presetWindow('last_3_months', '2026-11-22').from).toBe('2026-08-23')
    expect(presetWindow('last_3_months', '2026-05-31').from).toBe('2026-03-01')
    expect(presetWindow('last_12_months', '2028-02-29').from).toBe('2027-03-01')
  })

  it('says its dates', () => {
    expect(windowInWords({ from: '2026-10-24', to: '2026-11-22' })).toBe('Oct 24, 2026 – Nov 22, 2026')
    expect(windowInWords({})).toBe('All dates')
  })

  it('knows which dates exist', () => {
    expect(isDate('2026-02-28')).toBe(true)
    expect(isDate('2026-02-30')).toBe(false)
    expect(isDate('22.11.2026')).toBe(false)
  })
})
