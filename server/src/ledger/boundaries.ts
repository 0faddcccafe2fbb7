import { rebaseLine } from '@talktime/core/billing/balance-line'
import type { Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { readNextExpiry } from './grant-store.ts'
import { boundaryNoLaterThan, expireGrants, fold } from './grants.ts'
import { updateLowBalanceThreshold } from './low-balance-threshold.ts'
import { addEvent, type WorkspaceUnit } from './unit.ts'

/**
 * What a boundary (an expiry or a reset) means to the rooms that the ledger does not know. Each step works in the
 * transaction that passes the boundary, under the workspace's lock.
 */
export type BoundarySteps = {
  /** Charges every live call of the workspace for what was talked before `atMs`. */
  readonly chargeUntilBoundary: (tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number) => Promise<void>
  /**
   * Begins a new billing cycle, with its grant, if one begins at `atMs`. Returns when the workspace's current cycle
   * ends (epoch milliseconds); null: it has none.
   */
  readonly renew: (
    tx: Tx,
    unit: WorkspaceUnit,
    atMs: number,
    nowMs: number,
  ) => Promise<{ cycleEndsAtMs: number | null }>
}

/** Whether a boundary of the workspace is due at `nowMs`: nothing may be decided on its line before it is passed. */
export function isAtBoundary(
  { nextBoundaryMs }: { readonly nextBoundaryMs: number | null },
  nowMs: number,
): boolean {
  return nextBoundaryMs !== null && nextBoundaryMs <= nowMs
}

/** Passes every boundary that is due at `nowMs`, each once and in order. Returns whether there was one. */
export async function passBoundaries(
  tx: Tx,
  unit: WorkspaceUnit,
  nowMs: number,
  steps: BoundarySteps,
): Promise<boolean> {
  let passed = false
  for (;;) {
    const { nextBoundaryMs } = unit.line
    if (nextBoundaryMs === null || nextBoundaryMs > nowMs) return passed
    await passBoundary(tx, unit, nextBoundaryMs, nowMs, steps)
    passed = true
  }
}

/** Live calls are charged to the old grants up to the boundary; then those expire; then the new cycle begins. */
async function passBoundary(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
  steps: BoundarySteps,
): Promise<void> {
  await steps.chargeUntilBoundary(tx, unit, atMs, nowMs)
  await fold(tx, unit)
  await expireGrants(tx, unit, atMs, nowMs)
  unit.line = { ...unit.line, ...rebaseLine(unit.line, atMs), nextBoundaryMs: null }
  addEvent(unit, 'balance')
  const { cycleEndsAtMs } = await steps.renew(tx, unit, atMs, nowMs)
  await updateLowBalanceThreshold(tx, unit, atMs)
  boundaryNoLaterThan(unit, cycleEndsAtMs)
  boundaryNoLaterThan(unit, await readNextExpiry(tx, unit.line.workspaceId))
  const { nextBoundaryMs } = unit.line
  invariant(nextBoundaryMs === null || nextBoundaryMs > atMs, 'A boundary must move on')
}
