/** A billing cycle: the instants from `startsAtMs` up to, but not including, `endsAtMs`. The first has number 0. */
export type BillingCycle = {
  readonly number: number
  readonly startsAtMs: number
  readonly endsAtMs: number
}

/** Computes the anchor of a plan that starts at `atMs`: its local date and time, such as 2026-01-31T09:30:00. */
export function computeCycleAnchor(atMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString()
}

/**
 * Computes a monthly cycle of a plan that started at the local time `anchorLocal` in `timeZone`. Months are counted from
 * the anchor, so the 31st becomes the last day of a shorter month and the 31st again in the next. Every cycle starts at
 * the anchor's clock time. A clock time that daylight saving skips moves behind the gap; of one that occurs twice, the
 * first counts.
 *
 * @param number 0 for the first cycle
 */
export function computeBillingCycle(anchorLocal: string, timeZone: string, number: number): BillingCycle {
  return {
    number,
    startsAtMs: cycleStartMs(anchorLocal, timeZone, number),
    endsAtMs: cycleStartMs(anchorLocal, timeZone, number + 1),
  }
}

function cycleStartMs(anchorLocal: string, timeZone: string, number: number): number {
  return Temporal.PlainDateTime.from(anchorLocal)
    .add({ months: number }, { overflow: 'constrain' })
    .toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds
}
