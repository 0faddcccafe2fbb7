import type { Actor } from '../../access/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'

/** A workspace's settings for language models. */
export type WorkspaceLlmSettings = { readonly fallbackToPlatform: boolean }

/** Reads a workspace's settings, or the defaults if none are saved. */
export async function readSettings(db: Queryable, workspaceId: string): Promise<WorkspaceLlmSettings> {
  const { rows } = await db.query<WorkspaceLlmSettings>(
    `select fallback_to_platform as "fallbackToPlatform" from llm_settings where workspace_id = $1`,
    [workspaceId],
  )
  return rows[0] ?? { fallbackToPlatform: false }
}

export async function saveSettings(
  tx: Tx,
  workspaceId: string,
  settings: WorkspaceLlmSettings,
  saved: { readonly by: Actor; readonly atMs: number },
): Promise<void> {
  await tx.query(
    `insert into llm_settings (workspace_id, fallback_to_platform, saved_at_ms, saved_by) values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set fallback_to_platform = $2, saved_at_ms = $3, saved_by = $4`,
    [workspaceId, settings.fallbackToPlatform, saved.atMs, saved.by],
  )
}
