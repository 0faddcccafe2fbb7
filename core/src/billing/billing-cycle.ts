/** A billing cycle: number 0 is the first; it runs from `startsAtMs` up to, not including, `endsAtMs`. */
export type BillingCycle = {
  readonly number: number
  readonly startsAtMs: number
  readonly endsAtMs: number
}

/** The local date and time at which a plan starts that starts at `atMs`, e.g. 2026-01-31T09:30:00. */
export function computeCycleAnchor(atMs: number, timeZone: string): string {
  return Temporal.Instant.fromEpochMilliseconds(atMs)
    .toZonedDateTimeISO(timeZone)
    .toPlainDateTime()
    .toString()
}

/**
 * The nth monthly cycle of a plan that started at the local time `anchorLocal` in `timeZone`. Months are counted
 * from the anchor, so the 31st becomes the last day of shorter months and the 31st again after them. The clock
 * time stays; where daylight saving skips it, it is taken after the gap, where it occurs twice, the first.
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
