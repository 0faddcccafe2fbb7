/** Where time comes from. Domain code never reads a clock: it is handed `now` as epoch milliseconds. */
export type Clock = { readonly now: () => number }

export const systemClock: Clock = { now: () => Date.now() }

/** A clock that stands still until it is moved: for tests, and for the demo's year of history. */
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
