import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'

/** How long alerts are kept, read or unread. */
export const ALERTS_KEPT_MS = 365 * DAY_MS

/** How long deliveries are kept: mails, messages to webhooks and tests of webhooks. */
export const DELIVERIES_KEPT_MS = 90 * DAY_MS

/** Deletes expired deliveries and alerts, at most `limit` of each. Pending deliveries stay, and their alerts too. */
export async function deleteExpiredAlerts(db: Queryable, nowMs: number, limit = 5_000): Promise<void> {
  await db.query(
    `delete from alert_deliveries where ctid = any(array(
       select ctid from alert_deliveries where last_tried_at_ms < $1 and status <> 'pending' limit $2))`,
    [nowMs - DELIVERIES_KEPT_MS, limit],
  )
  // Deliveries that were never tried, because their webhook was removed, are deleted with their alert.
  await db.query(
    `with old as (
       select workspace_id, id from alerts a where at_ms < $1 and not exists (
         select from alert_deliveries d
         where d.workspace_id = a.workspace_id and d.alert_id = a.id and d.status = 'pending')
       limit $2 for update skip locked),
     untried as (
       delete from alert_deliveries d using old where d.workspace_id = old.workspace_id and d.alert_id = old.id)
     delete from alerts a using old where a.workspace_id = old.workspace_id and a.id = old.id`,
    [nowMs - ALERTS_KEPT_MS, limit],
  )
}
