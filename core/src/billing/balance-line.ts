/**
 * A balance as a line over time. While n calls are in conversation, the balance falls by n milliseconds per
 * millisecond, so nothing is written between events: the balance at t is `balanceMs - liveCalls · (t - anchorMs)`.
 *
 * A call live since a adds (a - anchor) and one live call. Its end at e subtracts (e - anchor) and one live call.
 * These are sums, so events may arrive in any order.
 */
export type BalanceLine = {
  /** Epoch milliseconds at which `balanceMs` is read. */
  readonly anchorMs: number
  /** Balance at the anchor, in milliseconds of talk time; may be negative. */
  readonly balanceMs: number
  /** Calls in conversation. */
  readonly liveCalls: number
}

/** Returns the balance at `atMs` (epoch milliseconds), in milliseconds of talk time. Negative: an overdraft. */
export function balanceAt(line: BalanceLine, atMs: number): number {
  return line.balanceMs - line.liveCalls * (atMs - line.anchorMs)
}

/** Returns the line with one more call in conversation since `sinceMs` (epoch milliseconds). */
export function addLiveCall(line: BalanceLine, sinceMs: number): BalanceLine {
  return {
    anchorMs: line.anchorMs,
    balanceMs: line.balanceMs + (sinceMs - line.anchorMs),
    liveCalls: line.liveCalls + 1,
  }
}

/** Returns the line with one live call less: its conversation ended at `untilMs` (epoch milliseconds). */
export function removeLiveCall(line: BalanceLine, untilMs: number): BalanceLine {
  return {
    anchorMs: line.anchorMs,
    balanceMs: line.balanceMs - (untilMs - line.anchorMs),
    liveCalls: line.liveCalls - 1,
  }
}

/**
 * Returns the line after an entry of `amountMs` milliseconds of talk time: above zero for a grant, below zero for a
 * charge or an expiry.
 */
export function addAmount(line: BalanceLine, amountMs: number): BalanceLine {
  return { ...line, balanceMs: line.balanceMs + amountMs }
}

/** Moves the anchor to `anchorMs` (epoch milliseconds) without changing any balance. Keeps the numbers small. */
export function rebaseLine(line: BalanceLine, anchorMs: number): BalanceLine {
  return { anchorMs, balanceMs: balanceAt(line, anchorMs), liveCalls: line.liveCalls }
}

/**
 * Finds the first whole millisecond (epoch) at which the balance is at or below `thresholdMs`. The result lies in the
 * past when the balance is there already. Null when no call is live, because the balance does not move then.
 */
export function findCrossing(line: BalanceLine, thresholdMs: number): number | null {
  if (line.liveCalls <= 0) return null
  return line.anchorMs + Math.ceil((line.balanceMs - thresholdMs) / line.liveCalls)
}
