import { describe, expect, it } from 'vitest'
import { readHistorySearch } from './history-search.ts'

describe('filters in the address', () => {
  it('keeps valid values and drops the rest', () => {
    expect(
      readHistorySearch({ window: 'last_7_days', status: 'ended,nonsense', direction: 'up', agent: 'agt_1' }),
    ).toEqual({ window: 'last_7_days', status: 'ended', agent: 'agt_1' })
    expect(readHistorySearch({ from: '2026-11-01', to: '2026-13-40' })).toEqual({ from: '2026-11-01' })
  })

  it('prefers custom dates to a preset', () => {
    expect(readHistorySearch({ window: 'today', from: '2026-11-01' })).toEqual({ from: '2026-11-01' })
  })
})
