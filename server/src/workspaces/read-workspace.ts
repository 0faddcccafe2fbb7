import { type Role, requireWorkspace } from '../access/index.ts'
import { requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { workspaceResponse } from './response-schemas.ts'

/** Reads a workspace as the API shows it. Throws `workspace_not_found`. */
export async function readWorkspace(db: Queryable, workspaceId: string, role: Role) {
  return workspaceResponse(
    await requireWorkspace(db, workspaceId),
    await requireSubscription(db, workspaceId),
    role,
  )
}
