import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS } from './durations.ts'
import { findLocalDayBounds, listLocalDates, listLocalDays, localDateOf, localDayOf } from './local-day.ts'

describe('a local day', () => {
  test.each`
    date            | timeZone                 | hours   | why
    ${'2026-11-22'} | ${'UTC'}                 | ${24}   | ${'an ordinary day'}
    ${'2026-03-29'} | ${'Europe/Berlin'}       | ${23}   | ${'the clock goes forward'}
    ${'2026-10-25'} | ${'Europe/Berlin'}       | ${25}   | ${'the clock goes back'}
    ${'2026-10-04'} | ${'Australia/Lord_Howe'} | ${23.5} | ${'the clock goes forward half an hour'}
    ${'2011-12-30'} | ${'Pacific/Apia'}        | ${0}    | ${'Samoa skipped it'}
    ${'2011-12-31'} | ${'Pacific/Apia'}        | ${24}   | ${'and continued with the next'}
  `('of $date in $timeZone has $hours hours: $why', ({ date, timeZone, hours }) => {
    const { startsAtMs, endsAtMs } = findLocalDayBounds(date, timeZone)
    expect((endsAtMs - startsAtMs) / HOUR_MS).toBe(hours)
  })

  test('starts at local midnight', () => {
    expect(findLocalDayBounds('2026-11-22', 'Asia/Kolkata').startsAtMs).toBe(Date.UTC(2026, 10, 21, 18, 30))
  })

  test('ends where the next one starts', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Pacific/Apia',
      'Asia/Kathmandu',
    )
    fc.assert(
      fc.property(fc.integer({ min: 14_000, max: 22_000 }), zones, (dayNumber, timeZone) => {
        const date = (days: number) => new Date(days * 24 * HOUR_MS).toISOString().slice(0, 10)
        const { endsAtMs } = findLocalDayBounds(date(dayNumber), timeZone)
        expect(findLocalDayBounds(date(dayNumber + 1), timeZone).startsAtMs).toBe(endsAtMs)
      }),
      propertyRuns(200),
    )
  })

  test.each(['2026-02-30', '2026-13-01', 'today', ''])('of "%s" does not exist', (date) => {
    expect(() => findLocalDayBounds(date, 'UTC')).toThrow(RangeError)
  })
})

const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'America/Sao_Paulo', 'Pacific/Apia')
const instants = fc.integer({ min: Date.UTC(2009, 0), max: Date.UTC(2031, 0) })

describe('the local day of an instant', () => {
  test('contains it, even when the clock goes back across midnight', () => {
    // On 7 November 2010 clocks in St John’s went back from 00:01 to 23:01 of the day before.
    const again = Temporal.ZonedDateTime.from('2010-11-06T23:30[America/St_Johns]', {
      disambiguation: 'later',
    })
    expect(localDateOf(again.epochMilliseconds, 'America/St_Johns')).toBe('2010-11-07')
    fc.assert(
      fc.property(instants, zones, (atMs, timeZone) => {
        const { date, startsAtMs, endsAtMs } = localDayOf(atMs, timeZone)
        expect(startsAtMs).toBeLessThanOrEqual(atMs)
        expect(endsAtMs).toBeGreaterThan(atMs)
        expect(findLocalDayBounds(date, timeZone)).toEqual({ startsAtMs, endsAtMs })
      }),
      propertyRuns(300),
    )
  })

  test('does not depend on the days that were asked for before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(instants, fc.integer({ min: -2, max: 2 })), { maxLength: 8 }),
        zones,
        (asked, timeZone) => {
          for (const [atMs, hours] of asked) {
            for (const ms of [atMs, atMs + hours * HOUR_MS]) {
              expect(localDateOf(ms, timeZone)).toBe(localDayOf(ms, timeZone).date)
            }
          }
        },
      ),
      propertyRuns(100),
    )
  })
})

test('local dates leave out the dates that a zone skipped, as local days do', () => {
  expect(listLocalDates('2011-12-28', '2012-01-01', 'Pacific/Apia')).toEqual([
    '2011-12-28',
    '2011-12-29',
    '2011-12-31',
    '2012-01-01',
  ])
  fc.assert(
    fc.property(instants, fc.integer({ min: 0, max: 500 }), zones, (atMs, days, timeZone) => {
      const to = localDayOf(atMs, timeZone).date
      const from = Temporal.PlainDate.from(to).subtract({ days }).toString()
      expect(listLocalDates(from, to, timeZone)).toEqual(
        listLocalDays(from, to, timeZone).map(({ date }) => date),
      )
    }),
    propertyRuns(50),
  )
})
