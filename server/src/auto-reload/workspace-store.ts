import { accessProblems } from '../access/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'

/** What auto-reload needs to know about a workspace. */
export type ReloadWorkspace = {
  readonly timeZone: string
  readonly active: boolean
  readonly planPaid: boolean
}

/**
 * Reads what auto-reload needs to know about a workspace.
 *
 * @throws Problem `workspace_not_found`
 */
export async function requireReloadWorkspace(db: Queryable, workspaceId: string): Promise<ReloadWorkspace> {
  const { rows } = await db.query<ReloadWorkspace>(
    `select w.time_zone as "timeZone", w.status = 'active' as active, (s.terms ->> 'paid')::boolean as "planPaid"
     from workspaces w join subscriptions s on s.workspace_id = w.id where w.id = $1`,
    [workspaceId],
  )
  const workspace = rows[0]
  if (workspace !== undefined) return workspace
  throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
}
