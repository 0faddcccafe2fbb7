/**
 * The instants at which a local day begins and the next one does, as epoch milliseconds. A day of daylight saving
 * has 23 or 25 hours; a day that a zone skipped is empty. Throws a RangeError where there is no such date.
 */
export function localDayBounds(date: string, timeZone: string): { startsAtMs: number; endsAtMs: number } {
  const day = Temporal.PlainDate.from(date)
  const startMs = (of: Temporal.PlainDate) => of.toZonedDateTime({ timeZone }).epochMilliseconds
  return { startsAtMs: startMs(day), endsAtMs: startMs(day.add({ days: 1 })) }
}

/** The local date on which an instant (epoch milliseconds) falls. */
export function localDate(atMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
}
