/**
 * The instants at which the calendar month that holds `atMs` begins and the next one does, in a time zone; all epoch
 * milliseconds. Where a month's first midnight is skipped, it begins after the gap.
 */
export function findLocalMonthBounds(
  atMs: number,
  timeZone: string,
): { startsAtMs: number; endsAtMs: number } {
  const day = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const first = day.with({ day: 1 })
  const startMs = (of: Temporal.PlainDate) => of.toZonedDateTime({ timeZone }).epochMilliseconds
  return { startsAtMs: startMs(first), endsAtMs: startMs(first.add({ months: 1 })) }
}
