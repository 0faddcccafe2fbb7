import { type LineRow, readLine, readOpenGrants } from '../ledger/index.ts'
import type { Database, Queryable } from '../platform/database/database.ts'
import { readInSnapshot } from '../platform/database/snapshot.ts'
import { invariant } from '../platform/problem.ts'
import { readUsageDays, type UsageDay } from '../usage/index.ts'
import { readDrawPrices } from './draw-prices.ts'
import { findWorkspacesToPrecompute, readPrecomputed, savePrecomputed } from './precompute-store.ts'
import { computeSplitsOfWholeDay } from './price-change-days.ts'
import { type PriceSplit, savePriceSplits } from './price-split-store.ts'

/**
 * Computes and saves the price splits of workspaces whose price has changed, at most `limit` of them. This scans the
 * calls of the day of the change, and nobody who opens a page should wait for that.
 *
 * @returns the number of workspaces
 */
export async function precomputePriceSplits(database: Database, limit = 20): Promise<number> {
  const due = await findWorkspacesToPrecompute(database, limit)
  for (const workspaceId of due) await precompute(database, workspaceId)
  return due.length
}

async function precompute(database: Database, workspaceId: string): Promise<void> {
  const { line, timeZone, splits, nextChangeMs } = await readInSnapshot(database, async (tx) => {
    const before = await readPrecomputed(tx, workspaceId)
    invariant(before, 'A balance line belongs to a workspace')
    const { timeZone, foldedMs } = before
    const line = await readLine(tx, workspaceId)
    const changes = await findPriceChanges(tx, line, foldedMs)
    const passed = changes.filter((point) => point < line.drawnMs)
    const splits = passed.length === 0 ? [] : await computeSplitsAt(tx, line, timeZone, passed)
    const nextChangeMs = changes.find((point) => point >= line.drawnMs) ?? null
    return { line, timeZone, splits, nextChangeMs }
  })
  await savePriceSplits(database, workspaceId, timeZone, splits)
  await savePrecomputed(database, line, timeZone, nextChangeMs)
}

/**
 * Finds the points at which the price changes, from `foldedMs` of the cumulative draws to as far as today's grants
 * reach. Prices below `foldedMs` are final. Above it, credit that is granted later may turn out to have paid.
 */
async function findPriceChanges(db: Queryable, line: LineRow, foldedMs: number): Promise<number[]> {
  const grants = await readOpenGrants(db, line.workspaceId)
  const heldMs = grants.reduce((sum, grant) => sum + grant.remainingMs, 0)
  const usedUp = { ...line, drawnMs: Math.max(line.drawnMs, line.foldedMs + heldMs) }
  const range = { fromMs: Math.max(0, foldedMs - 1), toMs: usedUp.drawnMs }
  const ranges = await readDrawPrices(db, usedUp, range)
  return ranges.slice(1).map(({ fromMs }) => fromMs)
}

/** Computes the splits of every day whose draws lie on both sides of one of these points. */
async function computeSplitsAt(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  points: readonly number[],
): Promise<PriceSplit[]> {
  const days = await readUsageDays(db, line.workspaceId, { timeZone, agentId: null, ...everyDay })
  const splits: PriceSplit[] = []
  for (const day of days) {
    const within = points.filter((point) => isWithin(day, point))
    if (within.length === 0) continue
    splits.push(...(await computeSplitsOfWholeDay(db, line, timeZone, { day: day.date, points: within })))
  }
  return splits
}

/** All local days: PostgreSQL knows these two dates. */
const everyDay = { from: '-infinity', to: 'infinity' }

function isWithin({ drawnFromMs, drawnToMs }: UsageDay, point: number): boolean {
  return drawnFromMs !== null && drawnToMs !== null && drawnFromMs < point && point < drawnToMs
}
