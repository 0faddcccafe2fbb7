import type { MemberRef } from '../access/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { readFreeOwnership } from './free-workspace-store.ts'
import { planProblems } from './problems.ts'

/**
 * Requires that a person may become an owner of a workspace: of workspaces on plans without payment a person owns at most
 * `freeWorkspacesMax`, because each has free credits. The check holds until the transaction ends.
 *
 * @throws Problem `too_many_free_workspaces`
 */
export async function requireFreeWorkspaceSlot(
  tx: Tx,
  owner: MemberRef,
  freeWorkspacesMax: number,
): Promise<void> {
  const { isFree, othersOwned } = await readFreeOwnership(tx, owner)
  if (!isFree || othersOwned < freeWorkspacesMax) return
  throw new Problem(
    planProblems.too_many_free_workspaces,
    `A person may own ${freeWorkspacesMax} ${freeWorkspacesMax === 1 ? 'workspace' : 'workspaces'} on plans without payment. ` +
      'Change this workspace or another one to a paid plan, or join as an admin.',
  )
}
