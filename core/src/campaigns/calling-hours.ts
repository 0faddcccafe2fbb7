/** The days of a week, Monday first, as the API names them. */
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

/** The `to` of a span that lasts until midnight. `00:00` is the start of a day, never its end. */
export const END_OF_DAY = '24:00'

/** A stretch of one weekday in which calls may be made. */
export type CallingSpan = {
  readonly day: Weekday
  /** `HH:MM`. */
  readonly from: string
  /** `HH:MM`, later than `from`; {@link END_OF_DAY} is midnight. Hours over midnight are two spans. */
  readonly to: string
}

/** When calls may be made, by the clock of a time zone. A day may have several spans, and may have none. */
export type CallingHours = {
  readonly timeZone: string
  readonly days: readonly CallingSpan[]
}

const TIME_OF_DAY = /^([01]\d|2[0-3]):[0-5]\d$/

export type SpanProblem = 'not_a_time' | 'ends_before_start'

/** Finds what is wrong with a span: a text that is no time of day, or an end that is not later than the start. */
export function findSpanProblem({ from, to }: Pick<CallingSpan, 'from' | 'to'>): SpanProblem | null {
  if (!TIME_OF_DAY.test(from) || !(TIME_OF_DAY.test(to) || to === END_OF_DAY)) return 'not_a_time'
  return from < to ? null : 'ends_before_start'
}

/** Whether calls may be made at an instant, and when that changes, in epoch milliseconds; null: never. */
export type CallingState =
  | { readonly open: true; readonly closesAtMs: number | null }
  | { readonly open: false; readonly opensAtMs: number | null }

type Span = { readonly fromMs: number; readonly toMs: number }

/** A week and a day on either side of it, for spans that touch at midnight. */
const DAYS_AHEAD = 9

/**
 * Tells whether calls may be made at `atMs` and until when. Null hours are always open. A span that starts in the gap
 * of a daylight saving change starts after the gap. Where a time of day occurs twice, spans start at the first
 * occurrence and end at the last.
 */
export function callingState(hours: CallingHours | null, atMs: number): CallingState {
  if (hours === null) return { open: true, closesAtMs: null }
  const spans = listSpans(hours, atMs)
  const now = spans.find(({ fromMs, toMs }) => fromMs <= atMs && atMs < toMs)
  if (now !== undefined) return { open: true, closesAtMs: findClosing(now, hours, atMs) }
  const next = spans.find(({ fromMs }) => fromMs > atMs)
  return { open: false, opensAtMs: next?.fromMs ?? null }
}

/** When a span closes; null for hours around the clock, whose merged span reaches the end of the days looked at. */
function findClosing({ toMs }: Span, { timeZone }: CallingHours, atMs: number): number | null {
  const horizonMs = startOfDayMs(localDate(atMs, timeZone).add({ days: DAYS_AHEAD - 1 }), timeZone)
  return toMs >= horizonMs ? null : toMs
}

/** Lists the spans from the day before `atMs` to a week after it, in order. Spans that touch are merged. */
function listSpans({ timeZone, days }: CallingHours, atMs: number): Span[] {
  const today = localDate(atMs, timeZone)
  const spans: Span[] = []
  for (let ahead = -1; ahead < DAYS_AHEAD; ahead += 1) {
    const date = today.add({ days: ahead })
    const weekday = weekdays[date.dayOfWeek - 1]
    for (const { day, from, to } of days) {
      if (day !== weekday) continue
      const fromMs = instantMs(date, from, timeZone, 'compatible')
      const toMs =
        to === END_OF_DAY
          ? startOfDayMs(date.add({ days: 1 }), timeZone)
          : instantMs(date, to, timeZone, 'later')
      if (fromMs < toMs) spans.push({ fromMs, toMs })
    }
  }
  return mergeSpans(spans.sort((one, other) => one.fromMs - other.fromMs))
}

function mergeSpans(spans: readonly Span[]): Span[] {
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
