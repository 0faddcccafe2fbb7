import { MINUTE_MS } from '../time/durations.ts'
import { type CallingHours, callingState } from './calling-hours.ts'

/** The instants from `startsAtMs` up to, but not including, `endsAtMs`, in epoch milliseconds. */
export type TimeRange = { readonly startsAtMs: number; readonly endsAtMs: number }

/** A campaign whose usage is forecast. */
export type ForecastCampaign = {
  /** The epoch millisecond from which it calls. */
  readonly startsAtMs: number
  readonly callingHours: CallingHours | null
  /** The most calls at the same time. */
  readonly concurrency: number
  readonly callsPerMinute: number | null
  readonly contactsLeft: number
  /** Expected usage of one contact over all its attempts, in milliseconds of talk time. */
  readonly perContactMs: number
}

/** The hours in which nobody is expected to see that a card was declined, by the workspace's clock. */
const NIGHT_FROM = '20:00'
const NIGHT_TO = '08:00'

/**
 * Finds the night at `atMs` (epoch milliseconds) by the clock of a time zone, from 20:00 to 8:00. During a night it is
 * what is left of it, by day the next one.
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
 * Forecasts a campaign's usage within a time range, in whole milliseconds of talk time. It is the least of three bounds:
 * what its contacts use, what its pace allows, and what its concurrent calls can use.
 */
export function forecastUsage(campaign: ForecastCampaign, { startsAtMs, endsAtMs }: TimeRange): number {
  const openMs = measureOpenTime(campaign.callingHours, Math.max(startsAtMs, campaign.startsAtMs), endsAtMs)
  const { contactsLeft, callsPerMinute, concurrency, perContactMs } = campaign
  const contactsMax = callsPerMinute === null ? contactsLeft : (callsPerMinute * openMs) / MINUTE_MS
  const contacts = Math.min(contactsLeft, contactsMax)
  return Math.round(Math.min(contacts * perContactMs, concurrency * openMs))
}

/** Measures how long calling hours are open between two instants, in milliseconds. */
function measureOpenTime(hours: CallingHours | null, fromMs: number, toMs: number): number {
  let openMs = 0
  for (let atMs = fromMs; atMs < toMs; ) {
    const state = callingState(hours, atMs)
    const nextMs = Math.min((state.open ? state.closesAtMs : state.opensAtMs) ?? toMs, toMs)
    if (state.open) openMs += nextMs - atMs
    atMs = nextMs
  }
  return openMs
}
