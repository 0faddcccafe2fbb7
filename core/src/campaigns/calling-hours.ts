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

/** When calls may be made, by the clock of a time zone. A day may have several spans; one without any has no calls. */
export type CallingHours = {
  readonly timeZone: string
  readonly days: readonly {
    readonly day: Weekday
    /** `HH:MM`. */
    readonly from: string
    /** `HH:MM`, later than `from`; `24:00` is the end of the day. */
    readonly to: string
  }[]
}

/** How calling hours stand at an instant. Instants are epoch milliseconds; `null`: never. */
export type CallingState =
  | { readonly open: true; readonly closesAtMs: number | null }
  | { readonly open: false; readonly opensAtMs: number | null }

type Span = { readonly fromMs: number; readonly toMs: number }

/** A week, and a day on either side for spans that reach over midnight. */
const DAYS_AHEAD = 9

/**
 * Whether calls may be made at `atMs`, and until when that holds. Null hours are always open. A time of day that
 * daylight saving skips begins after the gap; one that comes twice begins at the first, and ends at the last.
 */
export function callingState(hours: CallingHours | null, atMs: number): CallingState {
  if (hours === null) return { open: true, closesAtMs: null }
  const spans = spansAround(hours, atMs)
  const now = spans.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
  if (now !== undefined) return { open: true, closesAtMs: closingOf(now, hours, atMs) }
  const next = spans.find(({ fromMs }) => fromMs > atMs)
  return { open: false, opensAtMs: next?.fromMs ?? null }
}

/** Hours around the clock never close: what looks like an end is only the end of what was looked at. */
function closingOf({ toMs }: Span, { timeZone }: CallingHours, atMs: number): number | null {
  const horizonMs = startOfDayMs(localDate(atMs, timeZone).add({ days: DAYS_AHEAD - 1 }), timeZone)
  return toMs >= horizonMs ? null : toMs
}

/** The spans from the day before `atMs` to a week after it, in order, those that touch made one. */
function spansAround({ timeZone, days }: CallingHours, atMs: number): Span[] {
  const today = localDate(atMs, timeZone)
  const spans: Span[] = []
  for (let ahead = -1; ahead < DAYS_AHEAD; ahead += 1) {
    const date = today.add({ days: ahead })
    const weekday = weekdays[date.dayOfWeek - 1]
    for (const { day, from, to } of days) {
      if (day !== weekday) continue
      const fromMs = instantMs(date, from, timeZone, 'compatible')
      const toMs =
        to === '24:00'
          ? startOfDayMs(date.add({ days: 1 }), timeZone)
          : instantMs(date, to, timeZone, 'later')
      if (fromMs < toMs) spans.push({ fromMs, toMs })
    }
  }
  return merged(spans.sort((one, other) => one.fromMs - other.fromMs))
}

function merged(spans: readonly Span[]): Span[] {
  const result: Span[] = []
  for (const span of spans) {
    const last = result.at(-1)
    if (last === undefined || span.fromMs > last.toMs) result.push(span)
    else result[result.length - 1] = { fromMs: last.fromMs, toMs: Math.max(last.toMs, span.toMs) }
  }
  return result
}

function localDate(atMs: number, timeZone: string): Temporal.PlainDate {
  return Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
}

function startOfDayMs(date: Temporal.PlainDate, timeZone: string): number {
  return date.toZonedDateTime({ timeZone }).epochMilliseconds
}

function instantMs(
  date: Temporal.PlainDate,
  time: string,
  timeZone: string,
  disambiguation: 'compatible' | 'later',
): number {
  return date.toPlainDateTime(Temporal.PlainTime.from(time)).toZonedDateTime(timeZone, { disambiguation })
    .epochMilliseconds
}
