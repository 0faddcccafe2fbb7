import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { listLocalDays, localDateOf } from './local-day.ts'
import {
  chooseChartUnit,
  computePreviousWindow,
  countDates,
  findBucketStart,
  isDate,
  monthOf,
  resolveWindowPreset,
  WINDOW_PRESETS,
} from './usage-window.ts'

const hourMs = 3_600_000

describe('the last 30 days are today and the 29 days before it', () => {
  test.each`
    today           | from            | why
    ${'2026-11-22'} | ${'2026-10-24'} | ${'an ordinary day'}
    ${'2026-03-01'} | ${'2026-01-31'} | ${'a short February'}
    ${'2028-03-01'} | ${'2028-02-01'} | ${'a leap February'}
    ${'2026-01-01'} | ${'2025-12-03'} | ${'over the new year'}
  `('on $today from $from: $why', ({ today, from }) => {
    expect(resolveWindowPreset('last_30_days', today, null)).toEqual({ from, to: today })
    expect(countDates({ from, to: today })).toBe(30)
  })
})

describe('the last N months start on the day after today’s date N months ago', () => {
  test.each`
    today           | preset              | from            | why
    ${'2026-11-22'} | ${'last_3_months'}  | ${'2026-08-23'} | ${'an ordinary day'}
    ${'2026-11-22'} | ${'last_6_months'}  | ${'2026-05-23'} | ${'an ordinary day'}
    ${'2026-11-22'} | ${'last_12_months'} | ${'2025-11-23'} | ${'an ordinary day'}
    ${'2026-05-31'} | ${'last_3_months'}  | ${'2026-03-01'} | ${'there is no 31 February: its last day counts'}
    ${'2028-05-31'} | ${'last_3_months'}  | ${'2028-03-01'} | ${'nor in a leap year'}
    ${'2026-08-31'} | ${'last_6_months'}  | ${'2026-03-01'} | ${'nor six months ago'}
    ${'2026-07-31'} | ${'last_3_months'}  | ${'2026-05-01'} | ${'there is no 31 April'}
    ${'2028-02-29'} | ${'last_12_months'} | ${'2027-03-01'} | ${'a leap day'}
    ${'2029-02-28'} | ${'last_12_months'} | ${'2028-02-29'} | ${'the day before it, a year later'}
    ${'2026-02-28'} | ${'last_3_months'}  | ${'2025-11-29'} | ${'the last day of February'}
    ${'2026-03-30'} | ${'last_12_months'} | ${'2025-03-31'} | ${'the 31st is the day after'}
  `('$preset on $today from $from: $why', ({ today, preset, from }) => {
    expect(resolveWindowPreset(preset, today, null)).toEqual({ from, to: today })
  })
})

test('all starts on the day of the first transaction, and today where there is none', () => {
  expect(resolveWindowPreset('all', '2026-11-22', '2024-02-29')).toEqual({
    from: '2024-02-29',
    to: '2026-11-22',
  })
  expect(resolveWindowPreset('all', '2026-11-22', '2026-11-22')).toEqual({
    from: '2026-11-22',
    to: '2026-11-22',
  })
  expect(resolveWindowPreset('all', '2026-11-22', null)).toEqual({ from: '2026-11-22', to: '2026-11-22' })
  expect(resolveWindowPreset('all', '2026-11-22', '2026-11-23')).toEqual({
    from: '2026-11-22',
    to: '2026-11-22',
  })
})

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
/** Any instant, and more often one near a change of clocks, a skipped day, or the end of a month. */
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
      fc.integer({ min: -50 * hourMs, max: 50 * hourMs }),
    )
    .map(([aroundMs, offMs]) => aroundMs + offMs),
)

describe('in any zone, at any time,', () => {
  test('a window’s days lie end to end, from its first midnight to the next, and hold now', () => {
    fc.assert(
      fc.property(instants, zones, fc.constantFrom(...WINDOW_PRESETS), (nowMs, timeZone, preset) => {
        const today = localDateOf(nowMs, timeZone)
        const { from, to } = resolveWindowPreset(preset, today, '2025-06-30')
        const days = listLocalDays(from, to, timeZone)
        expect(days.at(-1)).toMatchObject({ date: today })
        expect(days.at(-1)?.startsAtMs).toBeLessThanOrEqual(nowMs)
        expect(days.at(-1)?.endsAtMs).toBeGreaterThan(nowMs)
        for (const [index, day] of days.entries()) {
          const nextMs = days[index + 1]?.startsAtMs
          if (nextMs !== undefined) expect(nextMs).toBe(day.endsAtMs)
          expect(localDateOf(day.startsAtMs, timeZone)).toBe(day.date)
          expect(localDateOf(day.endsAtMs - 1, timeZone)).toBe(day.date)
        }
        const skipped = timeZone === 'Pacific/Apia' && from <= '2011-12-30' && to >= '2011-12-30' ? 1 : 0
        expect(days).toHaveLength(countDates({ from, to }) - skipped)
      }),
      propertyRuns(150),
    )
  })

  test('months begin where the same preset ended its month before', () => {
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

  test('the window before has as many dates and ends the day before', () => {
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

test('the calendar month of a date', () => {
  expect(monthOf('2028-02-10')).toEqual({ from: '2028-02-01', to: '2028-02-29' })
  expect(monthOf('2026-11-30')).toEqual({ from: '2026-11-01', to: '2026-11-30' })
})

describe('a chart shows', () => {
  test.each`
    to              | unit
    ${'2027-01-05'} | ${'day'}
    ${'2027-01-06'} | ${'week'}
    ${'2033-01-26'} | ${'week'}
    ${'2033-01-27'} | ${'month'}
  `('from 2026-01-01 to $to a point each $unit', ({ to, unit }) => {
    expect(chooseChartUnit({ from: '2026-01-01', to })).toBe(unit)
  })

  test('weeks from Monday on', () => {
    expect(findBucketStart('2026-11-22', 'week')).toBe('2026-11-16')
    expect(findBucketStart('2026-11-23', 'week')).toBe('2026-11-23')
    expect(findBucketStart('2026-11-22', 'month')).toBe('2026-11-01')
    expect(findBucketStart('2026-11-22', 'day')).toBe('2026-11-22')
  })
})

test.each([
  ['2026-11-22', true],
  ['2028-02-29', true],
  ['2026-02-29', false],
  ['2026-13-01', false],
  ['2026-1-1', false],
  ['2026-11-22T00:00', false],
  ['', false],
])('"%s" is a date: %s', (text, is) => {
  expect(isDate(text)).toBe(is)
})
