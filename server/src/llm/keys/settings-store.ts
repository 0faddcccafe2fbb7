import type { Actor } from '../../access/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'

/** What a workspace chose about its language models. */
export type WorkspaceChoice = { readonly fallbackToPlatform: boolean }

export async function readChoice(db: Queryable, workspaceId: string): Promise<WorkspaceChoice> {
  const { rows } = await db.query<WorkspaceChoice>(
    `select fallback_to_platform as "fallbackToPlatform" from llm_settings where workspace_id = $1`,
    [workspaceId],
  )
  return rows[0] ?? { fallbackToPlatform: false }
}

export async function saveChoice(
  tx: Tx,
  workspaceId: string,
  choice: WorkspaceChoice,
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<void> {
  await tx.query(
    `insert into llm_settings (workspace_id, fallback_to_platform, saved_at_ms, saved_by) values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set fallback_to_platform = $2, saved_at_ms = $3, saved_by = $4`,
    [workspaceId, choice.fallbackToPlatform, saved.atMs, saved.by],
  )
}
