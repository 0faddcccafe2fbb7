import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { SeededRandom } from '../../platform/seeded-random.ts'

/** Decides how many simulated calls there are at once. */
export type CallVolume = {
  /**
   * Returns the number of calls that should be live now. Call it every few seconds.
   *
   * @param liveCalls the number of live calls since the last time it was called
   */
  chooseTarget(nowMs: number, liveCalls: number): number
}

export type CallVolumeDeps = {
  readonly chance: SeededRandom
  /** Whether a dashboard of the workspace is open. */
  readonly isWatched: () => boolean
  readonly startsAtMs: number
}

/** Numbers of calls at once, and how often each is chosen. */
type Traffic = { readonly targets: readonly number[]; readonly weights: readonly number[] }

const lively: Traffic = { targets: [1, 2, 3], weights: [2, 5, 2] }
/** About as many calls as during the year of history. */
const quiet: Traffic = { targets: [0, 1], weights: [11, 1] }

/** Traffic is lively for this long after the start: the dashboard has yet to be opened. */
const LIVELY_AFTER_START_MS = HOUR_MS
/** Traffic stays lively for this long after a dashboard was last open: its viewer may come back. */
const LIVELY_AFTER_VIEW_MS = 3 * MINUTE_MS

/** The most talk time that can be saved up. */
const SAVED_MS_MAX = 210 * MS_PER_CREDIT
/** Talk time added over a day. */
const DAILY_MS = 380 * MS_PER_CREDIT
/** Talk time that must be saved up before traffic is lively again. */
const SAVED_MS_MIN = 40 * MS_PER_CREDIT

/**
 * Creates a call volume that is lively while somebody watches, quiet otherwise, and limited by an allowance of talk time
 * a day. Without the allowance, one call that is always live would use 1,440 credits a day, and the year of history
 * would look like a flat line beside it.
 */
export function createCallVolume({ chance, isWatched, startsAtMs }: CallVolumeDeps): CallVolume {
  let livelyUntilMs = startsAtMs + LIVELY_AFTER_START_MS
  let savedMs = SAVED_MS_MAX
  let askedAtMs = startsAtMs
  let isExhausted = false
  let traffic = lively
  let target = 2
  let targetUntilMs = Number.NEGATIVE_INFINITY

  function chooseTraffic(nowMs: number, liveCalls: number): Traffic {
    const passedMs = nowMs - askedAtMs
    askedAtMs = nowMs
    savedMs = Math.min(SAVED_MS_MAX, savedMs + passedMs * (DAILY_MS / DAY_MS - liveCalls))
    isExhausted = savedMs < (isExhausted ? SAVED_MS_MIN : 0)
    if (isWatched()) livelyUntilMs = Math.max(livelyUntilMs, nowMs + LIVELY_AFTER_VIEW_MS)
    return nowMs < livelyUntilMs && !isExhausted ? lively : quiet
  }

  return {
    chooseTarget(nowMs, liveCalls) {
      const next = chooseTraffic(nowMs, liveCalls)
      if (nowMs >= targetUntilMs || next !== traffic) {
        traffic = next
        target = traffic.targets[chance.weighted(traffic.weights)] ?? 1
        targetUntilMs = nowMs + chance.between(45 * SECOND_MS, 150 * SECOND_MS)
      }
      return target
    },
  }
}
