/** The source of time. Domain code never reads a clock: it takes `nowMs` (epoch milliseconds) as an argument. */
export type Clock = {
  readonly now: () => number
  /** Why this clock must not decide what calls cost, as a sentence. Undefined: it may. A clock without it always may. */
  readonly findFault?: () => string | undefined
}

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until it is moved. Tests use it, and the demo’s year of history. */
export function virtualClock(startMs: number): Clock & { advance(ms: number): void; set(ms: number): void } {
  let nowMs = startMs
  return {
    now: () => nowMs,
    advance(ms) {
      nowMs += ms
    },
    set(ms) {
      nowMs = ms
    },
  }
}
