import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS, MINUTE_MS } from '../time/durations.ts'
import { type ForecastCampaign, findOvernightRange, forecastUsage } from './overnight-forecast.ts'

const at = (text: string) => Temporal.ZonedDateTime.from(text).epochMilliseconds

describe('the overnight range', () => {
  test.each([
    { when: 'in the afternoon', at: '2026-11-24T15:00[Europe/Berlin]', from: '2026-11-24T20:00', hours: 12 },
    { when: 'in the evening', at: '2026-11-24T22:30[Europe/Berlin]', from: '2026-11-24T22:30', hours: 9.5 },
    { when: 'after midnight', at: '2026-11-25T03:00[Europe/Berlin]', from: '2026-11-25T03:00', hours: 5 },
    { when: 'at eight', at: '2026-11-25T08:00[Europe/Berlin]', from: '2026-11-25T20:00', hours: 12 },
    {
      when: 'on the day before clocks go back',
      at: '2026-10-24T12:00[Europe/Berlin]',
      from: '2026-10-24T20:00',
      hours: 13,
    },
    {
      when: 'on the day before clocks go forward',
      at: '2026-03-28T12:00[Europe/Berlin]',
      from: '2026-03-28T20:00',
      hours: 11,
    },
  ])('$when is $hours hours long', ({ at: now, from, hours }) => {
    const { startsAtMs, endsAtMs } = findOvernightRange(at(now), 'Europe/Berlin')
    expect(startsAtMs).toBe(at(`${from}[Europe/Berlin]`))
    expect(endsAtMs - startsAtMs).toBe(hours * HOUR_MS)
  })
})

describe('the forecast of a campaign’s usage overnight', () => {
  const night = findOvernightRange(at('2026-11-24T15:00[Europe/Berlin]'), 'Europe/Berlin')
  const campaign: ForecastCampaign = {
    startsAtMs: 0,
    callingHours: null,
    concurrency: 10,
    callsPerMinute: null,
    contactsLeft: 200,
    perContactMs: 90_000,
  }
  const until22 = {
    timeZone: 'Europe/Berlin',
    days: [{ day: 'tuesday', from: '18:00', to: '22:00' }],
  } as const
  const expected = (fields: Partial<ForecastCampaign>) => forecastUsage({ ...campaign, ...fields }, night)

  test.each([
    { when: 'its contacts are few', fields: {}, minutes: 300 },
    { when: 'its concurrency is low', fields: { contactsLeft: 10_000, concurrency: 1 }, minutes: 720 },
    {
      when: 'its calling hours are short',
      fields: { contactsLeft: 10_000, concurrency: 1, callingHours: until22 },
      minutes: 120,
    },
    { when: 'its pace is slow', fields: { callsPerMinute: 0.1 }, minutes: 108 },
    {
      when: 'it starts late',
      fields: { callsPerMinute: 0.1, startsAtMs: night.endsAtMs - 2 * HOUR_MS },
      minutes: 18,
    },
    { when: 'it starts in the morning', fields: { startsAtMs: night.endsAtMs }, minutes: 0 },
    { when: 'it may not call at night', fields: { callingHours: { timeZone: 'UTC', days: [] } }, minutes: 0 },
  ])('is $minutes minutes when $when', ({ fields, minutes }) => {
    expect(expected(fields)).toBe(minutes * MINUTE_MS)
  })

  test('exceeds neither what its contacts use nor what its concurrent calls can use in that time', () => {
    const campaigns = fc.record({
      startsAtMs: fc.integer({ min: night.startsAtMs - HOUR_MS, max: night.endsAtMs + HOUR_MS }),
      callingHours: fc.constantFrom(null, until22),
      concurrency: fc.integer({ min: 1, max: 1000 }),
      callsPerMinute: fc.option(fc.double({ min: 0.1, max: 600, noNaN: true })),
      contactsLeft: fc.nat(500_000),
      perContactMs: fc.nat(20 * MINUTE_MS),
    })
    fc.assert(
      fc.property(campaigns, (any) => {
        const usedMs = forecastUsage(any, night)
        expect(usedMs).toBeGreaterThanOrEqual(0)
        expect(usedMs).toBeLessThanOrEqual(any.contactsLeft * any.perContactMs)
        expect(usedMs).toBeLessThanOrEqual(any.concurrency * 12 * HOUR_MS)
      }),
      propertyRuns(100),
    )
  })
})
