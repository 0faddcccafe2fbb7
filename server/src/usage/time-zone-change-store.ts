import type { Database, Tx } from '../platform/database/database.ts'

/** A change of time zone that is under way. A workspace has at most one. */
export type TimeZoneChangeKey = { readonly workspaceId: string; readonly id: string }

/**
 * Records a change of time zone: calls that end after its commit are counted in both zones. It replaces a change that
 * is under way.
 */
export async function insertTimeZoneChange(
  tx: Tx,
  { workspaceId, id, timeZone }: TimeZoneChangeKey & { readonly timeZone: string },
  nowMs: number,
): Promise<void> {
  await tx.query(
    `insert into time_zone_changes (workspace_id, id, time_zone, started_at_ms) values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set id = excluded.id, time_zone = excluded.time_zone,
                                              started_at_ms = excluded.started_at_ms`,
    [workspaceId, id, timeZone, nowMs],
  )
}

/** Deletes a change of time zone. Returns whether it was still under way. */
export async function deleteTimeZoneChange(tx: Tx, { workspaceId, id }: TimeZoneChangeKey): Promise<boolean> {
  const { rowCount } = await tx.query('delete from time_zone_changes where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ])
  return rowCount === 1
}

/** Lists the changes of time zone that started before an instant and are still under way. */
export async function listTimeZoneChanges(
  database: Database,
  startedBeforeMs: number,
): Promise<TimeZoneChangeKey[]> {
  const { rows } = await database.query<TimeZoneChangeKey>(
    'select workspace_id as "workspaceId", id from time_zone_changes where started_at_ms < $1',
    [startedBeforeMs],
  )
  return rows
}

const usageTables = ['usage_days', 'usage_closings', 'usage_closed_days', 'usage_closed_months'] as const

/** Deletes the workspace's usage in every time zone but its own. */
export async function deleteUsageOfOtherTimeZones(tx: Tx, workspaceId: string): Promise<void> {
  for (const table of usageTables) {
    await tx.query(
      `delete from ${table} d using workspaces w where w.id = $1 and d.workspace_id = $1 and d.time_zone <> w.time_zone`,
      [workspaceId],
    )
  }
}
