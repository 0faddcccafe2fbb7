import { type Difference, readLine } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { computePriceSplits } from './price-change-days.ts'
import { ALL_AGENTS, type PriceSplit } from './price-split-store.ts'

type SavedSplit = PriceSplit & { readonly workspaceId: string; readonly timeZone: string }

/**
 * Computes every saved price split from the calls again: a saved split must not differ from a computed one. Splits that
 * a correction has put out of date are left out, because no reader uses them. See `verifyLedger`.
 */
export async function verifyCosts(db: Queryable): Promise<Difference[]> {
  const differences: Difference[] = []
  const saved = Map.groupBy(await readCurrentSplits(db), (split) => split.workspaceId)
  for (const [workspaceId, splits] of saved) {
    const days = splits.map((split) => ({ ...split, points: [split.drawnMs] }))
    const line = await readLine(db, workspaceId)
    const computed = await computePriceSplits(db, line, splits[0]?.timeZone ?? '', days)
    const beforeMs = new Map(computed.map((split) => [nameSplit(split), split.beforeMs]))
    for (const split of splits) {
      const computedMs = beforeMs.get(nameSplit(split))
      if (computedMs === split.beforeMs) continue
      differences.push({
        workspaceId,
        check: 'each price split is what the calls of its day say',
        detail: `${nameSplit(split)}: saved are ${split.beforeMs} ms, the calls say ${computedMs} ms`,
      })
    }
  }
  return differences
}

function nameSplit({ day, agentId, drawnMs }: PriceSplit): string {
  return `${day}, agent ${agentId}, before ${drawnMs} ms of the draws`
}

/** Reads the splits of all workspaces whose corrections are those of their day. */
async function readCurrentSplits(db: Queryable): Promise<SavedSplit[]> {
  const { rows } = await db.query<SavedSplit>(
    `select s.workspace_id as "workspaceId", s.time_zone as "timeZone", s.day::text, s.agent_id as "agentId",
            s.drawn_ms as "drawnMs", s.before_ms as "beforeMs", s.corrections
     from usage_splits s
     join (select workspace_id, time_zone, day, agent_id, corrections::bigint from usage_days
           union all
           select workspace_id, time_zone, day, '${ALL_AGENTS}', sum(corrections)::bigint from usage_days
           group by 1, 2, 3) d
       using (workspace_id, time_zone, day, agent_id, corrections)`,
  )
  return rows
}
