import type { ChargeEntry } from '@talktime/core/billing/charge-allocations'
import type { Queryable } from '../platform/database/database.ts'
import { ALL_AGENTS } from './price-split-store.ts'

/** The instants [startsAtMs, endsAtMs) of a local day. */
export type DayBounds = { readonly startsAtMs: number; readonly endsAtMs: number }

/** A point of the workspace's cumulative draws, for the calls of one agent or of `ALL_AGENTS`. */
export type DrawPoint = { readonly agentId: string; readonly drawnMs: number }

/**
 * Sums, from the calls of a local day, what was drawn before each point. It counts calls with one ledger entry: their
 * draws are the range that starts at `drawn_from_ms`. Points before which nothing was drawn may be missing.
 *
 * @param points all of agents, or all of `ALL_AGENTS`
 */
export async function sumDrawnBefore(
  db: Queryable,
  workspaceId: string,
  { startsAtMs, endsAtMs }: DayBounds,
  points: readonly DrawPoint[],
): Promise<(DrawPoint & { readonly beforeMs: number })[]> {
  const isOfAll = points[0]?.agentId === ALL_AGENTS
  const { rows } = await db.query<DrawPoint & { beforeMs: number }>({
    name: isOfAll ? 'usage_split_all_calls' : 'usage_split_calls',
    text: `
      select p.agent_id as "agentId", p.drawn_ms as "drawnMs",
             sum(least(greatest(p.drawn_ms - c.drawn_from_ms, 0), c.settled_ms))::bigint as "beforeMs"
      from calls c join unnest($4::uuid[], $5::bigint[]) as p (agent_id, drawn_ms) on ${isOfAll ? 'true' : 'p.agent_id = c.agent_id'}
      where c.workspace_id = $1 and c.ended_at_ms >= $2 and c.ended_at_ms < $3 and c.answered_at_ms is not null
        and cardinality(c.entry_seqs) = 1
      group by 1, 2`,
    values: [
      workspaceId,
      startsAtMs,
      endsAtMs,
      points.map((point) => point.agentId),
      points.map((point) => point.drawnMs),
    ],
  })
  return rows
}

/** A ledger entry of a call that has several. */
export type CallEntry = ChargeEntry & { readonly callId: string; readonly agentId: string }

/**
 * Reads the entries of a local day's calls that have several: those that were cut at a boundary, or corrected. The
 * entries of a call follow one another, oldest first.
 *
 * @param agentIds null: all agents
 */
export async function readEntriesOfMultiEntryCalls(
  db: Queryable,
  workspaceId: string,
  { startsAtMs, endsAtMs }: DayBounds,
  agentIds: readonly string[] | null,
): Promise<CallEntry[]> {
  const { rows } = await db.query<CallEntry>({
    name: 'usage_calls_in_pieces',
    text: `
      select c.id as "callId", c.agent_id as "agentId", e.amount_ms as "amountMs", e.drawn_after_ms as "drawnAfterMs",
             e.grant_id as "grantId"
      from calls c join ledger_entries e on e.workspace_id = c.workspace_id and e.seq = any (c.entry_seqs)
      where c.workspace_id = $1 and c.ended_at_ms >= $2 and c.ended_at_ms < $3 and c.answered_at_ms is not null
        and ($4::uuid[] is null or c.agent_id = any ($4)) and cardinality(c.entry_seqs) > 1
      order by c.id, e.seq`,
    values: [workspaceId, startsAtMs, endsAtMs, agentIds],
  })
  return rows
}
