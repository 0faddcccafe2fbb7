import { resolveLowBalanceThreshold } from '@talktime/core/billing/balance-status'
import type { Queryable } from '../platform/database/database.ts'
import { readMonthlyGrantedMs } from './grant-store.ts'
import { readChosenThreshold } from './threshold-store.ts'
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
    await readChosenThreshold(tx, workspaceId),
    await readMonthlyGrantedMs(tx, workspaceId, atMs),
  )
  if (thresholdMs !== unit.line.lowBalanceThresholdMs)
    unit.line = { ...unit.line, lowBalanceThresholdMs: thresholdMs }
}
