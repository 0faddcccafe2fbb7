import {
  type CallingHours,
  END_OF_DAY,
  findSpanProblem,
  type Weekday,
  weekdays,
} from '@talktime/core/campaigns/calling-hours'
import { assertNever } from '@talktime/core/exhaustive'
import type { CallingHours as ApiCallingHours } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'

/** A span as two time fields have it. `00:00` as the end is the midnight that ends the day. */
export type SpanFields = { from: string; to: string }

/** Calling hours as the form has them. Nobody is called on a day without spans. */
export type HoursFields = {
  anyTime: boolean
  timeZone: string
  days: Record<Weekday, SpanFields[]>
}

/** Midnight as a time field has it: it cannot say 24:00. */
const MIDNIGHT_FIELD = '00:00'
const OFFICE_HOURS: SpanFields = { from: '09:00', to: '18:00' }

/** Suggests spans for a day that had none: those of the last day before it, or office hours. */
export function suggestSpans(days: HoursFields['days'], day: Weekday): SpanFields[] {
  const before = weekdays.slice(0, weekdays.indexOf(day)).findLast((one) => days[one].length > 0)
  return before === undefined ? [{ ...OFFICE_HOURS }] : days[before].map((span) => ({ ...span }))
}

/** Fills the form. A new one is set to any time, with office hours in place for when that is switched off. */
export function hoursFieldsOf(hours: CallingHours | null, timeZone: string): HoursFields {
  const days = Object.fromEntries(
    weekdays.map((day, index) => [day, hours === null && index < 5 ? [{ ...OFFICE_HOURS }] : []]),
  ) as unknown as HoursFields['days']
  for (const { day, from, to } of hours?.days ?? [])
    days[day].push({ from, to: to === END_OF_DAY ? MIDNIGHT_FIELD : to })
  return { anyTime: hours === null, timeZone: hours?.timeZone ?? timeZone, days }
}

/** Reads the hours from the form, as the API takes them; null is any time. */
export function hoursOf(fields: HoursFields): ApiCallingHours | null {
  if (fields.anyTime) return null
  const days = weekdays.flatMap((day) =>
    fields.days[day].map(({ from, to }) => ({ day, from, to: to === MIDNIGHT_FIELD ? END_OF_DAY : to })),
  )
  return { timeZone: fields.timeZone, days }
}

const longNames: Record<Weekday, string> = {
  monday: 'Monday',
  tuesday: 'Tuesday',
  wednesday: 'Wednesday',
  thursday: 'Thursday',
  friday: 'Friday',
  saturday: 'Saturday',
  sunday: 'Sunday',
}

export const dayName = (day: Weekday) => longNames[day]

const shortName = (day: Weekday) => longNames[day].slice(0, 3)

/** Finds what is wrong with the hours, as a sentence that names the day; null when nothing is. */
export function findHoursProblem(fields: HoursFields): string | null {
  const hours = hoursOf(fields)
  if (hours === null) return null
  if (hours.days.length === 0) return 'Choose hours on at least one day, or any time'
  for (const span of hours.days) {
    const problem = findSpanProblem(span)
    switch (problem) {
      case null:
        continue
      case 'not_a_time':
        return `${dayName(span.day)}: enter a start and an end time`
      case 'ends_before_start':
        return `${dayName(span.day)}: the end must be later than the start. For hours past midnight, end at 00:00 and add hours from 00:00 to the next day`
      default:
        return assertNever(problem)
    }
  }
  return null
}

const spanInWords = ({ from, to }: SpanFields) => `${from}–${to}`

/** `Mon–Fri 09:00–18:00, Sat 10:00–14:00`. Consecutive days with equal hours are merged. */
export function daysInWords({ days }: Pick<CallingHours, 'days'>): string {
  const byDay = weekdays.map((day) => ({
    day,
    text: days
      .filter((span) => span.day === day)
      .map(spanInWords)
      .sort()
      .join(' and '),
  }))
  const runs: { first: Weekday; last: Weekday; text: string }[] = []
  let before = ''
  for (const { day, text } of byDay) {
    const run = runs.at(-1)
    if (run !== undefined && text !== '' && text === before) run.last = day
    else if (text !== '') runs.push({ first: day, last: day, text })
    before = text
  }
  const [only] = runs
  if (only !== undefined && only.first === 'monday' && only.last === 'sunday') return `Every day ${only.text}`
  return runs
    .map(({ first, last, text }) => {
      const name = first === last ? shortName(first) : `${shortName(first)}–${shortName(last)}`
      return `${name} ${text}`
    })
    .join(', ')
}

/** `Mon–Fri 09:00–18:00, Berlin time`; `At any time`. */
export function hoursInWords(hours: CallingHours | null): string {
  if (hours === null) return 'At any time'
  return `${daysInWords(hours)}, ${zoneInWords(hours.timeZone)}`
}
