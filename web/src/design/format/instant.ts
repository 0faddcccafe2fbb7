import { DAY_MS, SECOND_MS } from '@talktime/core/time/durations'
import { locale } from './locale.ts'

type Shape =
  | 'time'
  | 'timeExact'
  | 'dayTime'
  | 'day'
  | 'date'
  | 'dateTime'
  | 'dateLong'
  | 'weekday'
  | 'month'
  | 'monthShort'

const shapes: Record<Shape, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit' },
  timeExact: { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 },
  dayTime: { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' },
  day: { day: 'numeric', month: 'short' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  dateTime: { day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit' },
  weekday: { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' },
  monthShort: { month: 'short', year: 'numeric' },
  month: { month: 'long', year: 'numeric' },
  dateLong: { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' },
}

const formats = new Map<string, Intl.DateTimeFormat>()

function findFormat(shape: Shape, timeZone: string): Intl.DateTimeFormat {
  const key = `${shape} ${timeZone}`
  const known = formats.get(key)
  if (known) return known
  const made = new Intl.DateTimeFormat(locale, { ...shapes[shape], timeZone })
  formats.set(key, made)
  return made
}

/** Writes an instant (RFC 3339 or epoch milliseconds) in a time zone. */
export function instant(at: string | number, shape: Shape, timeZone: string): string {
  return findFormat(shape, timeZone).format(typeof at === 'number' ? at : Date.parse(at))
}

/** Writes an instant without needless detail: `02:02 PM` today, `Nov 23, 02:02 PM` on other days. */
export function momentInWords(at: string, timeZone: string, nowMs: number): string {
  const isToday = localDate(Date.parse(at), timeZone) === localDate(nowMs, timeZone)
  return instant(at, isToday ? 'time' : 'dayTime', timeZone)
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

/** Names a time zone: `Berlin time`, `New York time`, `UTC`. */
export function zoneInWords(timeZone: string): string {
  if (timeZone === 'UTC' || timeZone === 'Etc/UTC' || timeZone === 'GMT') return 'UTC'
  const city = timeZone.split('/').at(-1) ?? timeZone
  return `${city.replaceAll('_', ' ')} time`
}

/** Writes a local date given as `YYYY-MM-DD`: `Nov 22, 2026`. */
export function dateInWords(date: string): string {
  return instant(`${date}T12:00:00Z`, 'date', 'UTC')
}

/** The local date and time of an instant as a datetime-local field has it: `YYYY-MM-DDTHH:MM`. */
export function localDateTime(atMs: number, timeZone: string): string {
  return new Date(atMs + offsetMs(atMs, timeZone)).toISOString().slice(0, 16)
}

/**
 * The instant of a local date and time (`YYYY-MM-DDTHH:MM`) in epoch milliseconds; null when the text is neither. A time
 * in the gap of a daylight saving change moves by the length of the gap. Of a time that occurs twice, the first is taken.
 */
export function instantOfLocal(local: string, timeZone: string): number | null {
  const asUtcMs = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(local) ? Date.parse(`${local}Z`) : Number.NaN
  if (Number.isNaN(asUtcMs)) return null
  // The offsets a day earlier and a day later differ only around a daylight saving change.
  const before = asUtcMs - offsetMs(asUtcMs - DAY_MS, timeZone)
  const after = asUtcMs - offsetMs(asUtcMs + DAY_MS, timeZone)
  return localDateTime(before, timeZone) === local
    ? before
    : localDateTime(after, timeZone) === local
      ? after
      : before
}

/** How far a time zone is ahead of UTC at an instant. */
function offsetMs(atMs: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  }).formatToParts(atMs)
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value)
  const localMs = Date.UTC(
    part('year'),
    part('month') - 1,
    part('day'),
    part('hour'),
    part('minute'),
    part('second'),
  )
  return localMs - Math.floor(atMs / SECOND_MS) * SECOND_MS
}
