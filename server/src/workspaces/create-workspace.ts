import { type AuditSource, insertWorkspace, recordAudit } from '../access/index.ts'
import { openSubscription } from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'

export type NewWorkspace = {
  readonly name: string
  readonly timeZone: string
  readonly planId: string
  readonly demo?: boolean
  /** Who creates it; left out: Talktime does, as for the demo. */
  readonly by?: AuditSource
}

/**
 * Creates a workspace and subscribes it to a plan from `nowMs` on, which makes its first monthly grant. Sign-up, the
 * operator's API and the command line all create workspaces with this function.
 *
 * @returns the workspace's UUID
 * @throws Problem invalid_request for an unknown plan
 */
export async function createWorkspace(tx: Tx, workspace: NewWorkspace, nowMs: number): Promise<string> {
  const id = newUuid(nowMs)
  const { name, timeZone, planId, demo = false, by = { actor: 'system' } } = workspace
  await insertWorkspace(tx, { id, name, timeZone, demo, createdAtMs: nowMs })
  await openSubscription(tx, { workspaceId: id, planId, timeZone }, nowMs)
  await recordAudit(tx, {
    ...by,
    workspaceId: id,
    action: 'workspace.created',
    target: { kind: 'workspace', id, name },
    after: { name, timeZone, planId, demo },
    atMs: nowMs,
  })
  return id
}
