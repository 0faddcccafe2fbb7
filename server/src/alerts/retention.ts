import type { Queryable } from '../platform/database/database.ts'

const DAY_MS = 24 * 60 * 60 * 1000

/** How long alerts are kept in the inbox, whether they were read or not. */
export const ALERTS_KEPT_MS = 365 * DAY_MS

/** How long it is kept who was told of an alert and how that went: mails, messages to webhooks and tests of them. */
export const DELIVERIES_KEPT_MS = 90 * DAY_MS

/** Forgets old deliveries and alerts; at most `limit` of each a time. What is still to be delivered stays. */
export async function deleteExpiredAlerts(db: Queryable, nowMs: number, limit = 5_000): Promise<void> {
  await db.query(
    `delete from alert_deliveries where ctid = any(array(
       select ctid from alert_deliveries where last_tried_at_ms < $1 and status <> 'pending' limit $2))`,
    [nowMs - DELIVERIES_KEPT_MS, limit],
  )
  // Those of an alert that were never tried, because its webhook was removed, go with it.
  await db.query(
    `with old as (
       select workspace_id, id from alerts a where at_ms < $1 and not exists (
         select from alert_deliveries d
         where d.workspace_id = a.workspace_id and d.alert_id = a.id and d.status = 'pending')
       limit $2 for update skip locked),
     untold as (
       delete from alert_deliveries d using old where d.workspace_id = old.workspace_id and d.alert_id = old.id)
     delete from alerts a using old where a.workspace_id = old.workspace_id and a.id = old.id`,
    [nowMs - ALERTS_KEPT_MS, limit],
  )
}
