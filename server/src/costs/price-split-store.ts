import type { Database, Queryable, Tx } from '../platform/database/database.ts'

/** In place of an agent's UUID: all agents together. */
export const ALL_AGENTS = '00000000-0000-0000-0000-000000000000'

/**
 * Usage of one agent, or of all agents together, on a local day on which the price changed: its draws lie on both
 * sides of at least one price change.
 */
export type PriceChangeDay = {
  readonly day: string
  /** UUID of an agent, or `ALL_AGENTS`. */
  readonly agentId: string
  /** The corrections of that usage; of all agents, their sum. */
  readonly corrections: number
  /** Where the price changes, as points of the workspace's cumulative draws, in order. */
  readonly points: readonly number[]
}

/** How much of a day's usage, in milliseconds of talk time, was drawn before a point of the cumulative draws. */
export type PriceSplit = {
  readonly day: string
  /** UUID of an agent, or `ALL_AGENTS`. */
  readonly agentId: string
  /** The point. */
  readonly drawnMs: number
  readonly beforeMs: number
  /** The corrections of the usage when the split was computed. With others it is out of date. */
  readonly corrections: number
}

/** Reads the saved splits of these days. Splits that a correction has put out of date are left out. */
export async function readSavedSplits(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
  days: readonly PriceChangeDay[],
): Promise<PriceSplit[]> {
  if (days.length === 0) return []
  const { rows } = await db.query<PriceSplit>({
    name: 'usage_kept_splits',
    text: `
      select s.day::text, s.agent_id as "agentId", s.drawn_ms as "drawnMs", s.before_ms as "beforeMs", s.corrections
      from unnest($3::date[], $4::uuid[], $5::bigint[]) as r (day, agent_id, corrections)
      join usage_splits s on s.workspace_id = $1 and s.time_zone = $2 and s.day = r.day and s.agent_id = r.agent_id
                         and s.corrections = r.corrections`,
    values: [
      workspaceId,
      timeZone,
      days.map((day) => day.day),
      days.map((day) => day.agentId),
      days.map((day) => day.corrections),
    ],
  })
  return rows
}

/** Saves splits for later readers. A split of more corrections replaces one of fewer, never the other way round. */
export async function savePriceSplits(
  database: Database,
  workspaceId: string,
  timeZone: string,
  splits: readonly PriceSplit[],
): Promise<void> {
  if (splits.length === 0) return
  await database.query(
    `insert into usage_splits (workspace_id, time_zone, day, agent_id, drawn_ms, before_ms, corrections)
     select $1, $2, v.* from unnest($3::date[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[]) as v
     order by 3, 4, 5
     on conflict (workspace_id, time_zone, day, agent_id, drawn_ms) do update set
       before_ms = excluded.before_ms, corrections = excluded.corrections
     where usage_splits.corrections < excluded.corrections`,
    [
      workspaceId,
      timeZone,
      splits.map((split) => split.day),
      splits.map((split) => split.agentId),
      splits.map((split) => split.drawnMs),
      splits.map((split) => split.beforeMs),
      splits.map((split) => split.corrections),
    ],
  )
}

const splitTables = ['usage_splits', 'usage_price_looks'] as const

/** Deletes the workspace's splits in every time zone but its own: they split days that no longer exist. */
export async function deletePriceSplitsOfOtherTimeZones(tx: Tx, workspaceId: string): Promise<void> {
  for (const table of splitTables) {
    await tx.query(
      `delete from ${table} d using workspaces w where w.id = $1 and d.workspace_id = $1 and d.time_zone <> w.time_zone`,
      [workspaceId],
    )
  }
}
