import type { Queryable, Tx } from '../../platform/database/database.ts'
import type { Alert } from './alert.ts'

const columns = `a.workspace_id as "workspaceId", a.id, a.kind, a.at_ms as "atMs", a.title, a.detail, a.link,
  a.read_at_ms as "readAtMs"`

/** Newest first. */
export async function listAlerts(
  db: Queryable,
  workspaceId: string,
  page: { readonly unreadOnly: boolean; readonly limit: number; readonly beforeId: string | null },
): Promise<Alert[]> {
  const { rows } = await db.query<Alert>(
    `select ${columns} from alerts a
     where a.workspace_id = $1 and ($2::uuid is null or a.id < $2) and (not $3 or a.read_at_ms is null)
     order by a.id desc limit $4`,
    [workspaceId, page.beforeId, page.unreadOnly, page.limit],
  )
  return rows
}

/**
 * Notes that alerts were looked at.
 *
 * @param ids UUIDs; undefined: all there are
 * @returns how many had not been before
 */
export async function markRead(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[] | undefined,
  nowMs: number,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update alerts set read_at_ms = $3
     where workspace_id = $1 and read_at_ms is null and ($2::uuid[] is null or id = any($2))`,
    [workspaceId, ids ?? null, nowMs],
  )
  return rowCount ?? 0
}
