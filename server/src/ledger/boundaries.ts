import { rebased } from '@talktime/core/balance-line'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { type Account, noteChange } from './account.ts'
import { boundaryNoLaterThan, expireGrants, fold } from './grants.ts'
import { keepLowLevel } from './low-level.ts'
import { lockAccounts, writeAccounts } from './store.ts'

/** What a boundary means to rooms the ledger does not know. */
export type BoundaryParts = {
  /** Charges every live call of the workspace for what was talked before `atMs`. */
  cutLiveCalls(tx: Tx, account: Account, atMs: number, nowMs: number): Promise<void>
  /**
   * Begins a new billing cycle if one begins at `atMs` (its grant included), and says when the workspace's
   * current cycle ends.
   */
  renew(tx: Tx, account: Account, atMs: number, nowMs: number): Promise<{ cycleEndsAtMs: number | null }>
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

export function createBoundaries(database: Database, parts: BoundaryParts): Boundaries {
  async function catchUpOne(workspaceId: string, nowMs: number): Promise<void> {
    const changed = await database.transaction(async (tx) => {
      const account = (await lockAccounts(tx, [workspaceId])).get(workspaceId)
      if (account === undefined) return false
      for (let dueMs = dueBoundary(account, nowMs); dueMs !== null; dueMs = dueBoundary(account, nowMs)) {
        await processBoundary(tx, account, dueMs, nowMs, parts)
      }
      const wasDue = account.changed.size > 0
      await writeAccounts(tx, [account], nowMs)
      return wasDue
    })
    if (changed) parts.onCommitted?.([workspaceId])
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

function dueBoundary(account: Account, nowMs: number): number | null {
  const { nextBoundaryMs } = account.line
  return nextBoundaryMs !== null && nextBoundaryMs <= nowMs ? nextBoundaryMs : null
}

/** Live calls are cut and charged to the old grants; then those expire; then the new cycle begins. */
async function processBoundary(
  tx: Tx,
  account: Account,
  atMs: number,
  nowMs: number,
  parts: BoundaryParts,
): Promise<void> {
  await parts.cutLiveCalls(tx, account, atMs, nowMs)
  await fold(tx, account)
  await expireGrants(tx, account, atMs, nowMs)
  account.line = { ...account.line, ...rebased(account.line, atMs), nextBoundaryMs: null }
  noteChange(account, 'balance')
  const { cycleEndsAtMs } = await parts.renew(tx, account, atMs, nowMs)
  await keepLowLevel(tx, account, atMs)
  boundaryNoLaterThan(account, cycleEndsAtMs)
  boundaryNoLaterThan(account, await nextExpiry(tx, account.line.workspaceId))
  const { nextBoundaryMs } = account.line
  invariant(nextBoundaryMs === null || nextBoundaryMs > atMs, 'A boundary must move on')
}

async function nextExpiry(tx: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await tx.query<{ at: number | null }>(
    `select min(expires_at_ms) as at from grants where workspace_id = $1 and remaining_ms > 0`,
    [workspaceId],
  )
  return rows[0]?.at ?? null
}
