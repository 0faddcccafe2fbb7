import type { Queryable } from '../platform/database/database.ts'

/** Whether a boundary of the workspace is due at `nowMs`, read without a lock. */
export async function isBoundaryDue(db: Queryable, workspaceId: string, nowMs: number): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from balance_lines where workspace_id = $1 and next_boundary_ms <= $2`,
    [workspaceId, nowMs],
  )
  return rowCount === 1
}

/** Workspaces in which a boundary is due at `nowMs`, the longest overdue first. */
export async function findDueBoundaries(db: Queryable, nowMs: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ workspaceId: string }>(
    `select workspace_id as "workspaceId" from balance_lines
     where next_boundary_ms <= $1 order by next_boundary_ms limit $2`,
    [nowMs, limit],
  )
  return rows.map(({ workspaceId }) => workspaceId)
}
