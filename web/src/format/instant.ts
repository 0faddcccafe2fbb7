import { locale } from './locale.ts'

type Shape = 'time' | 'timeExact' | 'dayTime' | 'day' | 'date' | 'dateTime' | 'dateLong'

const shapes: Record<Shape, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit' },
  timeExact: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  dayTime: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  dateTime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  dateLong: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

function formatFor(shape: Shape, timeZone: string): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { ...shapes[shape], timeZone })
  formats.set(key, made)
  return made
}

/** An RFC 3339 instant on the clocks of a time zone. */
export function instant(at: string | number, shape: Shape, timeZone: string): string {
  return formatFor(shape, timeZone).format(typeof at === 'number' ? at : Date.parse(at))
}

/** The local date of an instant, `YYYY-MM-DD`. */
export function localDate(atMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(atMs)
  const part = (type: string) => parts.find((candidate) => candidate.type === type)?.value ?? ''
  return `${part('year')}-${part('month')}-${part('day')}`
}

/** What people call a time zone: `Berlin time`, `New York time`, `UTC`. */
export function zoneInWords(timeZone: string): string {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC' || timeZone === 'GMT') return 'UTC'
  const city = timeZone.split('/').at(-1) ?? timeZone
  return `${city.replaceAll('_', ' ')} time`
}

/** A local date, `YYYY-MM-DD`, for people: `22 Nov 2026`. */
export function dateInWords(date: string): string {
  return instant(`${date}T12:00:00Z`, 'date', 'UTC')
}
