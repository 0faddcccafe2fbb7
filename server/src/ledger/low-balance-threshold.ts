import { resolveLowBalanceThreshold } from '@talktime/core/billing/balance-status'
import type { Queryable } from '../platform/database/database.ts'
import type { WorkspaceUnit } from './unit.ts'

/**
 * Keeps the level below which the workspace's balance is low, from what it chose and its monthly credits at `atMs`.
 * For whoever changes either; the caller holds the line.
 */
export async function updateLowBalanceThreshold(
  tx: Queryable,
  unit: WorkspaceUnit,
  atMs: number,
): Promise<void> {
  const { workspaceId } = unit.line
  const level = resolveLowBalanceThreshold(
    await chosenLevelMs(tx, workspaceId),
    await monthlyGrantedMs(tx, workspaceId, atMs),
  )
  if (level === unit.line.lowBalanceThresholdMs) return
  await tx.query('update balance_lines set low_level_ms = $2 where workspace_id = $1', [workspaceId, level])
  unit.line = { ...unit.line, lowBalanceThresholdMs: level }
}

async function chosenLevelMs(tx: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await tx.query<{ chosenMs: number | null }>(
    'select low_balance_ms as "chosenMs" from workspaces where id = $1',
    [workspaceId],
  )
  return rows[0]?.chosenMs ?? null
}

/** The monthly credits of the cycle that `atMs` lies in, used or not. */
export async function monthlyGrantedMs(db: Queryable, workspaceId: string, atMs: number): Promise<number> {
  const { rows } = await db.query<{ granted: number }>(
    `select coalesce(sum(granted_ms), 0)::bigint as granted from grants
     where workspace_id = $1 and kind = 'monthly' and not returned and granted_at_ms <= $2 and expires_at_ms > $2`,
    [workspaceId, atMs],
  )
  return rows[0]?.granted ?? 0
}
