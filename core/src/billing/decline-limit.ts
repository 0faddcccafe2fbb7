import { DAY_MS, HOUR_MS } from '../time/durations.ts'

/** How many declined charges of a workspace are too many: somebody may be finding out which stolen cards work. */
export type DeclineLimits = { readonly declinesPerHour: number; readonly declinesPerDay: number }

/**
 * Finds when the workspace may try a card again, in epoch milliseconds. Null: it may now. In no hour and in no day are
 * more charges declined than the limits say.
 *
 * @param declinedAtMs when its latest charges were declined, in any order; a charge in progress counts as declined
 */
export function findDeclineLimitEnd(
  declinedAtMs: readonly number[],
  { declinesPerHour, declinesPerDay }: DeclineLimits,
  nowMs: number,
): number | null {
  const newestFirst = declinedAtMs.toSorted((a, b) => b - a)
  const ends = [
    findWindowEnd(newestFirst, declinesPerHour, HOUR_MS),
    findWindowEnd(newestFirst, declinesPerDay, DAY_MS),
  ]
  const endMs = Math.max(...ends)
  return endMs > nowMs ? endMs : null
}

/** When fewer than `max` of these instants are in the latest `windowMs`. */
function findWindowEnd(newestFirst: readonly number[], max: number, windowMs: number): number {
  const oldestThatCounts = newestFirst[max - 1]
  return oldestThatCounts === undefined ? Number.NEGATIVE_INFINITY : oldestThatCounts + windowMs
}
