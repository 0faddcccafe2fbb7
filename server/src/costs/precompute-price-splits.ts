import { readTimeZone } from '../access/index.ts'
import { type LineRow, openGrants, readLine } from '../ledger/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { inOneSnapshot } from '../platform/database/snapshot.ts'
import { type DayRow, readDays } from '../usage/usage-days.ts'
import { pricesOf } from './draw-prices.ts'
import { keepSplits, reckonWholeDay, type Split } from './price-change-days.ts'

/**
 * Reckons for workspaces whose price has changed, at most `limit`, how much of that day each agent used before: the
 * day's calls are looked through for it, which nobody who opens a page should have to wait for.
 *
 * @returns how many workspaces there were
 */
export async function precomputePriceSplits(database: Database, limit = 20): Promise<number> {
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
  for (const { workspaceId } of rows) await lookAt(database, workspaceId)
  return rows.length
}

async function lookAt(database: Database, workspaceId: string): Promise<void> {
  const { line, timeZone, splits, nextMs } = await inOneSnapshot(database, async (tx) => {
    const timeZone = await readTimeZone(tx, workspaceId)
    const line = await readLine(tx, workspaceId)
    const { rows } = await tx.query<{ foldedMs: number }>(
      'select folded_ms as "foldedMs" from usage_price_looks where workspace_id = $1 and time_zone = $2',
      [workspaceId, timeZone],
    )
    const points = await changesOf(tx, line, rows[0]?.foldedMs ?? 0)
    const passed = points.filter((point) => point < line.drawnMs)
    const splits = passed.length === 0 ? [] : await splitsAt(tx, line, timeZone, passed)
    return { line, timeZone, splits, nextMs: points.find((point) => point >= line.drawnMs) ?? null }
  })
  await keepSplits(database, workspaceId, timeZone, splits)
  await database.query(
    `insert into usage_price_looks (workspace_id, time_zone, folded_ms, look_at_drawn_ms)
     values ($1, $2, $3, $4)
     on conflict (workspace_id) do update set
       time_zone = excluded.time_zone, folded_ms = excluded.folded_ms, look_at_drawn_ms = excluded.look_at_drawn_ms`,
    [workspaceId, timeZone, line.foldedMs, nextMs],
  )
}

/**
 * Where the price changes from `fromMs` of the draws on, as far as the grants there are reach. What was folded by then
 * stays as it is; what was drawn since may turn out to have been paid by credit that came later.
 */
async function changesOf(db: Queryable, line: LineRow, fromMs: number): Promise<number[]> {
  const grants = await openGrants(db, line.workspaceId)
  const heldMs = grants.reduce((sum, grant) => sum + grant.remainingMs, 0)
  const used = { ...line, drawnMs: Math.max(line.drawnMs, line.foldedMs + heldMs) }
  const pieces = await pricesOf(db, used, { fromMs: Math.max(0, fromMs - 1), toMs: used.drawnMs })
  return pieces.slice(1).map((piece) => piece.fromMs)
}

/** The splits of all days on which one of these points was passed. */
async function splitsAt(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  points: readonly number[],
): Promise<Split[]> {
  const days = await readDays(db, line.workspaceId, { timeZone, agentId: null }, everyDay)
  const splits: Split[] = []
  for (const day of days) {
    const within = points.filter((point) => isWithin(day, point))
    if (within.length === 0) continue
    splits.push(...(await reckonWholeDay(db, line, timeZone, { day: day.date, points: within })))
  }
  return splits
}

const everyDay = { from: '-infinity', to: 'infinity' }

function isWithin({ drawnFromMs, drawnToMs }: DayRow, point: number): boolean {
  return drawnFromMs !== null && drawnToMs !== null && drawnFromMs < point && point < drawnToMs
}
