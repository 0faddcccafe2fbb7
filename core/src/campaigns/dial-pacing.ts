import { MINUTE_MS } from '../time/durations.ts'

/** A campaign's limits: calls at the same time, and calls begun in a minute. */
export type DialingPace = {
  /** The most calls at the same time. */
  readonly concurrency: number
  /** The most dials begun in any 60 seconds; null: only `concurrency` limits them. */
  readonly callsPerMinute: number | null
}

export type DialingSituation = {
  /** Dials that are not over. */
  readonly calling: number
  /** Contacts that may be called now. */
  readonly due: number
  /** Dials begun within the last minute. */
  readonly startedLastMinute: number
  /** `nextSlotMs` of the last {@link DialPlan}; 0 for a campaign that has not dialed yet. */
  readonly nextSlotMs: number
}

export type DialPlan = {
  /** The number of dials to begin now. */
  readonly count: number
  /** The epoch millisecond of the next dial if dials are spread evenly over the minute. */
  readonly nextSlotMs: number
  /** When the pace allows the next dial, in epoch milliseconds; null: the pace is not what limits dials. */
  readonly lookAgainMs: number | null
}

/** Slots missed by planning late are made up for within this time; older ones are dropped. */
const CATCH_UP_MS = 1_000
/** The most dials begun at once in a campaign without a pace. */
const BURST_MAX = 100
/** How soon to look again when the last 60 seconds have used up the pace. */
const WINDOW_FULL_MS = 250

/**
 * Plans how many dials to begin at `nowMs` (epoch milliseconds). Dials are spread evenly over the minute. No 60 seconds
 * see more dials than the pace allows, counted by when they really began, however irregularly this is called.
 */
export function planDials(pace: DialingPace, situation: DialingSituation, nowMs: number): DialPlan {
  const free = Math.max(0, pace.concurrency - situation.calling)
  const wanted = Math.min(free, situation.due)
  const { callsPerMinute } = pace
  if (callsPerMinute === null) {
    return {
      count: Math.min(wanted, BURST_MAX),
      nextSlotMs: nowMs,
      lookAgainMs: wanted > BURST_MAX ? nowMs : null,
    }
  }
  const intervalMs = MINUTE_MS / callsPerMinute
  const firstSlotMs = Math.max(situation.nextSlotMs, nowMs - CATCH_UP_MS)
  const slots = firstSlotMs > nowMs ? 0 : 1 + Math.floor((nowMs - firstSlotMs) / intervalMs)
  const leftInMinute = Math.max(0, Math.floor(callsPerMinute) - situation.startedLastMinute)
  const count = Math.min(wanted, slots, leftInMinute)
  const nextSlotMs = count === 0 ? situation.nextSlotMs : Math.ceil(firstSlotMs + count * intervalMs)
  if (wanted <= count) return { count, nextSlotMs, lookAgainMs: null }
  const lookAgainMs = leftInMinute <= count ? nowMs + WINDOW_FULL_MS : Math.max(nextSlotMs, nowMs + 1)
  return { count, nextSlotMs, lookAgainMs }
}
