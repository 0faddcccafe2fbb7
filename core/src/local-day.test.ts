import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../test/property-runs.ts'
import { localDayBounds } from './local-day.ts'

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
    const { startsAtMs, endsAtMs } = localDayBounds(date, timeZone)
    expect((endsAtMs - startsAtMs) / hourMs).toBe(hours)
  })

  test('begins at midnight there', () => {
    expect(localDayBounds('2026-11-22', 'Asia/Kolkata').startsAtMs).toBe(Date.UTC(2026, 10, 21, 18, 30))
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
        const { endsAtMs } = localDayBounds(date(dayNumber), timeZone)
        expect(localDayBounds(date(dayNumber + 1), timeZone).startsAtMs).toBe(endsAtMs)
      }),
      propertyRuns(200),
    )
  })

  test.each(['2026-02-30', '2026-13-01', 'today', ''])('"%s" is refused', (date) => {
    expect(() => localDayBounds(date, 'UTC')).toThrow(RangeError)
  })
})
