import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { daysIn } from '../../design/format/date-window.ts'
import {
  earlier,
  later,
  readUsageSearch,
  searchOfDates,
  usagePresets,
  usageQueryOf,
  windowName,
} from './usage-search.ts'

const today = '2026-11-24'

const dates = fc
  .tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 400 }))
  .map(([start, days]) => {
    const at = (day: number) => new Date(Date.UTC(2001, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)
    return { from: at(start), to: at(start + days) }
  })

describe('the window in the address', () => {
  it('is the last 30 days where the address says nothing that is valid', () => {
    for (const search of [
      {},
      { window: 'last_week' },
      { from: '2026-11-01' },
      { from: '2026-11-31', to: today },
    ]) {
      expect(readUsageSearch(search)).toEqual({})
    }
    expect(usageQueryOf({})).toEqual({ preset: 'last_30_days' })
    expect(windowName({})).toBe('Last 30 Days')
  })

  it('is a preset, or dates of one’s own, which win; and perhaps of one agent', () => {
    expect(readUsageSearch({ window: 'all', agent: 'agt_1' })).toEqual({ window: 'all', agent: 'agt_1' })
    const own = { from: '2026-10-01', to: '2026-10-31' }
    expect(readUsageSearch({ ...own, window: 'all', agent: '' })).toEqual(own)
    expect(usageQueryOf({ ...own, agent: 'agt_1' })).toEqual({ ...own, agentId: 'agt_1' })
    expect(windowName(own)).toBe('Custom')
  })

  it('never ends before it begins, and never begins before 2000', () => {
    expect(readUsageSearch({ from: '2026-10-02', to: '2026-10-01' })).toEqual({})
    expect(readUsageSearch({ from: '1999-12-31', to: '2026-10-01' })).toEqual({})
  })
})

describe('stepping from window to window', () => {
  it('goes as many days back as the window has, and comes back to the preset', () => {
    const shown = { from: '2026-10-26', to: today }
    const before = earlier(shown)
    expect(before).toEqual({ from: '2026-09-26', to: '2026-10-25' })
    expect(before && searchOfDates(before, today)).toEqual(before)
    const back = before && later(before, today)
    expect(back && searchOfDates(back, today)).toEqual({ window: 'last_30_days' })
  })

  it('ends with today at the latest, at its full length', () => {
    expect(later({ from: '2026-11-01', to: '2026-11-20' }, today)).toEqual({ from: '2026-11-05', to: today })
    expect(later({ from: '2026-11-01', to: today }, today)).toBeNull()
    expect(earlier({ from: '2000-01-02', to: '2000-01-03' })).toBeNull()
  })

  it('leaves no day out and counts none twice', () => {
    fc.assert(
      fc.property(dates, (window) => {
        const before = earlier(window)
        if (before === null) return
        expect(daysIn(before)).toBe(daysIn(window))
        expect(daysIn({ from: before.from, to: window.to })).toBe(2 * daysIn(window))
        expect(later(before, today)).toEqual(window)
      }),
    )
  })

  it('names each preset by its dates', () => {
    for (const window of usagePresets.filter((preset) => preset !== 'all')) {
      expect(readUsageSearch({ window })).toEqual({ window })
    }
    expect(searchOfDates({ from: '2026-05-25', to: today }, today)).toEqual({ window: 'last_6_months' })
  })
})
