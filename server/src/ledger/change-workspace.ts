import { accessProblems } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { allowLongWaits, endLongWaits } from '../platform/database/long-waits.ts'
import { retryLostRaces } from '../platform/database/retry-lost-races.ts'
import type { Once } from '../platform/idempotency/once.ts'
import { invariant, Problem } from '../platform/problem.ts'
import { type BoundarySteps, passBoundaries } from './boundaries.ts'
import { readCommit, type WorkspaceCommit, type WorkspaceUnit } from './unit.ts'
import { insertLine, lockWorkspaces, writeUnits } from './unit-store.ts'

/** A workspace being changed: the transaction, the unit of work under its lock, and the one "now" of the command. */
export type Change = {
  readonly tx: Tx
  readonly unit: WorkspaceUnit
  /** Epoch milliseconds, read once the lock is held. Every boundary up to it has been passed. */
  readonly nowMs: number
}

export type ChangeOptions<Result, Prepared = undefined> = {
  /** Makes the change happen once for an idempotency key; a repeat answers without working. */
  readonly once?: Once<Result> | undefined
  /**
   * Long work of the same transaction that must not hold up the workspace's calls: it runs before the line is locked, on a
   * connection apart from those that calls use. `work` gets what it returns.
   */
  readonly prepare?: (tx: Tx) => Promise<Prepared>
}

/**
 * The one door for every write to a workspace: replay a repeat → lock → pass the boundaries that are due → `work` →
 * write the unit once → record the answer → commit → publish. Everything happens in one transaction or not at all;
 * what `work` throws rolls all of it back, the boundaries too, which then remain due. A transaction that PostgreSQL rolls
 * back in favor of another one is run again, unless it has long work to `prepare`.
 *
 * `work` queries through `tx` alone, decides with pure functions of `core`, and calls nobody outside.
 *
 * @throws Problem `workspace_not_found`, `idempotency_mismatch`, and what `work` throws
 */
export type ChangeWorkspace = <Result, Prepared = undefined>(
  workspaceId: string,
  work: (change: Change, prepared: Prepared) => Promise<Result>,
  options?: ChangeOptions<Result, Prepared>,
) => Promise<Result>

export type ChangeDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly commits: Commits<WorkspaceCommit>
  readonly steps: BoundarySteps
}

type Done<Result> = { readonly result: Result; readonly commit: WorkspaceCommit | undefined }

export function createChangeWorkspace({ database, clock, commits, steps }: ChangeDeps): ChangeWorkspace {
  return async <Result, Prepared = undefined>(
    workspaceId: string,
    work: (change: Change, prepared: Prepared) => Promise<Result>,
    { once, prepare }: ChangeOptions<Result, Prepared> = {},
  ): Promise<Result> => {
    const { transaction } = prepare ? database.apart : database
    const run = () =>
      transaction(async (tx): Promise<Done<Result>> => {
        if (prepare) await allowLongWaits(tx)
        const before = await once?.replay(tx)
        if (before) return { result: before.result, commit: undefined }
        const prepared = (await prepare?.(tx)) as Prepared
        if (prepare) await endLongWaits(tx)
        const unit = await lockWorkspace(tx, workspaceId)
        const nowMs = clock.now()
        // Written at once, so that `work` reads a database in which the boundary is past.
        if (await passBoundaries(tx, unit, nowMs, steps)) await writeUnits(tx, [unit], nowMs)
        const result = await work({ tx, unit, nowMs }, prepared)
        await writeUnits(tx, [unit], nowMs)
        await once?.keep(tx, result, nowMs)
        return { result, commit: readCommit(unit) }
      })
    const { result, commit } = await (prepare ? run() : retryLostRaces(run))
    if (commit) commits.publish([commit])
    return result
  }
}

async function lockWorkspace(tx: Tx, workspaceId: string): Promise<WorkspaceUnit> {
  const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
  if (unit === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return unit
}

/**
 * Opens the balance line of a workspace that is being created in `tx` and does the first work on it. Nobody can hold
 * its lock, no boundary can be due and nobody listens yet, so there is nothing to wait for and nothing to publish.
 */
export async function openWorkspaceLine(
  tx: Tx,
  workspaceId: string,
  nowMs: number,
  work: (unit: WorkspaceUnit) => Promise<void>,
): Promise<void> {
  await insertLine(tx, workspaceId, nowMs)
  const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
  invariant(unit, 'A line that was inserted is there')
  await work(unit)
  await writeUnits(tx, [unit], nowMs)
}
