/**
 * While n calls are in conversation a balance falls by n milliseconds per millisecond. Between events nothing has
 * to be written down: the balance at t is `balanceMs - liveCalls · (t - anchorMs)`.
 *
 * A call that is live since a adds (a - anchor) and one live call; taking it off at e subtracts (e - anchor) and
 * one live call. These are sums, so the order in which events arrive does not matter.
 */
export type BalanceLine = {
  /** Epoch milliseconds at which `balanceMs` is read. */
  readonly anchorMs: number
  /** Balance at the anchor, in milliseconds of talk time; may be negative. */
  readonly balanceMs: number
  /** Calls in conversation. */
  readonly liveCalls: number
}

/** The balance at an instant (epoch milliseconds), in milliseconds of talk time. */
export function balanceAt(line: BalanceLine, atMs: number): number {
  return line.balanceMs - line.liveCalls * (atMs - line.anchorMs)
}

/** The line with one more call in conversation since `sinceMs`. */
export function addLiveCall(line: BalanceLine, sinceMs: number): BalanceLine {
  return {
    anchorMs: line.anchorMs,
    balanceMs: line.balanceMs + (sinceMs - line.anchorMs),
    liveCalls: line.liveCalls + 1,
  }
}

/** The line with one call less, whose conversation was over at `untilMs`. */
export function removeLiveCall(line: BalanceLine, untilMs: number): BalanceLine {
  return {
    anchorMs: line.anchorMs,
    balanceMs: line.balanceMs - (untilMs - line.anchorMs),
    liveCalls: line.liveCalls - 1,
  }
}

/** The line after `amountMs` (of either sign) was granted, charged or has expired. */
export function addAmount(line: BalanceLine, amountMs: number): BalanceLine {
  return { ...line, balanceMs: line.balanceMs + amountMs }
}

/** The same line, read from another anchor. Keeps the numbers small; changes no balance. */
export function rebaseLine(line: BalanceLine, anchorMs: number): BalanceLine {
  return { anchorMs, balanceMs: balanceAt(line, anchorMs), liveCalls: line.liveCalls }
}

/**
 * The first whole millisecond at which the balance is at or below `thresholdMs`, or null when no call is live
 * (then it never moves). It may lie in the past: then the balance is there already.
 */
export function findCrossing(line: BalanceLine, thresholdMs: number): number | null {
  if (line.liveCalls <= 0) return null
  return line.anchorMs + Math.ceil((line.balanceMs - thresholdMs) / line.liveCalls)
}
