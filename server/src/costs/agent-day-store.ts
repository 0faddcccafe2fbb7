import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageWindow } from '../usage/index.ts'
import type { DrawRange } from './draw-price-store.ts'

/** One agent's usage on a local day, as far as splits need it. */
export type AgentDay = {
  readonly agentId: string
  /** Where its first charge starts on the cumulative draws; null: nothing was charged. */
  readonly drawnFromMs: number | null
  readonly corrections: number
}

/** Reads the usage of a local day by agent. */
export async function readAgentDays(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
  day: string,
): Promise<AgentDay[]> {
  const { rows } = await db.query<AgentDay>(
    `select agent_id as "agentId", drawn_from_ms as "drawnFromMs", corrections::bigint from usage_days
     where workspace_id = $1 and time_zone = $2 and day = $3`,
    [workspaceId, timeZone, day],
  )
  return rows
}

/** Reads the smallest range of the cumulative draws that holds all charges of a window; null: nothing was charged. */
export async function readDrawnRange(
  db: Queryable,
  workspaceId: string,
  window: UsageWindow,
): Promise<DrawRange | null> {
  const { rows } = await db.query<{ fromMs: number | null; toMs: number | null }>({
    name: 'usage_hull',
    text: `
      select min(drawn_from_ms) as "fromMs", max(drawn_to_ms) as "toMs" from usage_days
      where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and ($5::uuid is null or agent_id = $5)`,
    values: [workspaceId, window.timeZone, window.from, window.to, window.agentId],
  })
  const { fromMs = null, toMs = null } = rows[0] ?? {}
  return fromMs === null || toMs === null ? null : { fromMs, toMs }
}

/** The usage of an agent on a local day lies in several priced ranges. */
export const SEVERAL_RANGES = -1

/** The priced range, by index, that holds all draws of an agent on a local day; or `SEVERAL_RANGES`. */
export type AgentDayPrice = { readonly day: string; readonly agentId: string; readonly range: number }

/**
 * Finds for each agent and local day of a window the priced range that holds its draws. Days without a charge are left
 * out.
 *
 * @param starts where each priced range starts on the cumulative draws, in order
 */
export async function findRangesOfAgentDays(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  starts: readonly number[],
): Promise<AgentDayPrice[]> {
  const { rows } = await db.query<AgentDayPrice>(
    `select day::text, agent_id as "agentId", case when first = last then first - 1 else ${SEVERAL_RANGES} end as range
     from (select day, agent_id, width_bucket(drawn_from_ms, $6::bigint[]) as first,
                  width_bucket(drawn_to_ms - 1, $6::bigint[]) as last
           from usage_days
           where workspace_id = $1 and time_zone = $2 and day between $3 and $4 and ($5::uuid is null or agent_id = $5)
             and drawn_from_ms is not null) as placed`,
    [line.workspaceId, window.timeZone, window.from, window.to, window.agentId, starts],
  )
  return rows
}
