import { HOUR_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'

/** How long events are kept for listeners that have lost their connection. */
const EVENTS_KEPT_MS = HOUR_MS

/** Deletes events that are older than an hour, at most `limit` at a time. Returns the number of deleted events. */
export async function deleteExpiredEvents(db: Queryable, nowMs: number, limit = 20_000): Promise<number> {
  const { rowCount } = await db.query(
    `delete from events where ctid = any(array(select ctid from events where at_ms < $1 limit $2))`,
    [nowMs - EVENTS_KEPT_MS, limit],
  )
  return rowCount ?? 0
}
