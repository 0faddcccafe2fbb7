import type { CallStatus } from '@talktime/core/call'
import type { Queryable } from '../platform/database/database.ts'
import { type CallRecord, type CallRow, callColumns, callFromRecord, type Direction } from './call-row.ts'

export type CallFilter = {
  readonly statuses: readonly CallStatus[]
  readonly agentId: string | null
  readonly direction: Direction | null
  /** A call counts when it ended; one that is still open, when it was authorized. From, included. */
  readonly fromMs: number | null
  /** To, not included. */
  readonly toMs: number | null
}

/**
 * A page of the workspace's calls, newest first, beginning after `afterId`.
 *
 * @param limit one more is read than asked for, to know whether there is a next page: the caller cuts it off
 */
export async function listCalls(
  db: Queryable,
  workspaceId: string,
  filter: CallFilter,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<CallRow[]> {
  const { rows } = await db.query<CallRecord>(
    `select ${callColumns}
     from calls c join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id
     where c.workspace_id = $1
       and ($2::text[] is null or c.status = any($2))
       and ($3::uuid is null or c.agent_id = $3)
       and ($4::text is null or c.direction = $4)
       and ($5::bigint is null or coalesce(c.ended_at_ms, c.authorized_at_ms) >= $5)
       and ($6::bigint is null or coalesce(c.ended_at_ms, c.authorized_at_ms) < $6)
       and ($7::uuid is null or c.id < $7)
     order by c.id desc limit $8`,
    [
      workspaceId,
      filter.statuses.length > 0 ? filter.statuses : null,
      filter.agentId,
      filter.direction,
      filter.fromMs,
      filter.toMs,
      page.afterId,
      page.limit + 1,
    ],
  )
  return rows.map(callFromRecord)
}
