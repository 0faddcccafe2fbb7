import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { propertyRuns } from '../../test/property-runs.ts'
import { HOUR_MS } from '../time/durations.ts'
import { type CallingHours, callingState, findSpanProblem, weekdays } from './calling-hours.ts'

const at = (local: string, timeZone: string) =>
  Temporal.ZonedDateTime.from(`${local}[${timeZone}]`).epochMilliseconds
const office = (timeZone: string): CallingHours => ({
  timeZone,
  days: weekdays.slice(0, 5).map((day) => ({ day, from: '09:00', to: '17:30' })),
})

describe('office hours', () => {
  const zone = 'Asia/Kolkata'
  test.each([
    { what: 'Friday before', now: '2026-11-20T08:59:59.999', open: false, until: '2026-11-20T09:00' },
    { what: 'Friday at nine', now: '2026-11-20T09:00', open: true, until: '2026-11-20T17:30' },
    { what: 'Friday’s last moment', now: '2026-11-20T17:29:59.999', open: true, until: '2026-11-20T17:30' },
    { what: 'Friday’s end', now: '2026-11-20T17:30', open: false, until: '2026-11-23T09:00' },
    { what: 'Sunday', now: '2026-11-22T12:00', open: false, until: '2026-11-23T09:00' },
  ])('on $what', ({ now, open, until }) => {
    const untilMs = at(until, zone)
    expect(callingState(office(zone), at(now, zone))).toEqual(
      open ? { open, closesAtMs: untilMs } : { open, opensAtMs: untilMs },
    )
  })
})

test('null hours are always open, and hours without a day never are', () => {
  expect(callingState(null, 0)).toEqual({ open: true, closesAtMs: null })
  expect(callingState({ timeZone: 'UTC', days: [] }, 0)).toEqual({ open: false, opensAtMs: null })
})

test('hours around the clock never close', () => {
  const days = weekdays.map((day) => ({ day, from: '00:00', to: '24:00' }))
  expect(
    callingState({ timeZone: 'America/New_York', days }, at('2026-10-31T23:30', 'America/New_York')),
  ).toEqual({
    open: true,
    closesAtMs: null,
  })
})

test('spans that touch at midnight are merged', () => {
  const hours: CallingHours = {
    timeZone: 'Europe/Berlin',
    days: [
      { day: 'monday', from: '22:00', to: '24:00' },
      { day: 'tuesday', from: '00:00', to: '02:00' },
    ],
  }
  expect(callingState(hours, at('2026-11-23T23:00', 'Europe/Berlin'))).toEqual({
    open: true,
    closesAtMs: at('2026-11-24T02:00', 'Europe/Berlin'),
  })
})

describe('a span', () => {
  test.each([
    ['09:00', '17:30', null],
    ['00:00', '24:00', null],
    ['22:00', '00:00', 'ends_before_start'],
    ['17:30', '09:00', 'ends_before_start'],
    ['09:00', '09:00', 'ends_before_start'],
    ['24:00', '24:00', 'not_a_time'],
    ['9:00', '17:30', 'not_a_time'],
    ['', '17:30', 'not_a_time'],
    ['09:00', '24:01', 'not_a_time'],
  ])('from %j to %j has the problem %j', (from, to, problem) => {
    expect(findSpanProblem({ from, to })).toBe(problem)
  })
})

describe('daylight saving', () => {
  const zone = 'America/New_York'
  const sunday = (from: string, to: string): CallingHours => ({
    timeZone: zone,
    days: [{ day: 'sunday', from, to }],
  })

  test('a start in the gap moves to the end of the gap', () => {
    const state = callingState(sunday('02:30', '04:00'), at('2026-03-08T00:00', zone))
    expect(state).toEqual({ open: false, opensAtMs: at('2026-03-08T03:30', zone) })
  })

  test('an hour that occurs twice is open both times', () => {
    const hours = sunday('01:00', '02:00')
    const firstOneMs = at('2026-11-01T00:59', zone) + 60_000
    expect(callingState(hours, firstOneMs + 1.5 * HOUR_MS)).toEqual({
      open: true,
      closesAtMs: firstOneMs + 2 * HOUR_MS,
    })
  })
})

test('a state lasts until its end and changes there', () => {
  const zone = fc.constantFrom(
    'UTC',
    'Asia/Kolkata',
    'America/New_York',
    'Australia/Lord_Howe',
    'Pacific/Apia',
    'Africa/Cairo',
  )
  const minutes = fc.integer({ min: 0, max: 24 * 4 })
  const time = (quarter: number) =>
    `${String(Math.floor(quarter / 4)).padStart(2, '0')}:${String((quarter % 4) * 15).padStart(2, '0')}`
  const span = fc
    .record({ day: fc.constantFrom(...weekdays), one: minutes, other: minutes })
    .filter((s) => s.one !== s.other)
  fc.assert(
    fc.property(
      zone,
      fc.array(span, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: Date.UTC(2026, 0, 1), max: Date.UTC(2027, 0, 1) }),
      (timeZone, spans, nowMs) => {
        const days = spans.map(({ day, one, other }) => ({
          day,
          from: time(Math.min(one, other)),
          to: time(Math.max(one, other)),
        }))
        const hours = { timeZone, days }
        const state = callingState(hours, nowMs)
        const endMs = state.open ? state.closesAtMs : state.opensAtMs
        if (endMs === null) return
        expect(endMs).toBeGreaterThan(nowMs)
        expect(callingState(hours, endMs - 1).open).toBe(state.open)
        expect(callingState(hours, endMs).open).toBe(!state.open)
      },
    ),
    propertyRuns(150),
  )
})
