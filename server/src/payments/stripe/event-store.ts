import type { Queryable } from '../../platform/database/database.ts'

/** Whether an event of Stripe's was processed before. Stripe sends an event more than once. */
export async function isProcessed(db: Queryable, eventId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from gateway_events where gateway = 'stripe' and event_id = $1`,
    [eventId],
  )
  return rowCount === 1
}

/** Records that an event of Stripe's was processed. Recording it twice is not an error. */
export async function markProcessed(db: Queryable, eventId: string, nowMs: number): Promise<void> {
  await db.query(
    `insert into gateway_events (gateway, event_id, received_at_ms) values ('stripe', $1, $2)
     on conflict do nothing`,
    [eventId, nowMs],
  )
}
