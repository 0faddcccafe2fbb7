import type { Queryable } from '../platform/database/database.ts'

/** The low-balance threshold (milliseconds) that the workspace chose itself; null: the default rule applies. */
export async function readChosenThreshold(db: Queryable, workspaceId: string): Promise<number | null> {
  const { rows } = await db.query<{ chosenMs: number | null }>(
    'select low_balance_ms as "chosenMs" from workspaces where id = $1',
    [workspaceId],
  )
  return rows[0]?.chosenMs ?? null
}
