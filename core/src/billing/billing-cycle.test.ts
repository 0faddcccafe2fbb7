import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { DAY_MS, HOUR_MS } from '../time/durations.ts'
import { computeBillingCycle, computeCycleAnchor } from './billing-cycle.ts'

const runs = propertyRuns(200)

function startsLocal(anchorLocal: string, timeZone: string, number: number): string {
  const { startsAtMs } = computeBillingCycle(anchorLocal, timeZone, number)
  return Temporal.Instant.fromEpochMilliseconds(startsAtMs)
    .toZonedDateTimeISO(timeZone)
    .toString({ timeZoneName: 'never' })
}

describe('a billing cycle', () => {
  test.each`
    anchorLocal              | timeZone                 | number | starts                         | why
    ${'2026-01-31T09:30:00'} | ${'UTC'}                 | ${0}   | ${'2026-01-31T09:30:00+00:00'} | ${'the day and time the plan started'}
    ${'2026-01-31T09:30:00'} | ${'UTC'}                 | ${1}   | ${'2026-02-28T09:30:00+00:00'} | ${'the 31st becomes the last day'}
    ${'2026-01-31T09:30:00'} | ${'UTC'}                 | ${2}   | ${'2026-03-31T09:30:00+00:00'} | ${'and the 31st again after it'}
    ${'2026-01-31T09:30:00'} | ${'UTC'}                 | ${3}   | ${'2026-04-30T09:30:00+00:00'} | ${'the last day of April'}
    ${'2027-08-31T00:00:00'} | ${'UTC'}                 | ${6}   | ${'2028-02-29T00:00:00+00:00'} | ${'a leap year'}
    ${'2028-02-29T00:00:00'} | ${'UTC'}                 | ${12}  | ${'2029-02-28T00:00:00+00:00'} | ${'the leap day a year later'}
    ${'2028-02-29T00:00:00'} | ${'UTC'}                 | ${48}  | ${'2032-02-29T00:00:00+00:00'} | ${'and four years later'}
    ${'2026-03-20T09:00:00'} | ${'Europe/Berlin'}       | ${0}   | ${'2026-03-20T09:00:00+01:00'} | ${'winter time'}
    ${'2026-03-20T09:00:00'} | ${'Europe/Berlin'}       | ${1}   | ${'2026-04-20T09:00:00+02:00'} | ${'nine o’clock stays nine o’clock in summer'}
    ${'2026-03-20T09:00:00'} | ${'Europe/Berlin'}       | ${8}   | ${'2026-11-20T09:00:00+01:00'} | ${'back in winter time'}
    ${'2026-01-29T02:30:00'} | ${'Europe/Berlin'}       | ${2}   | ${'2026-03-29T03:30:00+02:00'} | ${'the hour that is skipped'}
    ${'2026-01-29T02:30:00'} | ${'Europe/Berlin'}       | ${3}   | ${'2026-04-29T02:30:00+02:00'} | ${'the next one is not moved'}
    ${'2026-07-25T02:30:00'} | ${'Europe/Berlin'}       | ${3}   | ${'2026-10-25T02:30:00+02:00'} | ${'the first of the hour that comes twice'}
    ${'2026-01-31T09:30:00'} | ${'Asia/Kolkata'}        | ${1}   | ${'2026-02-28T09:30:00+05:30'} | ${'a half-hour zone'}
    ${'2026-01-31T09:30:00'} | ${'Asia/Kathmandu'}      | ${1}   | ${'2026-02-28T09:30:00+05:45'} | ${'a quarter-hour zone'}
    ${'2026-03-05T02:15:00'} | ${'Australia/Lord_Howe'} | ${7}   | ${'2026-10-05T02:15:00+11:00'} | ${'half an hour of daylight saving'}
    ${'2026-09-04T02:15:00'} | ${'Australia/Lord_Howe'} | ${1}   | ${'2026-10-04T02:45:00+11:00'} | ${'the half hour that is skipped'}
    ${'2011-11-30T10:00:00'} | ${'Pacific/Apia'}        | ${0}   | ${'2011-11-30T10:00:00-10:00'} | ${'before the day was skipped'}
    ${'2011-11-30T10:00:00'} | ${'Pacific/Apia'}        | ${1}   | ${'2011-12-31T10:00:00+14:00'} | ${'Samoa skipped 30 December 2011'}
    ${'2011-11-30T10:00:00'} | ${'Pacific/Apia'}        | ${2}   | ${'2012-01-30T10:00:00+14:00'} | ${'and the 30th again'}
  `('number $number of a plan from $anchorLocal in $timeZone starts at $starts: $why', (row) => {
    expect(startsLocal(row.anchorLocal, row.timeZone, row.number)).toBe(row.starts)
  })

  test.each`
    atUtc                         | timeZone           | anchorLocal
    ${'2026-01-31T04:00:00Z'}     | ${'Asia/Kolkata'}  | ${'2026-01-31T09:30:00'}
    ${'2026-01-31T04:00:00.123Z'} | ${'Asia/Kolkata'}  | ${'2026-01-31T09:30:00.123'}
    ${'2026-01-01T01:00:00Z'}     | ${'America/Lima'}  | ${'2025-12-31T20:00:00'}
    ${'2026-10-25T01:30:00Z'}     | ${'Europe/Berlin'} | ${'2026-10-25T02:30:00'}
  `('of a plan that starts at $atUtc in $timeZone is anchored at $anchorLocal', (row) => {
    const atMs = Temporal.Instant.from(row.atUtc).epochMilliseconds
    expect(computeCycleAnchor(atMs, row.timeZone)).toBe(row.anchorLocal)
  })

  const zone = fc.constantFrom(
    'UTC',
    'Europe/Berlin',
    'America/New_York',
    'America/St_Johns',
    'America/Santiago',
    'Asia/Kolkata',
    'Asia/Tehran',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Africa/Casablanca',
  )
  const start = fc.integer({ min: Date.UTC(2010, 0, 1), max: Date.UTC(2030, 0, 1) })
  const cycleNumber = fc.integer({ min: 0, max: 60 })

  test('starts where the one before ends, and lasts a month', () => {
    fc.assert(
      fc.property(start, zone, cycleNumber, (atMs, timeZone, number) => {
        const anchorLocal = computeCycleAnchor(atMs, timeZone)
        const cycle = computeBillingCycle(anchorLocal, timeZone, number)
        const next = computeBillingCycle(anchorLocal, timeZone, number + 1)
        expect(cycle.number).toBe(number)
        expect(next.startsAtMs).toBe(cycle.endsAtMs)
        const lengthMs = cycle.endsAtMs - cycle.startsAtMs
        // From a February with a skipped day up to 31 days with a repeated hour.
        expect(lengthMs).toBeGreaterThanOrEqual(27 * DAY_MS)
        expect(lengthMs).toBeLessThanOrEqual(32 * DAY_MS)
      }),
      runs,
    )
  })

  test('with number 0 starts when the plan started, or an hour earlier if that hour came twice', () => {
    fc.assert(
      fc.property(start, zone, (atMs, timeZone) => {
        const { startsAtMs } = computeBillingCycle(computeCycleAnchor(atMs, timeZone), timeZone, 0)
        expect(atMs - startsAtMs).toBeGreaterThanOrEqual(0)
        expect(atMs - startsAtMs).toBeLessThanOrEqual(HOUR_MS)
      }),
      runs,
    )
  })

  test('starts at the anchor’s time of day, unless the clock skips that time', () => {
    fc.assert(
      fc.property(start, zone, cycleNumber, (atMs, timeZone, number) => {
        const anchor = Temporal.PlainDateTime.from(computeCycleAnchor(atMs, timeZone))
        const { startsAtMs } = computeBillingCycle(anchor.toString(), timeZone, number)
        const starts = Temporal.Instant.fromEpochMilliseconds(startsAtMs).toZonedDateTimeISO(timeZone)
        const wanted = anchor.add({ months: number })
        const skipped = !wanted
          .toZonedDateTime(timeZone, { disambiguation: 'earlier' })
          .toPlainDateTime()
          .equals(wanted)
        if (!skipped) expect(starts.toPlainDateTime().equals(wanted)).toBe(true)
        else expect(Temporal.PlainDateTime.compare(starts.toPlainDateTime(), wanted)).toBe(1)
      }),
      runs,
    )
  })
})
