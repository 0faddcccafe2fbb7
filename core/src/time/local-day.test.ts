import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { findLocalDayBounds, listLocalDates, listLocalDays, localDateOf, localDayOf } from './local-day.ts'

const hourMs = 3_600_000

describe('a local day', () => {
  test.each`
    date            | timeZone                 | hours   | why
    ${'2026-11-22'} | ${'UTC'}                 | ${24}   | ${'an ordinary day'}
    ${'2026-03-29'} | ${'Europe/Berlin'}       | ${23}   | ${'the clock goes forward'}
    ${'2026-10-25'} | ${'Europe/Berlin'}       | ${25}   | ${'and back'}
    ${'2026-10-04'} | ${'Australia/Lord_Howe'} | ${23.5} | ${'by half an hour there'}
    ${'2011-12-30'} | ${'Pacific/Apia'}        | ${0}    | ${'Samoa left it out'}
    ${'2011-12-31'} | ${'Pacific/Apia'}        | ${24}   | ${'and went on'}
  `('of $date in $timeZone has $hours hours: $why', ({ date, timeZone, hours }) => {
    const { startsAtMs, endsAtMs } = findLocalDayBounds(date, timeZone)
    expect((endsAtMs - startsAtMs) / hourMs).toBe(hours)
  })

  test('begins at midnight there', () => {
    expect(findLocalDayBounds('2026-11-22', 'Asia/Kolkata').startsAtMs).toBe(Date.UTC(2026, 10, 21, 18, 30))
  })

  test('ends where the next begins', () => {
    const zones = fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/Santiago',
      'Pacific/Apia',
      'Asia/Kathmandu',
    )
    fc.assert(
      fc.property(fc.integer({ min: 14_000, max: 22_000 }), zones, (dayNumber, timeZone) => {
        const date = (days: number) => new Date(days * 24 * hourMs).toISOString().slice(0, 10)
        const { endsAtMs } = findLocalDayBounds(date(dayNumber), timeZone)
        expect(findLocalDayBounds(date(dayNumber + 1), timeZone).startsAtMs).toBe(endsAtMs)
      }),
      propertyRuns(200),
    )
  })

  test.each(['2026-02-30', '2026-13-01', 'today', ''])('"%s" is refused', (date) => {
    expect(() => findLocalDayBounds(date, 'UTC')).toThrow(RangeError)
  })
})

const zones = fc.constantFrom('UTC', 'Asia/Kolkata', 'America/St_Johns', 'America/Sao_Paulo', 'Pacific/Apia')
const instants = fc.integer({ min: Date.UTC(2009, 0), max: Date.UTC(2031, 0) })

describe('the day of an instant', () => {
  test('holds it, also where a clock goes back over midnight', () => {
    // On 7 November 2010 the clock of St John’s went from 00:01 back to 23:01 of the day before.
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

  test('is the same whichever was asked for before', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(instants, fc.integer({ min: -2, max: 2 })), { maxLength: 8 }),
        zones,
        (asked, timeZone) => {
          for (const [atMs, hours] of asked) {
            for (const ms of [atMs, atMs + hours * hourMs]) {
              expect(localDateOf(ms, timeZone)).toBe(localDayOf(ms, timeZone).date)
            }
          }
        },
      ),
      propertyRuns(100),
    )
  })
})

test('dates follow one another without those that were skipped', () => {
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
