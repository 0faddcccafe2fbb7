import { DAY_MS } from './durations.ts'

/** A local day: the instants from `startsAtMs` up to, but not including, `endsAtMs`, in epoch milliseconds. */
export type LocalDay = {
  /** Such as 2026-11-22. */
  readonly date: string
  readonly startsAtMs: number
  readonly endsAtMs: number
}

/**
 * Finds when a local day starts and ends, in epoch milliseconds. A day on which daylight saving changes has 23 or 25
 * hours; a day that the zone skipped is empty.
 *
 * @param date such as 2026-11-22
 * @throws RangeError when the calendar has no such date
 */
export function findLocalDayBounds(date: string, timeZone: string): { startsAtMs: number; endsAtMs: number } {
  const day = Temporal.PlainDate.from(date)
  return { startsAtMs: findStart(day, timeZone), endsAtMs: findStart(day.add({ days: 1 }), timeZone) }
}

/**
 * Returns the local day that holds an instant (epoch milliseconds). A clock that goes back across midnight shows the
 * previous date a second time; those hours belong to the day that had already started, so that days never overlap.
 */
export function localDayOf(atMs: number, timeZone: string): LocalDay {
  const shown = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const next = shown.add({ days: 1 })
  const day = findStart(next, timeZone) <= atMs ? next : shown
  return { date: day.toString(), ...findLocalDayBounds(day.toString(), timeZone) }
}

/** The last day found in each time zone. Successive reports nearly all fall on the same day. */
const lastDays = new Map<string, LocalDay>()

/**
 * Returns the local date of an instant (epoch milliseconds), such as 2026-11-22. The bounds of the last day in each zone
 * are remembered, which takes 0.02 µs instead of the 17 µs that Temporal takes.
 */
export function localDateOf(atMs: number, timeZone: string): string {
  const last = lastDays.get(timeZone)
  if (last !== undefined && atMs >= last.startsAtMs && atMs < last.endsAtMs) return last.date
  const day = localDayOf(atMs, timeZone)
  lastDays.set(timeZone, day)
  return day.date
}

/** Lists the local days from one date to another, both included. A day that the zone skipped is left out. */
export function listLocalDays(from: string, to: string, timeZone: string): LocalDay[] {
  const last = Temporal.PlainDate.from(to)
  const days: LocalDay[] = []
  let day = Temporal.PlainDate.from(from)
  let startsAtMs = findStart(day, timeZone)
  while (Temporal.PlainDate.compare(day, last) <= 0) {
    const next = day.add({ days: 1 })
    const endsAtMs = findStart(next, timeZone)
    if (endsAtMs > startsAtMs) days.push({ date: day.toString(), startsAtMs, endsAtMs })
    day = next
    startsAtMs = endsAtMs
  }
  return days
}

/**
 * Lists the dates of {@link listLocalDays}, at a fraction of the cost: from one date to another, both included, without
 * dates that the zone skipped.
 */
export function listLocalDates(from: string, to: string, timeZone: string): string[] {
  const firstMs = Date.parse(`${from}T00:00Z`)
  const count = Math.round((Date.parse(`${to}T00:00Z`) - firstMs) / DAY_MS) + 1
  // Daylight saving shifts midnight by hours, a skipped date by a whole day: only then do days have to be counted.
  const lengthMs = findLocalDayBounds(to, timeZone).endsAtMs - findLocalDayBounds(from, timeZone).startsAtMs
  if (Math.round(lengthMs / DAY_MS) !== count)
    return listLocalDays(from, to, timeZone).map(({ date }) => date)
  return Array.from({ length: count }, (_, index) =>
    new Date(firstMs + index * DAY_MS).toISOString().slice(0, 10),
  )
}

function findStart(day: Temporal.PlainDate, timeZone: string): number {
  return day.toZonedDateTime({ timeZone }).epochMilliseconds
}
