import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import type { SeededRandom } from '../../platform/seeded-random.ts'

/** How many simulated calls there are at once. */
export type CallVolume = {
  /** How many calls are to be on, while so many talk. Ask every few seconds. */
  crowd(nowMs: number, talking: number): number
}

export type CallVolumeDeps = {
  readonly chance: SeededRandom
  /** Whether somebody has a dashboard of the workspace open. */
  readonly isWatched: () => boolean
  readonly startsAtMs: number
}

type Traffic = { readonly crowds: readonly number[]; readonly weights: readonly number[] }

const lively: Traffic = { crowds: [1, 2, 3], weights: [2, 5, 2] }
/** About what the year before was like. */
const quiet: Traffic = { crowds: [0, 1], weights: [11, 1] }

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs

/** Whoever starts the demo has yet to open the dashboard; whoever closes it may be about to come back. */
const firstLookMs = 60 * minuteMs
const afterLookMs = 3 * minuteMs

/** Talk time that can be used at once, and that is added over a day. */
const savedMsMax = 210 * MS_PER_CREDIT
const dailyMs = 380 * MS_PER_CREDIT
/** What is saved up before it is lively again. */
const savedMsMin = 40 * MS_PER_CREDIT

/**
 * Lively while somebody watches, quiet otherwise, and never livelier over a day than its talk time allows: one call that
 * is always on uses 1,440 credits a day, next to which the year of history would be a flat line.
 */
export function createCallVolume({ chance, isWatched, startsAtMs }: CallVolumeDeps): CallVolume {
  let livelyUntilMs = startsAtMs + firstLookMs
  let savedMs = savedMsMax
  let askedAtMs = startsAtMs
  let exhausted = false
  let traffic = lively
  let crowd = 2
  let crowdUntilMs = Number.NEGATIVE_INFINITY

  function trafficAt(nowMs: number, talking: number): Traffic {
    const passedMs = nowMs - askedAtMs
    askedAtMs = nowMs
    savedMs = Math.min(savedMsMax, savedMs + passedMs * (dailyMs / dayMs - talking))
    exhausted = savedMs < (exhausted ? savedMsMin : 0)
    if (isWatched()) livelyUntilMs = Math.max(livelyUntilMs, nowMs + afterLookMs)
    return nowMs < livelyUntilMs && !exhausted ? lively : quiet
  }

  return {
    crowd(nowMs, talking) {
      const next = trafficAt(nowMs, talking)
      if (nowMs >= crowdUntilMs || next !== traffic) {
        traffic = next
        crowd = traffic.crowds[chance.weighted(traffic.weights)] ?? 1
        crowdUntilMs = nowMs + chance.between(45_000, 150_000)
      }
      return crowd
    },
  }
}
