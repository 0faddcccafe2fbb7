import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'

/**
 * What a crossing means to the rooms that the credit watch does not know. All of it happens in the transaction that
 * marks the line, under its lock: with the mark, or not at all. Each returns sentences that say what was done, for the
 * alert; nothing may be asked of anybody outside of the database.
 */
export type Consequences = {
  /** The balance reached zero at `atMs`; `nowMs` is a little later. The unit's line says so already. */
  wentOut(tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number): Promise<Done>
  /** There is credit again in a workspace that was out. */
  returned(tx: Tx, unit: WorkspaceUnit, nowMs: number): Promise<Done>
}

/** What was done. */
export type Done = {
  readonly sentences: readonly string[]
}
