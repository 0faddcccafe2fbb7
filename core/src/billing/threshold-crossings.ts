import { type BalanceLine, balanceAt, findCrossing } from './balance-line.ts'

/**
 * What was last seen of a line, and acted on. Together with the line it says what is still to be done, whoever looks
 * and however late: nothing is counted, so nothing can be lost or done twice.
 */
export type WatchState = {
  /** The instant at which the balance reached zero; null: it was last seen above. */
  readonly outSinceMs: number | null
  /** The instant at which the balance fell below its low level; null: it was last seen at or above it. */
  readonly lowSinceMs: number | null
}

/** A line with its marks and the levels that somebody wants to hear of. Amounts in milliseconds of talk time. */
export type WatchedLine = BalanceLine &
  WatchState & {
    /** Below it the balance is low. */
    readonly lowBalanceThresholdMs: number
    /** Auto-reload has to hear of a balance below it; null: it does not, or has heard. */
    readonly reloadBelowMs: number | null
  }

/** The first whole millisecond of a credit: a balance below it has reached zero. */
const ONE_MS = 1

/**
 * The clocks of several servers differ by a little. It is no earlier than what is known to have happened: a server
 * that is behind takes a balance that has reached zero for nothing else.
 */
export function clampToKnownTime(line: BalanceLine & WatchState, nowMs: number): number {
  return Math.max(nowMs, line.anchorMs, line.outSinceMs ?? nowMs, line.lowSinceMs ?? nowMs)
}

/**
 * When something is to be done about the line if nothing else happens: at `nowMs` at the earliest, which means at
 * once; null: never.
 */
export function findNextCrossing(line: WatchedLine, nowMs: number): number | null {
  const atMs = clampToKnownTime(line, nowMs)
  const crossings = [
    markMovesAt(line, ONE_MS, line.outSinceMs, atMs),
    markMovesAt(line, line.lowBalanceThresholdMs, line.lowSinceMs, atMs),
    line.reloadBelowMs === null ? null : fallsBelowAt(line, line.reloadBelowMs, atMs),
  ]
  const known = crossings.filter((crossing) => crossing !== null)
  if (known.length === 0) return null
  const firstMs = Math.min(...known)
  return firstMs === atMs ? nowMs : firstMs
}

function markMovesAt(
  line: BalanceLine,
  levelMs: number,
  belowSinceMs: number | null,
  nowMs: number,
): number | null {
  if (belowSinceMs === null) return fallsBelowAt(line, levelMs, nowMs)
  // By itself a balance never rises.
  return balanceAt(line, nowMs) >= levelMs ? nowMs : null
}

function fallsBelowAt(line: BalanceLine, levelMs: number, nowMs: number): number | null {
  if (balanceAt(line, nowMs) < levelMs) return nowMs
  return findCrossing(line, levelMs - 1)
}

/** What has become true of a line since it was last acted on. */
export type Crossing =
  /** The balance reached zero at `atMs`. */
  | { readonly kind: 'went_out'; readonly atMs: number }
  /** There is credit again. */
  | { readonly kind: 'returned'; readonly outSinceMs: number }
  /** The balance fell below its low level at `atMs`, and there is some left. */
  | { readonly kind: 'became_low'; readonly atMs: number }

/** What there is to be done at `nowMs`, and the marks that say that it was. The same marks: nothing. */
export function decideCrossings(
  line: WatchedLine,
  nowMs: number,
): { readonly crossings: readonly Crossing[]; readonly marks: WatchState } {
  const atMs = clampToKnownTime(line, nowMs)
  const outSinceMs = belowSinceMs(line, ONE_MS, line.outSinceMs, atMs)
  const lowSinceMs = belowSinceMs(line, line.lowBalanceThresholdMs, line.lowSinceMs, atMs)
  const crossings: Crossing[] = []
  if (outSinceMs !== null && line.outSinceMs === null) {
    crossings.push({ kind: 'went_out', atMs: outSinceMs })
  }
  if (outSinceMs === null && line.outSinceMs !== null) {
    crossings.push({ kind: 'returned', outSinceMs: line.outSinceMs })
  }
  // Of a balance that is out, or was until now, people have heard worse.
  if (lowSinceMs !== null && line.lowSinceMs === null && outSinceMs === null && line.outSinceMs === null) {
    crossings.push({ kind: 'became_low', atMs: lowSinceMs })
  }
  return { crossings, marks: { outSinceMs, lowSinceMs } }
}

/** Since when the balance is below the level, as far back as the line is known; null: it is not below. */
function belowSinceMs(
  line: BalanceLine,
  levelMs: number,
  knownSinceMs: number | null,
  nowMs: number,
): number | null {
  if (balanceAt(line, nowMs) >= levelMs) return null
  if (knownSinceMs !== null) return knownSinceMs
  // Before its anchor the line was another one: at the anchor credit came or went.
  return Math.min(nowMs, Math.max(line.anchorMs, findCrossing(line, levelMs - 1) ?? nowMs))
}

/** Whether auto-reload is to hear of the balance. */
export function isBelowReloadThreshold(line: WatchedLine, nowMs: number): boolean {
  return line.reloadBelowMs !== null && balanceAt(line, clampToKnownTime(line, nowMs)) < line.reloadBelowMs
}
