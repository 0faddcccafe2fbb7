import { resolveLowBalanceThreshold } from '@talktime/core/billing/balance-status'
import type { Queryable } from '../platform/database/database.ts'
import type { WorkspaceUnit } from './unit.ts'

/**
 * Recomputes the threshold below which the workspace's balance is low, from the workspace's own choice and its monthly
 * credits at `atMs`. Call it when either changes. The caller holds the line.
 */
export async function updateLowBalanceThreshold(
  tx: Queryable,
  unit: WorkspaceUnit,
  atMs: number,
): Promise<void> {
  const { workspaceId } = unit.line
  const thresholdMs = resolveLowBalanceThreshold(
    await readChosenThresholdMs(tx, workspaceId),
    await readMonthlyGrantedMs(tx, workspaceId, atMs),
  )
  if (thresholdMs !== unit.line.lowBalanceThresholdMs)
    unit.line = { ...unit.line, lowBalanceThresholdMs: thresholdMs }
}

async function readChosenThresholdMs(tx: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await tx.query<{ chosenMs: number | null }>(
    'select low_balance_ms as "chosenMs" from workspaces where id = $1',
    [workspaceId],
  )
  return rows[0]?.chosenMs ?? null
}

/** The monthly credits (milliseconds) granted for the cycle that `atMs` lies in, used or not. */
export async function readMonthlyGrantedMs(
  db: Queryable,
  workspaceId: string,
  atMs: number,
): Promise<number> {
  const { rows } = await db.query<{ granted: number }>(
    `select coalesce(sum(granted_ms), 0)::bigint as granted from grants
     where workspace_id = $1 and kind = 'monthly' and not returned and granted_at_ms <= $2 and expires_at_ms > $2`,
    [workspaceId, atMs],
  )
  return rows[0]?.granted ?? 0
}
