import { rebaseLine } from '@talktime/core/billing/balance-line'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { boundaryNoLaterThan, expireGrants, fold } from './grants.ts'
import { updateLowBalanceThreshold } from './low-balance-threshold.ts'
import { lockWorkspaces, writeUnits } from './store.ts'
import { addEvent, type WorkspaceUnit } from './unit.ts'

/** What a boundary means to rooms the ledger does not know. */
export type BoundaryDeps = {
  /** Charges every live call of the workspace for what was talked before `atMs`. */
  chargeUntilBoundary(tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number): Promise<void>
  /**
   * Begins a new billing cycle if one begins at `atMs` (its grant included), and says when the workspace's
   * current cycle ends.
   */
  renew(tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number): Promise<{ cycleEndsAtMs: number | null }>
  /** Told after each commit which workspace went past a boundary. */
  readonly onCommitted?: (workspaceIds: readonly string[]) => void
}

export type Boundaries = {
  /** Processes every expiry and reset of the workspaces that is due at `nowMs`, each once, in order. */
  catchUp(workspaceIds: readonly string[], nowMs: number): Promise<void>
  /** The same for one workspace, without a lock where nothing is due: for readers. */
  catchUpIfDue(workspaceId: string, nowMs: number): Promise<void>
  /**
   * The same for whichever workspaces are due; at most `limit` of them. Returns how many were. One that fails keeps
   * no other from its turn; an AggregateError tells of it afterwards.
   */
  catchUpDue(nowMs: number, limit: number): Promise<number>
}

export function createBoundaries(database: Database, deps: BoundaryDeps): Boundaries {
  async function catchUpOne(workspaceId: string, nowMs: number): Promise<void> {
    const changed = await database.transaction(async (tx) => {
      const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
      if (unit === undefined) return false
      for (let dueMs = dueBoundary(unit, nowMs); dueMs !== null; dueMs = dueBoundary(unit, nowMs)) {
        await processBoundary(tx, unit, dueMs, nowMs, deps)
      }
      const wasDue = unit.changed.size > 0
      await writeUnits(tx, [unit], nowMs)
      return wasDue
    })
    if (changed) deps.onCommitted?.([workspaceId])
  }

  return {
    async catchUp(workspaceIds, nowMs) {
      for (const workspaceId of new Set(workspaceIds)) await catchUpOne(workspaceId, nowMs)
    },
    async catchUpIfDue(workspaceId, nowMs) {
      const { rowCount } = await database.query(
        `select from balance_lines where workspace_id = $1 and next_boundary_ms <= $2`,
        [workspaceId, nowMs],
      )
      if (rowCount === 1) await catchUpOne(workspaceId, nowMs)
    },
    async catchUpDue(nowMs, limit) {
      const { rows } = await database.query<{ workspaceId: string }>(
        `select workspace_id as "workspaceId" from balance_lines
         where next_boundary_ms <= $1 order by next_boundary_ms limit $2`,
        [nowMs, limit],
      )
      const failures: unknown[] = []
      for (const { workspaceId } of rows) {
        await catchUpOne(workspaceId, nowMs).catch((error: unknown) => failures.push(error))
      }
      if (failures.length === 0) return rows.length
      throw new AggregateError(
        failures,
        `${failures.length} of ${rows.length} workspaces are left at a boundary`,
      )
    },
  }
}

function dueBoundary(unit: WorkspaceUnit, nowMs: number): number | null {
  const { nextBoundaryMs } = unit.line
  return nextBoundaryMs !== null && nextBoundaryMs <= nowMs ? nextBoundaryMs : null
}

/** Live calls are cut and charged to the old grants; then those expire; then the new cycle begins. */
async function processBoundary(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
  deps: BoundaryDeps,
): Promise<void> {
  await deps.chargeUntilBoundary(tx, unit, atMs, nowMs)
  await fold(tx, unit)
  await expireGrants(tx, unit, atMs, nowMs)
  unit.line = { ...unit.line, ...rebaseLine(unit.line, atMs), nextBoundaryMs: null }
  addEvent(unit, 'balance')
  const { cycleEndsAtMs } = await deps.renew(tx, unit, atMs, nowMs)
  await updateLowBalanceThreshold(tx, unit, atMs)
  boundaryNoLaterThan(unit, cycleEndsAtMs)
  boundaryNoLaterThan(unit, await nextExpiry(tx, unit.line.workspaceId))
  const { nextBoundaryMs } = unit.line
  invariant(nextBoundaryMs === null || nextBoundaryMs > atMs, 'A boundary must move on')
}

async function nextExpiry(tx: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await tx.query<{ at: number | null }>(
    `select min(expires_at_ms) as at from grants where workspace_id = $1 and remaining_ms > 0`,
    [workspaceId],
  )
  return rows[0]?.at ?? null
}
