import type { Queryable } from '../src/platform/database/database.ts'
import { uuidFrom } from '../src/public-ids.ts'

/** A campaign's call as the simulated carrier recorded it. None of its times comes from the campaign. */
export type PlacedCall = {
  readonly to: string
  readonly placedAtMs: number
  readonly answersAtMs: number | null
  readonly endsAtMs: number
  readonly reason: string
}

/** Reads every call of a campaign, in the order in which the carrier got the orders. */
export async function readPlacedCalls(db: Queryable, campaignId: string): Promise<PlacedCall[]> {
  const { rows } = await db.query<PlacedCall>(
    `select c.to_number as "to", s.placed_at_ms as "placedAtMs", s.answers_at_ms as "answersAtMs",
            s.ends_at_ms as "endsAtMs", s.end_reason as reason
     from simulated_calls s join calls c on c.id = s.call_id where c.campaign_id = $1
     order by s.placed_at_ms, c.id`,
    [uuidFrom('campaign', campaignId)],
  )
  return rows
}

/** The largest number of calls at one time. A call that ends at an instant makes room for one placed at that instant. */
export function findConcurrencyMax(calls: readonly PlacedCall[]): number {
  const steps = calls
    .flatMap(({ placedAtMs, endsAtMs }) => [
      { atMs: placedAtMs, by: 1 },
      { atMs: endsAtMs, by: -1 },
    ])
    .sort((one, other) => one.atMs - other.atMs || one.by - other.by)
  let now = 0
  let most = 0
  for (const { by } of steps) {
    now += by
    most = Math.max(most, now)
  }
  return most
}

/** The largest number of calls placed within any interval of `intervalMs`. */
export function findPlacedWithinMax(calls: readonly PlacedCall[], intervalMs: number): number {
  const instants = calls.map(({ placedAtMs }) => placedAtMs).sort((one, other) => one - other)
  let first = 0
  let most = 0
  for (const [index, atMs] of instants.entries()) {
    while ((instants[first] ?? atMs) <= atMs - intervalMs) first += 1
    most = Math.max(most, index - first + 1)
  }
  return most
}

/** The calls by number, those to one number in order. */
export function groupByNumber(calls: readonly PlacedCall[]): Map<string, PlacedCall[]> {
  return Map.groupBy(calls, ({ to }) => to)
}
