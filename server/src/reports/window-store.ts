import { localDateOf } from '@talktime/core/time/local-day'
import type { Queryable } from '../platform/database/database.ts'

/** Whether the workspace has this agent, archived or not. */
export async function hasAgent(db: Queryable, workspaceId: string, agentId: string): Promise<boolean> {
  const { rowCount } = await db.query('select from agents where workspace_id = $1 and id = $2', [
    workspaceId,
    agentId,
  ])
  return rowCount === 1
}

/**
 * Reads the local date on which a workspace's history starts; null: it has none. This is the earlier of the first
 * transaction's day and the first day with a call: a call that was reported late may have ended before the first
 * transaction was written, and a call of no length has no transaction.
 */
export async function readFirstDay(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
): Promise<string | null> {
  const { rows } = await db.query<{ atMs: number | null; day: string | null }>(
    `select (select at_ms from ledger_entries where workspace_id = $1 order by seq limit 1) as "atMs",
            (select min(day)::text from usage_days where workspace_id = $1 and time_zone = $2 and calls > 0) as day`,
    [workspaceId, timeZone],
  )
  const { atMs = null, day = null } = rows[0] ?? {}
  const entryDay = atMs === null ? null : localDateOf(atMs, timeZone)
  return [entryDay, day].filter((date) => date !== null).sort()[0] ?? null
}
