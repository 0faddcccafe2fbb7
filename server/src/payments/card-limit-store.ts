import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import type { Queryable, Tx } from '../platform/database/database.ts'

/** What a customer did that says nothing about a card. */
const NO_DECLINES = ['canceled', 'payment_method_removed']

/**
 * Reads when charges that people ordered were declined in the last day, newest first, at most `limit`. Charges in progress
 * count with the instant at which they were ordered. Auto-reload and renewals have limits of their own.
 */
export async function readDeclines(
  db: Queryable,
  workspaceId: string,
  nowMs: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await db.query<{ atMs: number }>(
    `select at_ms as "atMs" from (
       select settled_at_ms as at_ms from purchases
       where workspace_id = $1 and status = 'failed' and settled_at_ms > $2 and origin = 'manual'
         and amount_minor > 0 and failure_code <> all($3)
       union all
       select created_at_ms from purchases
       where workspace_id = $1 and status = 'pending' and created_at_ms > $4 and origin = 'manual' and amount_minor > 0
     ) as declines order by at_ms desc limit $5`,
    [workspaceId, nowMs - DAY_MS, NO_DECLINES, nowMs - HOUR_MS, limit],
  )
  return rows.map(({ atMs }) => atMs)
}

/** Reads when cards were asked for in the last day, oldest first. */
export async function readCardRequests(db: Queryable, workspaceId: string, nowMs: number): Promise<number[]> {
  const { rows } = await db.query<{ atMs: number }>(
    `select at_ms as "atMs" from card_requests where workspace_id = $1 and at_ms > $2 order by at_ms`,
    [workspaceId, nowMs - DAY_MS],
  )
  return rows.map(({ atMs }) => atMs)
}

/** Records that a card is asked for, and deletes what is older than a day. */
export async function recordCardRequest(tx: Tx, workspaceId: string, nowMs: number): Promise<void> {
  await tx.query('delete from card_requests where workspace_id = $1 and at_ms <= $2', [
    workspaceId,
    nowMs - DAY_MS,
  ])
  await tx.query('insert into card_requests (workspace_id, at_ms) values ($1, $2)', [workspaceId, nowMs])
}
