import { balanceAt } from '../billing/balance-line.ts'
import { clampToKnownTime, type WatchedLine } from '../billing/threshold-crossings.ts'

/** A workspace's choice for live calls when its credits run out: they finish, or they are hung up. */
export type WhenCreditsRunOut = 'finish' | 'end'

/**
 * Whether a workspace's live calls must be hung up at `nowMs`: it has chosen `end`, the credit watch has acted on its
 * balance reaching zero, and the balance is still at or below zero.
 */
export function isEndingCalls(
  line: WatchedLine,
  whenCreditsRunOut: WhenCreditsRunOut,
  nowMs: number,
): boolean {
  if (whenCreditsRunOut === 'finish' || line.outSinceMs === null) return false
  return balanceAt(line, clampToKnownTime(line, nowMs)) <= 0
}
