/**
 * Finds when the calendar month that holds `atMs` starts and ends in a time zone, in epoch milliseconds. A month whose
 * first midnight is skipped starts after the gap.
 */
export function findLocalMonthBounds(
  atMs: number,
  timeZone: string,
): { startsAtMs: number; endsAtMs: number } {
  const day = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const first = day.with({ day: 1 })
  const findStart = (of: Temporal.PlainDate) => of.toZonedDateTime({ timeZone }).epochMilliseconds
  return { startsAtMs: findStart(first), endsAtMs: findStart(first.add({ months: 1 })) }
}
