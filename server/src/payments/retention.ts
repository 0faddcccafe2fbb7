import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'

/** How long processed gateway events are remembered. Gateways stop resending an event much sooner. */
export const GATEWAY_EVENTS_KEPT_MS = 90 * DAY_MS

/** Deletes at most `limit` records of processed gateway events. What the events changed stays. */
export async function deleteExpiredGatewayEvents(
  db: Queryable,
  nowMs: number,
  limit = 10_000,
): Promise<void> {
  await db.query(
    `delete from gateway_events where ctid = any(array(
       select ctid from gateway_events where received_at_ms < $1 limit $2))`,
    [nowMs - GATEWAY_EVENTS_KEPT_MS, limit],
  )
}
