import { type CallingHours, callingState } from './calling-hours.ts'

/** A stretch of time; epoch milliseconds, the end not included. */
export type TimeRange = { readonly startsAtMs: number; readonly endsAtMs: number }

/** A campaign that is to call while nobody looks. Instants are epoch milliseconds, amounts milliseconds of talk time. */
export type ForecastCampaign = {
  /** From when on it calls. */
  readonly startsAtMs: number
  readonly callingHours: CallingHours | null
  /** Calls at once, at the most. */
  readonly concurrency: number
  readonly callsPerMinute: number | null
  readonly contactsLeft: number
  /** What a contact is expected to use until nobody calls it any more. */
  readonly perContactMs: number
}

const MINUTE_MS = 60_000
const NIGHT_FROM = '20:00'
const NIGHT_TO = '08:00'

/**
 * What is ahead of the present night by the clock of a time zone, or else the coming one: from 20:00 to 8:00, the hours
 * in which a declined card waits for somebody to wake.
 */
export function findOvernightRange(atMs: number, timeZone: string): TimeRange {
  const today = Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate()
  const instantMs = (date: Temporal.PlainDate, time: string) =>
    date.toZonedDateTime({ timeZone, plainTime: Temporal.PlainTime.from(time) }).epochMilliseconds
  const thisMorningMs = instantMs(today, NIGHT_TO)
  if (atMs < thisMorningMs) return { startsAtMs: atMs, endsAtMs: thisMorningMs }
  return {
    startsAtMs: Math.max(atMs, instantMs(today, NIGHT_FROM)),
    endsAtMs: instantMs(today.add({ days: 1 }), NIGHT_TO),
  }
}

/**
 * What a campaign is expected to use within a stretch: no more than its contacts take, than its pace lets it call, or
 * than its calls can use that are on at once. Whole milliseconds of talk time.
 */
export function forecastUsage(campaign: ForecastCampaign, { startsAtMs, endsAtMs }: TimeRange): number {
  const openMs = openWithinMs(campaign.callingHours, Math.max(startsAtMs, campaign.startsAtMs), endsAtMs)
  const { contactsLeft, callsPerMinute, concurrency, perContactMs } = campaign
  const contactsMax = callsPerMinute === null ? contactsLeft : (callsPerMinute * openMs) / MINUTE_MS
  const contacts = Math.min(contactsLeft, contactsMax)
  return Math.round(Math.min(contacts * perContactMs, concurrency * openMs))
}

/** How long calling hours are open between two instants. */
function openWithinMs(hours: CallingHours | null, fromMs: number, toMs: number): number {
  let openMs = 0
  for (let atMs = fromMs; atMs < toMs; ) {
    const state = callingState(hours, atMs)
    const nextMs = Math.min((state.open ? state.closesAtMs : state.opensAtMs) ?? toMs, toMs)
    if (state.open) openMs += nextMs - atMs
    atMs = nextMs
  }
  return openMs
}
