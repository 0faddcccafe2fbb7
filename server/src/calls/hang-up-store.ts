import { bigintArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import type { CallRow, HangUpReason } from './call-row.ts'

/**
 * Orders a hang-up of all open calls of a workspace that have no order yet, because credits ran out. The caller holds the
 * lock on the workspace's balance line.
 *
 * @returns the ids of the calls
 */
export async function orderHangUps(tx: Tx, workspaceId: string, nowMs: number): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_order_hang_ups',
    text: `
      update calls set hang_up_at_ms = $2, hang_up_reason = 'out_of_credits'
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_at_ms is null
      returning id`,
    values: [workspaceId, nowMs],
  })
  return rows.map(({ id }) => id)
}

/**
 * Orders a hang-up of all open calls of a workspace that was suspended. An order for lack of credits is replaced, so that
 * it stands when credits return. The caller holds the lock on the workspace's balance line.
 *
 * @returns the ids of the calls
 */
export async function orderHangUpsForSuspension(
  tx: Tx,
  workspaceId: string,
  nowMs: number,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>(
    `update calls set hang_up_at_ms = coalesce(hang_up_at_ms, $2), hang_up_reason = 'workspace_suspended'
     where workspace_id = $1 and status in ('authorized', 'in_conversation')
       and hang_up_reason is distinct from 'by_hand'
     returning id`,
    [workspaceId, nowMs],
  )
  return rows.map(({ id }) => id)
}

/**
 * Cancels the hang-up orders that open calls of a workspace got for a reason that no longer holds. The caller holds the
 * lock on the workspace's balance line.
 *
 * @returns the ids of the calls
 */
export async function cancelHangUps(
  tx: Tx,
  workspaceId: string,
  reason: Exclude<HangUpReason, 'by_hand'>,
): Promise<string[]> {
  const { rows } = await tx.query<{ id: string }>({
    name: 'calls_cancel_hang_ups',
    text: `
      update calls set hang_up_at_ms = null, hang_up_reason = null
      where workspace_id = $1 and status in ('authorized', 'in_conversation') and hang_up_reason = $2
      returning id`,
    values: [workspaceId, reason],
  })
  return rows.map(({ id }) => id)
}

/** Writes the hang-up orders of these calls. The caller holds the locks on their workspaces' balance lines. */
export async function writeHangUpOrders(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_write_hang_ups',
    text: `
      update calls c set hang_up_at_ms = v.at_ms, hang_up_reason = v.reason
      from (select unnest($1::uuid[]) as workspace_id, unnest($2::uuid[]) as id, unnest($3::bigint[]) as at_ms,
                   unnest($4::text[]) as reason) as v
      where c.workspace_id = v.workspace_id and c.id = v.id`,
    values: [
      uuidArray(calls, (c) => c.workspaceId),
      uuidArray(calls, (c) => c.id),
      bigintArray(calls, (c) => c.hangUpAtMs),
      textArray(calls, (c) => c.hangUpReason),
    ],
  })
}
