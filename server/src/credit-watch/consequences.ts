import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'

/**
 * What a crossing means to rooms that the credit watch does not know. Consequences happen in the transaction that changes
 * the line's watch state, under the line's lock, so they are committed with it or not at all. They use the database alone
 * and call nobody outside.
 *
 * Each returns sentences that say what was done, for the alert.
 */
export type Consequences = {
  /** The balance reached zero at `atMs`, at or before `nowMs`. The unit's line already has its new watch state. */
  onOut(tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number): Promise<readonly string[]>
  /** A workspace that was out has credit again. The unit's line already has its new watch state. */
  onReturn(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<readonly string[]>
}
