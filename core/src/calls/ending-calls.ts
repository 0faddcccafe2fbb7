import { balanceAt } from '../billing/balance-line.ts'
import { clampToKnownTime, type WatchedLine } from '../billing/threshold-crossings.ts'

/** What a workspace wants of calls in conversation when its credits run out: they go on, or are hung up. */
export type WhenCreditsRunOut = 'finish' | 'end'

/**
 * Whether a workspace's calls are to be hung up for want of credits: its balance is known to have reached zero, no
 * credit has come since, and it wants calls to end then.
 */
export function isEndingCalls(
  line: WatchedLine,
  whenCreditsRunOut: WhenCreditsRunOut,
  nowMs: number,
): boolean {
  if (whenCreditsRunOut === 'finish' || line.outSinceMs === null) return false
  return balanceAt(line, clampToKnownTime(line, nowMs)) <= 0
}
