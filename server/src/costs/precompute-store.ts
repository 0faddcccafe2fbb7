import type { LineRow } from '../ledger/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'

/**
 * Finds workspaces whose price may have changed since their splits were precomputed: something was folded, or the
 * draws passed the next price change. Returns at most `limit` UUIDs, in order.
 */
export async function findWorkspacesToPrecompute(database: Database, limit: number): Promise<string[]> {
  const { rows } = await database.query<{ workspaceId: string }>({
    name: 'usage_price_looks_due',
    text: `
      select l.workspace_id as "workspaceId"
      from balance_lines l
      join workspaces w on w.id = l.workspace_id
      left join usage_price_looks p on p.workspace_id = l.workspace_id and p.time_zone = w.time_zone
      where l.drawn_ms > 0 and (p.workspace_id is null or l.folded_ms <> p.folded_ms or l.drawn_ms > p.look_at_drawn_ms)
      order by l.workspace_id limit $1`,
    values: [limit],
  })
  return rows.map(({ workspaceId }) => workspaceId)
}

/**
 * Reads the workspace's time zone, and up to where draws were folded when splits were last precomputed in it; 0: they
 * never were. Undefined if there is no such workspace.
 */
export async function readPrecomputed(
  db: Queryable,
  workspaceId: string,
): Promise<{ readonly timeZone: string; readonly foldedMs: number } | undefined> {
  const { rows } = await db.query<{ timeZone: string; foldedMs: number }>(
    `select w.time_zone as "timeZone", coalesce(p.folded_ms, 0) as "foldedMs" from workspaces w
     left join usage_price_looks p on p.workspace_id = w.id and p.time_zone = w.time_zone
     where w.id = $1`,
    [workspaceId],
  )
  return rows[0]
}

/**
 * Saves up to where splits are precomputed.
 *
 * @param nextChangeMs the next price change that lies ahead of the draws; null: no grant after this one is known
 */
export async function savePrecomputed(
  database: Database,
  line: LineRow,
  timeZone: string,
  nextChangeMs: number | null,
): Promise<void> {
  await database.query(
    `insert into usage_price_looks (workspace_id, time_zone, folded_ms, look_at_drawn_ms)
     values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set
       time_zone = excluded.time_zone, folded_ms = excluded.folded_ms, look_at_drawn_ms = excluded.look_at_drawn_ms`,
    [line.workspaceId, timeZone, line.foldedMs, nextChangeMs],
  )
}
