import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS } from './durations.ts'
import { listLocalDays, localDateOf } from './local-day.ts'
import { computePreviousWindow, countDates, resolveWindowPreset, WINDOW_PRESETS } from './usage-window.ts'

const zones = fc.constantFrom(
  'UTC',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/New_York',
  'America/St_Johns',
  'America/Santiago',
  'Europe/Berlin',
  'Pacific/Apia',
  'Pacific/Chatham',
)
/** Any instant, more often one near a clock change, a skipped day or the end of a month. */
const instants = fc.oneof(
  fc.integer({ min: Date.UTC(2009, 0), max: Date.UTC(2035, 0) }),
  fc
    .tuple(
      fc.constantFrom(
        Date.UTC(2011, 11, 30),
        Date.UTC(2026, 2, 8),
        Date.UTC(2026, 10, 1),
        Date.UTC(2026, 2, 29),
        Date.UTC(2028, 1, 29),
        Date.UTC(2010, 10, 7),
      ),
      fc.integer({ min: -50 * HOUR_MS, max: 50 * HOUR_MS }),
    )
    .map(([aroundMs, offMs]) => aroundMs + offMs),
)

describe('in any zone at any time', () => {
  test('a window’s days leave no gap, start at midnight and contain now', () => {
    fc.assert(
      fc.property(instants, zones, fc.constantFrom(...WINDOW_PRESETS), (nowMs, timeZone, preset) => {
        const today = localDateOf(nowMs, timeZone)
        const firstDay = Temporal.PlainDate.from(today).subtract({ days: 400 }).toString()
        const { from, to } = resolveWindowPreset(preset, today, firstDay)
        const days = listLocalDays(from, to, timeZone)
        expect(days.at(-1)).toMatchObject({ date: today })
        expect(days.at(-1)?.startsAtMs).toBeLessThanOrEqual(nowMs)
        expect(days.at(-1)?.endsAtMs).toBeGreaterThan(nowMs)
        const isWhole = days.every(({ date, startsAtMs, endsAtMs }, index) => {
          const nextMs = days[index + 1]?.startsAtMs ?? endsAtMs
          const dates = [localDateOf(startsAtMs, timeZone), localDateOf(endsAtMs - 1, timeZone)]
          return nextMs === endsAtMs && dates.every((found) => found === date)
        })
        expect(isWhole).toBe(true)
        const skipped = timeZone === 'Pacific/Apia' && from <= '2011-12-30' && to >= '2011-12-30' ? 1 : 0
        expect(days).toHaveLength(countDates({ from, to }) - skipped)
      }),
      propertyRuns(50),
    )
  })

  test('a preset of months starts right after the date N months ago', () => {
    fc.assert(
      fc.property(instants, zones, (nowMs, timeZone) => {
        const today = localDateOf(nowMs, timeZone)
        const { from } = resolveWindowPreset('last_12_months', today, null)
        const yearAgo = Temporal.PlainDate.from(today).subtract({ years: 1 })
        expect(Temporal.PlainDate.from(from).subtract({ days: 1 }).equals(yearAgo)).toBe(true)
        const counts = ['last_3_months', 'last_6_months', 'last_12_months'] as const
        const dates = counts.map((preset) => countDates(resolveWindowPreset(preset, today, null)))
        expect(dates[0]).toBeGreaterThanOrEqual(89)
        expect(dates[0]).toBeLessThanOrEqual(92)
        expect(dates[2]).toBeGreaterThanOrEqual(365)
        expect(dates[2]).toBeLessThanOrEqual(366)
      }),
      propertyRuns(150),
    )
  })

  test('the previous window has as many dates and ends the day before', () => {
    fc.assert(
      fc.property(instants, zones, fc.integer({ min: 0, max: 800 }), (nowMs, timeZone, days) => {
        const to = localDateOf(nowMs, timeZone)
        const window = { from: Temporal.PlainDate.from(to).subtract({ days }).toString(), to }
        const before = computePreviousWindow(window)
        expect(countDates(before)).toBe(countDates(window))
        expect(Temporal.PlainDate.from(before.to).add({ days: 1 }).toString()).toBe(window.from)
      }),
      propertyRuns(100),
    )
  })
})
