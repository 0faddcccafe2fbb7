import { describe, expect, it } from 'vitest'
import { buildAuditFilter, buildFileHref, isFiltered, readAuditSearch } from './audit-search.ts'

describe('filters of the audit log in the address', () => {
  it('keeps valid values and drops the rest', () => {
    expect(
      readAuditSearch({ window: 'last_7_days', actor: 'usr_1', action: 'key.revoked', other: 'x' }),
    ).toEqual({ window: 'last_7_days', actor: 'usr_1', action: 'key.revoked' })
    expect(readAuditSearch({ actor: '<b>', action: 'a.b.c', from: '2026-13-40', to: '2026-11-02' })).toEqual({
      to: '2026-11-02',
    })
  })

  it('turns a preset into dates for the API and for the file', () => {
    const filter = buildAuditFilter({ window: 'last_7_days', actor: 'system' }, '2026-11-22')
    expect(filter).toEqual({ actor: 'system', from: '2026-11-16', to: '2026-11-22' })
    expect(buildFileHref('ws_1', filter)).toBe(
      '/v1/audit-log.csv?actor=system&from=2026-11-16&to=2026-11-22&workspaceId=ws_1',
    )
  })

  it('counts every filter but all dates', () => {
    expect([{}, { window: 'all' as const }, { action: 'key' }].map(isFiltered)).toEqual([false, false, true])
  })
})
