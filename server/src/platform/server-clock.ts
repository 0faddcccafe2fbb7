import { type Clock, systemClock } from './clock.ts'
import type { Logger } from './log.ts'

/**
 * The clock of a server that shares its database with others: the database's time. What one server stamps and another one
 * charges then lies on one line of time, however wrong their own clocks are.
 *
 * Between comparisons it runs on the monotonic timer, so a system clock that is set, or jumps, moves nothing. It never
 * goes back: where it is ahead of the database's time, it runs at half speed until it is not.
 */
export type ServerClock = Clock & {
  /** Takes a comparison with the database's clock. */
  observe(sample: ClockSample): void
  /** How far the system clock is ahead of the database's, in milliseconds. Undefined before the first comparison. */
  readonly skewMs: () => number | undefined
}

/** The database's time (epoch milliseconds), which was read between two instants of the monotonic timer. */
export type ClockSample = {
  readonly sentMs: number
  readonly receivedMs: number
  readonly databaseMs: number
}

export type ServerClockOptions = {
  readonly log: Logger
  /** The computer's clock, in epoch milliseconds. */
  readonly system?: Clock
  /** A timer that never jumps, in milliseconds. Its zero is arbitrary. */
  readonly monotonicMs?: () => number
}

/** Beyond this skew, a line in the log says that timestamps do not follow the system clock. */
const CORRECTED_SKEW_MS = 500
/** Beyond this skew one of the two clocks is plainly wrong, and nobody here can know which one. */
const SKEW_MS_MAX = 5_000
/** A comparison counts until this many newer ones were taken. */
const SAMPLES_MAX = 8
/** While the clock is ahead, this part of each millisecond is left out. */
const SLOWING = 0.5

/** What a comparison says about `database time - monotonic time`: it lies within these bounds. */
type Bounds = { readonly lowMs: number; readonly highMs: number }

export function createServerClock(options: ServerClockOptions): ServerClock {
  const { log, system = systemClock, monotonicMs = () => performance.now() } = options
  let samples: readonly Bounds[] = []
  /** The database's time minus the monotonic time, as last measured. */
  let measuredMs: number | undefined
  /** This clock's time minus the monotonic time. It follows `measuredMs` while the system clock agrees. */
  let offsetMs = system.now() - monotonicMs()
  /** How far this clock was ahead at `aheadSinceMs`. */
  let aheadMs = 0
  let aheadSinceMs = 0
  let level: SkewLevel = 'none'

  function readExactly(timerMs: number): number {
    const leftMs = aheadMs - (timerMs - aheadSinceMs) * SLOWING
    return timerMs + offsetMs + Math.max(0, leftMs)
  }

  function moveTo(nextMs: number): void {
    const timerMs = monotonicMs()
    const isFirst = measuredMs === undefined
    // Nothing was stamped before the first comparison.
    aheadMs = isFirst ? 0 : Math.max(0, readExactly(timerMs) - (timerMs + nextMs))
    aheadSinceMs = timerMs
    offsetMs = nextMs
  }

  const skewMs = () => (measuredMs === undefined ? undefined : system.now() - monotonicMs() - measuredMs)
  const isFaulty = () => Math.abs(skewMs() ?? 0) > SKEW_MS_MAX

  return {
    skewMs,
    now: () => Math.floor(readExactly(monotonicMs())),
    observe(sample) {
      samples = addSample(samples, sample)
      const best = samples.reduce((a, b) => (widthOf(a) <= widthOf(b) ? a : b))
      const isFirst = measuredMs === undefined
      const nextMs = isFirst ? (best.lowMs + best.highMs) / 2 : clamp(measuredMs ?? 0, best)
      const disagrees = Math.abs(system.now() - monotonicMs() - nextMs) > SKEW_MS_MAX
      // Once the clocks disagree, the database's may be the one that jumped. This clock goes on as before.
      if (isFirst || !disagrees) moveTo(nextMs)
      measuredMs = nextMs
      level = logSkew(log, level, system.now() - monotonicMs() - nextMs)
    },
    findFault() {
      if (!isFaulty()) return undefined
      const seconds = ((skewMs() ?? 0) / 1000).toFixed(1)
      return `The clock of this server differs from the database’s by ${seconds} seconds. Set both by NTP.`
    },
  }
}

function addSample(samples: readonly Bounds[], { sentMs, receivedMs, databaseMs }: ClockSample): Bounds[] {
  const added = { lowMs: databaseMs - receivedMs, highMs: databaseMs - sentMs }
  // A comparison that contradicts an earlier one says that the database's clock was set in between.
  const agreeing = samples.filter(({ lowMs, highMs }) => lowMs <= added.highMs && added.lowMs <= highMs)
  return [...agreeing, added].slice(-SAMPLES_MAX)
}

const widthOf = ({ lowMs, highMs }: Bounds) => highMs - lowMs

/** Moves a value into the bounds, by as little as possible. */
const clamp = (value: number, { lowMs, highMs }: Bounds) => Math.min(Math.max(value, lowMs), highMs)

type SkewLevel = 'none' | 'corrected' | 'faulty'

/** Reports each change of the skew's level. Returns the level. */
function logSkew(log: Logger, before: SkewLevel, skewMs: number): SkewLevel {
  const level = levelOf(Math.abs(skewMs))
  if (level === before) return level
  const about = { skewMs: Math.round(skewMs) }
  if (level === 'faulty') log.error(about, 'The system clock and the database’s differ; calls are refused')
  else if (level === 'corrected') log.warn(about, 'The system clock is off; timestamps follow the database’s')
  else log.info(about, 'The system clock agrees with the database’s again')
  return level
}

function levelOf(skewMs: number): SkewLevel {
  if (skewMs > SKEW_MS_MAX) return 'faulty'
  return skewMs > CORRECTED_SKEW_MS ? 'corrected' : 'none'
}
