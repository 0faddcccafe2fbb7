import fc from 'fast-check'
import { expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS } from './durations.ts'
import { findLocalMonthBounds } from './local-month.ts'

const bounds = (at: string, timeZone: string) => {
  const { startsAtMs, endsAtMs } = findLocalMonthBounds(Date.parse(at), timeZone)
  return [new Date(startsAtMs).toISOString(), new Date(endsAtMs).toISOString()]
}

test('a month starts at the local midnight of its first day', () => {
  expect(bounds('2026-11-22T10:00:00Z', 'UTC')).toEqual([
    '2026-11-01T00:00:00.000Z',
    '2026-12-01T00:00:00.000Z',
  ])
  expect(bounds('2026-11-22T10:00:00Z', 'Asia/Tokyo')).toEqual([
    '2026-10-31T15:00:00.000Z',
    '2026-11-30T15:00:00.000Z',
  ])
})

test('one instant lies in different months in different zones', () => {
  expect(bounds('2026-11-30T23:30:00Z', 'Europe/Berlin')[0]).toBe('2026-11-30T23:00:00.000Z')
  expect(bounds('2026-11-30T23:30:00Z', 'America/New_York')[0]).toBe('2026-11-01T04:00:00.000Z')
})

test('a month is an hour shorter when daylight saving starts in it', () => {
  const { startsAtMs, endsAtMs } = findLocalMonthBounds(Date.parse('2026-03-15T00:00:00Z'), 'Europe/Berlin')
  expect((endsAtMs - startsAtMs) / HOUR_MS).toBe(31 * 24 - 1)
})

test('months contain their instants and leave no gap between them', () => {
  const zone = fc.constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Asia/Kolkata', 'Pacific/Apia')
  const instant = fc.integer({ min: Date.UTC(2000), max: Date.UTC(2050) })
  fc.assert(
    fc.property(instant, zone, (atMs, timeZone) => {
      const month = findLocalMonthBounds(atMs, timeZone)
      expect(month.startsAtMs).toBeLessThanOrEqual(atMs)
      expect(month.endsAtMs).toBeGreaterThan(atMs)
      expect(findLocalMonthBounds(month.endsAtMs, timeZone).startsAtMs).toBe(month.endsAtMs)
      expect(findLocalMonthBounds(month.startsAtMs, timeZone)).toEqual(month)
    }),
    propertyRuns(200),
  )
})
