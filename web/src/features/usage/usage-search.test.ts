import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { countDays } from '../../design/format/date-window.ts'
import {
  buildUsageQuery,
  nameWindow,
  readUsageSearch,
  searchDates,
  stepBack,
  stepForward,
  usagePresets,
} from './usage-search.ts'

const TODAY = '2026-11-24'

const dates = fc
  .tuple(fc.integer({ min: 0, max: 9_000 }), fc.integer({ min: 0, max: 400 }))
  .map(([start, days]) => {
    const at = (day: number) => new Date(Date.UTC(2001, 0, 1) + day * 86_400_000).toISOString().slice(0, 10)
    return { from: at(start), to: at(start + days) }
  })

describe('the window in the address', () => {
  it('defaults to the last 30 days', () => {
    for (const search of [
      {},
      { window: 'last_week' },
      { from: '2026-11-01' },
      { from: '2026-11-31', to: TODAY },
    ]) {
      expect(readUsageSearch(search)).toEqual({})
    }
    expect(buildUsageQuery({})).toEqual({ preset: 'last_30_days' })
    expect(nameWindow({})).toBe('Last 30 Days')
  })

  it('is a preset or custom dates, which win, and optionally one agent', () => {
    expect(readUsageSearch({ window: 'all', agent: 'agt_1' })).toEqual({ window: 'all', agent: 'agt_1' })
    const own = { from: '2026-10-01', to: '2026-10-31' }
    expect(readUsageSearch({ ...own, window: 'all', agent: '' })).toEqual(own)
    expect(buildUsageQuery({ ...own, agent: 'agt_1' })).toEqual({ ...own, agentId: 'agt_1' })
    expect(nameWindow(own)).toBe('Custom')
  })

  it('never ends before it starts, and never starts before 2000', () => {
    expect(readUsageSearch({ from: '2026-10-02', to: '2026-10-01' })).toEqual({})
    expect(readUsageSearch({ from: '1999-12-31', to: '2026-10-01' })).toEqual({})
  })
})

describe('stepping from window to window', () => {
  it('goes back by the length of the window, and forward again to the preset', () => {
    const shown = { from: '2026-10-26', to: TODAY }
    const before = stepBack(shown)
    expect(before).toEqual({ from: '2026-09-26', to: '2026-10-25' })
    expect(before && searchDates(before, TODAY)).toEqual(before)
    const back = before && stepForward(before, TODAY)
    expect(back && searchDates(back, TODAY)).toEqual({ window: 'last_30_days' })
  })

  it('never passes today, and keeps its length', () => {
    expect(stepForward({ from: '2026-11-01', to: '2026-11-20' }, TODAY)).toEqual({
      from: '2026-11-05',
      to: TODAY,
    })
    expect(stepForward({ from: '2026-11-01', to: TODAY }, TODAY)).toBeNull()
    expect(stepBack({ from: '2000-01-02', to: '2000-01-03' })).toBeNull()
  })

  it('skips no day and repeats none', () => {
    fc.assert(
      fc.property(dates, (window) => {
        const before = stepBack(window)
        if (before === null) return
        expect(countDays(before)).toBe(countDays(window))
        expect(countDays({ from: before.from, to: window.to })).toBe(2 * countDays(window))
        expect(stepForward(before, TODAY)).toEqual(window)
      }),
    )
  })

  it('recognizes the dates of a preset', () => {
    for (const window of usagePresets.filter((preset) => preset !== 'all')) {
      expect(readUsageSearch({ window })).toEqual({ window })
    }
    expect(searchDates({ from: '2026-05-25', to: TODAY }, TODAY)).toEqual({ window: 'last_6_months' })
  })
})
