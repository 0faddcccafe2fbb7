import type { CallingHours } from '../../api/types.ts'
import { zoneInWords } from '../../design/format/instant.ts'

/** Monday first, as the API names them. */
export const weekdays = [
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
  'sunday',
] as const

export type Weekday = (typeof weekdays)[number]

/** From and to as a time field has them; `00:00` as the end is midnight, the end of the day. */
export type SpanFields = { from: string; to: string }

/** The hours as a form has them. A day without a span has no calls. */
export type HoursFields = {
  anyTime: boolean
  timeZone: string
  days: Record<Weekday, SpanFields[]>
}

const midnight = '24:00'
const office: SpanFields = { from: '09:00', to: '18:00' }

/** A span for a day that had none: as on the day before it, or office hours. */
export function firstSpans(days: HoursFields['days'], day: Weekday): SpanFields[] {
  const before = weekdays.slice(0, weekdays.indexOf(day)).findLast((one) => days[one].length > 0)
  return before === undefined ? [{ ...office }] : days[before].map((span) => ({ ...span }))
}

/** What a new form shows: any time; office hours are ready for whoever wants hours. */
export function hoursFieldsOf(hours: CallingHours | null, timeZone: string): HoursFields {
  const days = Object.fromEntries(
    weekdays.map((day, index) => [day, hours === null && index < 5 ? [{ ...office }] : []]),
  ) as unknown as HoursFields['days']
  for (const { day, from, to } of hours?.days ?? [])
    days[day].push({ from, to: to === midnight ? '00:00' : to })
  return { anyTime: hours === null, timeZone: hours?.timeZone ?? timeZone, days }
}

/** The hours as the API takes them. */
export function hoursOf(fields: HoursFields): CallingHours | null {
  if (fields.anyTime) return null
  const days = weekdays.flatMap((day) =>
    fields.days[day].map(({ from, to }) => ({ day, from, to: to === '00:00' ? midnight : to })),
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

/** What is wrong with the hours, in a sentence that names the day; null where nothing is. */
export function hoursProblem(fields: HoursFields): string | null {
  if (fields.anyTime) return null
  const hours = hoursOf(fields)
  if (hours === null || hours.days.length === 0) return 'Choose hours on at least one day, or any time'
  for (const { day, from, to } of hours.days) {
    if (from === '' || to === '') return `${dayName(day)}: enter when calls begin and end`
    if (from >= to) {
      return `${dayName(day)}: the end must be later than the beginning. Hours over midnight are two: one to 00:00, and one from 00:00 on the next day`
    }
  }
  return null
}

const spanInWords = ({ from, to }: SpanFields) => `${from}–${to}`

/** `Mon–Fri 09:00–18:00, Sat 10:00–14:00`; days in a row with the same hours are one. */
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
