import { describe, expect, it } from 'vitest'
import type { CallingHours } from '../../api/types.ts'
import {
  daysInWords,
  findHoursProblem,
  hoursFieldsOf,
  hoursInWords,
  hoursOf,
  suggestSpans,
} from './hours-form.ts'

const span = (day: CallingHours['days'][number]['day'], from: string, to: string) => ({ day, from, to })

describe('calling hours in words', () => {
  it('merge consecutive days with equal hours', () => {
    const days = [
      span('monday', '09:00', '18:00'),
      span('tuesday', '09:00', '18:00'),
      span('wednesday', '09:00', '18:00'),
      span('saturday', '10:00', '14:00'),
    ]
    expect(daysInWords({ days })).toBe('Mon–Wed 09:00–18:00, Sat 10:00–14:00')
  })

  it('do not merge days around a day without calls', () => {
    const days = [span('monday', '09:00', '18:00'), span('wednesday', '09:00', '18:00')]
    expect(daysInWords({ days })).toBe('Mon 09:00–18:00, Wed 09:00–18:00')
  })

  it('name every span of a day, and the time zone', () => {
    const days = [span('friday', '14:00', '24:00'), span('friday', '09:00', '12:00')]
    expect(hoursInWords({ timeZone: 'Asia/Kolkata', days })).toBe(
      'Fri 09:00–12:00 and 14:00–24:00, Kolkata time',
    )
    expect(hoursInWords(null)).toBe('At any time')
  })

  it('say “every day”', () => {
    const week = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const
    expect(daysInWords({ days: week.map((day) => span(day, '08:00', '20:00')) })).toBe(
      'Every day 08:00–20:00',
    )
  })
})

describe('calling hours in a form', () => {
  it('are read back unchanged', () => {
    const hours: CallingHours = {
      timeZone: 'America/New_York',
      days: [
        span('monday', '09:00', '12:00'),
        span('monday', '13:00', '24:00'),
        span('sunday', '00:00', '24:00'),
      ],
    }
    expect(hoursOf(hoursFieldsOf(hours, 'UTC'))).toEqual(hours)
    expect(hoursOf(hoursFieldsOf(null, 'UTC'))).toBeNull()
  })

  it('suggest office hours in the workspace’s time zone', () => {
    const fields = { ...hoursFieldsOf(null, 'Europe/Berlin'), anyTime: false }
    expect(hoursInWords(hoursOf(fields))).toBe('Mon–Fri 09:00–18:00, Berlin time')
  })

  it('suggest the hours of the day before', () => {
    const fields = hoursFieldsOf(null, 'UTC')
    fields.days.friday = [{ from: '08:00', to: '12:00' }]
    expect(suggestSpans(fields.days, 'saturday')).toEqual([{ from: '08:00', to: '12:00' }])
    fields.days.monday = []
    expect(suggestSpans(fields.days, 'monday')).toEqual([{ from: '09:00', to: '18:00' }])
  })

  it.each([
    [{ from: '18:00', to: '09:00' }, /^Monday: the end must be later than the start/],
    [{ from: '09:00', to: '09:00' }, /^Monday: the end must be later than the start/],
    [{ from: '', to: '09:00' }, /^Monday: enter a start/],
  ])('name the day with invalid hours: %o', (wrong, sentence) => {
    const fields = { ...hoursFieldsOf(null, 'UTC'), anyTime: false }
    fields.days.monday = [wrong]
    expect(findHoursProblem(fields)).toMatch(sentence)
  })

  it('accept midnight as the end of a day, and need at least one day', () => {
    const fields = { ...hoursFieldsOf(null, 'UTC'), anyTime: false }
    fields.days.monday = [{ from: '22:00', to: '00:00' }]
    expect(findHoursProblem(fields)).toBeNull()
    for (const day of Object.keys(fields.days)) fields.days[day as 'monday'] = []
    expect(findHoursProblem(fields)).toBe('Choose hours on at least one day, or any time')
    expect(findHoursProblem({ ...fields, anyTime: true })).toBeNull()
  })
})
