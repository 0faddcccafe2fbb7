import type { Queryable } from '../platform/database/database.ts'

/** How long it is kept which events of a gateway were dealt with: much longer than it sends one again. */
export const GATEWAY_EVENTS_KEPT_MS = 90 * 24 * 60 * 60 * 1000

/** Forgets events of a gateway that are older; at most `limit` a time. What they changed stays. */
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
