import { allocateCharges, type ChargeAllocation } from '@talktime/core/billing/charge-allocations'
import { findLocalDayBounds } from '@talktime/core/time/local-day'
import { type LineRow, paidBy } from '../ledger/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'

/** In the place of an agent: all of them together. */
export const ALL_AGENTS = '00000000-0000-0000-0000-000000000000'

/** What an agent, or all of them, used on a day, where its charges lie on both sides of points at which the price changes. */
export type MixedRow = {
  readonly day: string
  /** Or ALL_AGENTS. */
  readonly agentId: string
  /** Of the row; of all agents, of their rows together. */
  readonly corrections: number
  /** Points of the cumulative draws, in order. */
  readonly points: readonly number[]
}

/** How much of a row was drawn before a point. */
export type Split = {
  readonly day: string
  readonly agentId: string
  readonly drawnMs: number
  readonly beforeMs: number
  readonly corrections: number
}

export type Splits = {
  /** How much of the row was drawn before each of its points. */
  beforeMs(row: MixedRow): number[]
  /** What had to be reckoned from the calls, to be kept for the next reader. */
  readonly fresh: readonly Split[]
}

/**
 * How much of rows was drawn before their points. What was reckoned before is taken as long as the row has not been
 * corrected since: calls that were added later were drawn later. The rest is reckoned from the calls of those days.
 */
export async function readSplits(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  rows: readonly MixedRow[],
): Promise<Splits> {
  const known = new Map(
    (await keptSplits(db, line.workspaceId, timeZone, rows)).map((split) => [nameOf(split), split.beforeMs]),
  )
  const missing = rows
    .map((row) => ({
      ...row,
      points: row.points.filter((drawnMs) => !known.has(nameOf({ ...row, drawnMs }))),
    }))
    .filter((row) => row.points.length > 0)
  const fresh = await reckonSplits(db, line, timeZone, missing)
  for (const split of fresh) known.set(nameOf(split), split.beforeMs)
  return {
    fresh,
    beforeMs: (row) => row.points.map((drawnMs) => known.get(nameOf({ ...row, drawnMs })) ?? 0),
  }
}

function nameOf({ day, agentId, drawnMs }: Pick<Split, 'day' | 'agentId' | 'drawnMs'>): string {
  return `${day}/${agentId}/${drawnMs}`
}

async function keptSplits(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
  rows: readonly MixedRow[],
): Promise<Split[]> {
  if (rows.length === 0) return []
  const { rows: kept } = await db.query<Split>({
    name: 'usage_kept_splits',
    text: `
      select s.day::text, s.agent_id as "agentId", s.drawn_ms as "drawnMs", s.before_ms as "beforeMs", s.corrections
      from unnest($3::date[], $4::uuid[], $5::bigint[]) as r (day, agent_id, corrections)
      join usage_splits s on s.workspace_id = $1 and s.time_zone = $2 and s.day = r.day and s.agent_id = r.agent_id
                         and s.corrections = r.corrections`,
    values: [
      workspaceId,
      timeZone,
      rows.map((row) => row.day),
      rows.map((row) => row.agentId),
      rows.map((row) => row.corrections),
    ],
  })
  return kept
}

/** The splits of rows, reckoned from the calls. */
export async function reckonSplits(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  rows: readonly MixedRow[],
): Promise<Split[]> {
  const splits: Split[] = []
  const isOfAll = ({ agentId }: MixedRow) => agentId === ALL_AGENTS
  for (const ofDay of Map.groupBy(rows, (row) => `${row.day}/${isOfAll(row)}`).values()) {
    splits.push(...(await reckonDay(db, line, timeZone, ofDay)))
  }
  return splits
}

/** All rows are of one day, and either of agents or of all of them. */
async function reckonDay(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  rows: readonly MixedRow[],
): Promise<Split[]> {
  const ofAll = rows[0]?.agentId === ALL_AGENTS
  const agentIds = ofAll ? null : rows.map((row) => row.agentId)
  const day = { ...findLocalDayBounds(rows[0]?.day ?? '', timeZone), agentIds }
  const splits = rows.flatMap((row) =>
    row.points.map((drawnMs) => ({
      day: row.day,
      agentId: row.agentId,
      drawnMs,
      corrections: row.corrections,
    })),
  )
  const { rows: once } = await db.query<{ agentId: string; drawnMs: number; beforeMs: number }>({
    name: ofAll ? 'usage_split_all_calls' : 'usage_split_calls',
    text: `
      select p.agent_id as "agentId", p.drawn_ms as "drawnMs",
             sum(least(greatest(p.drawn_ms - c.drawn_from_ms, 0), c.settled_ms))::bigint as "beforeMs"
      from calls c join unnest($4::uuid[], $5::bigint[]) as p (agent_id, drawn_ms) on ${ofAll ? 'true' : 'p.agent_id = c.agent_id'}
      where c.workspace_id = $1 and c.ended_at_ms >= $2 and c.ended_at_ms < $3 and c.answered_at_ms is not null
        and cardinality(c.entry_seqs) = 1
      group by 1, 2`,
    values: [
      line.workspaceId,
      day.startsAtMs,
      day.endsAtMs,
      splits.map((split) => split.agentId),
      splits.map((split) => split.drawnMs),
    ],
  })
  const beforeMs = new Map(once.map((sum) => [`${sum.agentId}/${sum.drawnMs}`, sum.beforeMs]))
  const others = await callsInPieces(db, line, day)
  return splits.map((split) => ({
    ...split,
    beforeMs: others
      .filter((call) => ofAll || call.agentId === split.agentId)
      .flatMap((call) => call.pieces)
      .reduce(
        (sum, piece) => sum + Math.max(0, Math.min(piece.toMs, split.drawnMs) - piece.fromMs),
        beforeMs.get(`${split.agentId}/${split.drawnMs}`) ?? 0,
      ),
  }))
}

/**
 * The splits of a day at points of the draws, reckoned from its calls: of each agent that was charged before one of
 * them, whether or not it will be after it as well, and of all agents together.
 */
export async function reckonWholeDay(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  which: { readonly day: string; readonly points: readonly number[] },
): Promise<Split[]> {
  const { rows } = await db.query<{ agentId: string; drawnFromMs: number | null; corrections: number }>(
    `select agent_id as "agentId", drawn_from_ms as "drawnFromMs", corrections::bigint from usage_days
     where workspace_id = $1 and time_zone = $2 and day = $3`,
    [line.workspaceId, timeZone, which.day],
  )
  const agents = rows.flatMap(({ agentId, drawnFromMs, corrections }) => {
    const points = which.points.filter((point) => drawnFromMs !== null && drawnFromMs < point)
    return points.length === 0 ? [] : [{ day: which.day, agentId, corrections, points }]
  })
  const splits = await reckonDay(db, line, timeZone, agents)
  const corrections = rows.reduce((sum, row) => sum + row.corrections, 0)
  const ofAll = which.points.map((drawnMs) => ({
    day: which.day,
    agentId: ALL_AGENTS,
    drawnMs,
    corrections,
    beforeMs: splits.reduce((sum, split) => sum + (split.drawnMs === drawnMs ? split.beforeMs : 0), 0),
  }))
  return [...splits, ...ofAll]
}

export type CallInPieces = {
  readonly callId: string
  readonly agentId: string
  readonly pieces: readonly ChargeAllocation[]
}

/** The calls that were charged in several entries: cut at a reset, or corrected. */
export async function callsInPieces(
  db: Queryable,
  line: LineRow,
  which: {
    readonly startsAtMs: number
    readonly endsAtMs: number
    /** Null: of all agents. */
    readonly agentIds: readonly string[] | null
  },
): Promise<CallInPieces[]> {
  type Row = {
    callId: string
    agentId: string
    amountMs: number
    drawnAfterMs: number
    grantId: string | null
  }
  const { rows } = await db.query<Row>({
    name: 'usage_calls_in_pieces',
    text: `
      select c.id as "callId", c.agent_id as "agentId", e.amount_ms as "amountMs", e.drawn_after_ms as "drawnAfterMs",
             e.grant_id as "grantId"
      from calls c join ledger_entries e on e.workspace_id = c.workspace_id and e.seq = any (c.entry_seqs)
      where c.workspace_id = $1 and c.ended_at_ms >= $2 and c.ended_at_ms < $3 and c.answered_at_ms is not null
        and ($4::uuid[] is null or c.agent_id = any ($4)) and cardinality(c.entry_seqs) > 1
      order by c.id, e.seq`,
    values: [line.workspaceId, which.startsAtMs, which.endsAtMs, which.agentIds],
  })
  if (rows.length === 0) return []
  const charges = rows.filter(({ amountMs }) => amountMs < 0)
  const draws = await paidBy(db, line, {
    fromMs: charges.reduce(
      (least, e) => Math.min(least, e.drawnAfterMs + e.amountMs),
      Number.POSITIVE_INFINITY,
    ),
    toMs: charges.reduce((most, e) => Math.max(most, e.drawnAfterMs), 0),
  })
  const calls = Map.groupBy(rows, ({ callId }) => callId)
  return [...calls].map(([callId, entries]) => ({
    callId,
    agentId: entries[0]?.agentId ?? '',
    pieces: allocateCharges(entries, draws),
  }))
}

/** Keeps splits for the next reader. Whoever comes later with newer ones wins; each is right for its corrections. */
export async function keepSplits(
  database: Database,
  workspaceId: string,
  timeZone: string,
  splits: readonly Split[],
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
