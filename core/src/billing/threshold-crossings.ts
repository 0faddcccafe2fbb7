import { type BalanceLine, balanceAt, findCrossing } from './balance-line.ts'

/**
 * Which crossings of a balance line have been acted on. Together with the line it determines what is still to do, for
 * any process at any later time. Nothing is counted, so nothing is lost or done twice.
 */
export type WatchState = {
  /** When the balance reached zero, in epoch milliseconds; null: it was last seen above zero. */
  readonly outSinceMs: number | null
  /** When the balance fell below the low-balance threshold; null: it was last seen at or above it. */
  readonly lowSinceMs: number | null
}

/** A balance line with its watch state and thresholds. Amounts are milliseconds of talk time. */
export type WatchedLine = BalanceLine &
  WatchState & {
    /** Below it the balance is low. */
    readonly lowBalanceThresholdMs: number
    /** Auto-reload acts on a balance below it; null: auto-reload is off, or has acted on this fall already. */
    readonly reloadBelowMs: number | null
  }

/** The smallest positive balance: one below it has reached zero. */
const OUT_BELOW_MS = 1

/**
 * Returns `nowMs`, but no earlier than any instant the line has recorded. The clocks of several servers differ a little:
 * a server whose clock is behind must not see credit on a line that is known to be out.
 */
export function clampToKnownTime(line: BalanceLine & WatchState, nowMs: number): number {
  return Math.max(nowMs, line.anchorMs, line.outSinceMs ?? nowMs, line.lowSinceMs ?? nowMs)
}

/**
 * Finds the epoch millisecond at which a crossing of this line must next be acted on, if nothing else happens. The
 * result is never before `nowMs`, and equals it when something is due now. Null: never.
 */
export function findNextCrossing(line: WatchedLine, nowMs: number): number | null {
  const atMs = clampToKnownTime(line, nowMs)
  const crossings = [
    findWatchChange(line, OUT_BELOW_MS, line.outSinceMs, atMs),
    findWatchChange(line, line.lowBalanceThresholdMs, line.lowSinceMs, atMs),
    line.reloadBelowMs === null ? null : findFallBelow(line, line.reloadBelowMs, atMs),
  ]
  const known = crossings.filter((crossing) => crossing !== null)
  if (known.length === 0) return null
  const firstMs = Math.min(...known)
  return firstMs === atMs ? nowMs : firstMs
}

/** Finds when "below the threshold since" begins or stops to hold. */
function findWatchChange(
  line: BalanceLine,
  thresholdMs: number,
  belowSinceMs: number | null,
  nowMs: number,
): number | null {
  if (belowSinceMs === null) return findFallBelow(line, thresholdMs, nowMs)
  // Without an entry a balance never rises, so it is at the threshold again now or not at all.
  return balanceAt(line, nowMs) >= thresholdMs ? nowMs : null
}

function findFallBelow(line: BalanceLine, thresholdMs: number, nowMs: number): number | null {
  if (balanceAt(line, nowMs) < thresholdMs) return nowMs
  return findCrossing(line, thresholdMs - 1)
}

/** A change of a balance that has not been acted on yet. Instants are epoch milliseconds. */
export type Crossing =
  /** The balance reached zero at `atMs`. */
  | { readonly kind: 'went_out'; readonly atMs: number }
  /** There is credit again. */
  | { readonly kind: 'returned'; readonly outSinceMs: number }
  /** The balance fell below the low-balance threshold at `atMs`, and is above zero. */
  | { readonly kind: 'became_low'; readonly atMs: number }

/**
 * Decides which crossings to act on at `nowMs`. The caller that acts on them stores the returned watch state in that
 * transaction; it equals the line's own when there is nothing to do.
 */
export function decideCrossings(
  line: WatchedLine,
  nowMs: number,
): { readonly crossings: readonly Crossing[]; readonly watchState: WatchState } {
  const atMs = clampToKnownTime(line, nowMs)
  const outSinceMs = findBelowSince(line, OUT_BELOW_MS, line.outSinceMs, atMs)
  const lowSinceMs = findBelowSince(line, line.lowBalanceThresholdMs, line.lowSinceMs, atMs)
  const crossings: Crossing[] = []
  if (outSinceMs !== null && line.outSinceMs === null) {
    crossings.push({ kind: 'went_out', atMs: outSinceMs })
  }
  if (outSinceMs === null && line.outSinceMs !== null) {
    crossings.push({ kind: 'returned', outSinceMs: line.outSinceMs })
  }
  // "Low" adds nothing for a balance that is out, or was until now.
  if (lowSinceMs !== null && line.lowSinceMs === null && outSinceMs === null && line.outSinceMs === null) {
    crossings.push({ kind: 'became_low', atMs: lowSinceMs })
  }
  return { crossings, watchState: { outSinceMs, lowSinceMs } }
}

/** Finds since when the balance is below the threshold, no further back than the anchor; null: it is not below. */
function findBelowSince(
  line: BalanceLine,
  thresholdMs: number,
  knownSinceMs: number | null,
  nowMs: number,
): number | null {
  if (balanceAt(line, nowMs) >= thresholdMs) return null
  if (knownSinceMs !== null) return knownSinceMs
  // At its anchor the line changed: credit came or went. Nothing is known of the balance before it.
  return Math.min(nowMs, Math.max(line.anchorMs, findCrossing(line, thresholdMs - 1) ?? nowMs))
}

/** Whether the balance is below auto-reload's threshold at `nowMs`, and auto-reload has not acted on this fall yet. */
export function isBelowReloadThreshold(line: WatchedLine, nowMs: number): boolean {
  return line.reloadBelowMs !== null && balanceAt(line, clampToKnownTime(line, nowMs)) < line.reloadBelowMs
}
