import { findLocalDayBounds } from '@talktime/core/time/local-day'
import type { LineRow } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { readAgentDays } from './agent-day-store.ts'
import { type DrawPoint, sumDrawnBefore } from './charged-call-store.ts'
import { readMultiEntryCalls } from './multi-entry-calls.ts'
import { ALL_AGENTS, type PriceChangeDay, type PriceSplit, readSavedSplits } from './price-split-store.ts'

/** The splits of days on which the price changed. */
export type PriceSplits = {
  /** Finds how much of a day's usage was drawn before each of its points, in milliseconds of talk time. */
  findBeforeMs(day: PriceChangeDay): number[]
  /** Splits that were not saved yet. The reader saves them when its snapshot has ended: see `savePriceSplits`. */
  readonly computed: readonly PriceSplit[]
}

/**
 * Reads how much of each day's usage was drawn before its points. A saved split counts as long as the day's usage was
 * not corrected: calls that are added later are drawn later, so they change nothing before the point. Missing splits
 * are computed from the day's calls. Call it in one snapshot with the reading of the line.
 */
export async function readPriceSplits(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  days: readonly PriceChangeDay[],
): Promise<PriceSplits> {
  const saved = await readSavedSplits(db, line.workspaceId, timeZone, days)
  const known = new Map(saved.map((split) => [splitKey(split), split.beforeMs]))
  const missing = days
    .map((day) => ({
      ...day,
      points: day.points.filter((drawnMs) => !known.has(splitKey({ ...day, drawnMs }))),
    }))
    .filter(({ points }) => points.length > 0)
  const computed = await computePriceSplits(db, line, timeZone, missing)
  for (const split of computed) known.set(splitKey(split), split.beforeMs)
  return {
    computed,
    findBeforeMs: (day) => day.points.map((drawnMs) => known.get(splitKey({ ...day, drawnMs })) ?? 0),
  }
}

function splitKey({ day, agentId, drawnMs }: Pick<PriceSplit, 'day' | 'agentId' | 'drawnMs'>): string {
  return `${day}/${agentId}/${drawnMs}`
}

/** Computes the splits of days from their calls, without looking at what is saved. */
export async function computePriceSplits(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  days: readonly PriceChangeDay[],
): Promise<PriceSplit[]> {
  const splits: PriceSplit[] = []
  const groups = Map.groupBy(days, ({ day, agentId }) => `${day}/${agentId === ALL_AGENTS}`)
  for (const ofDay of groups.values()) splits.push(...(await computeSplitsOfDay(db, line, timeZone, ofDay)))
  return splits
}

/** @param rows usage of one day, either all of agents or of `ALL_AGENTS` */
async function computeSplitsOfDay(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  rows: readonly PriceChangeDay[],
): Promise<PriceSplit[]> {
  const isOfAll = rows[0]?.agentId === ALL_AGENTS
  const bounds = findLocalDayBounds(rows[0]?.day ?? '', timeZone)
  const splits = rows.flatMap(({ day, agentId, corrections, points }) =>
    points.map((drawnMs) => ({ day, agentId, drawnMs, corrections })),
  )
  const sums = await sumDrawnBefore(db, line.workspaceId, bounds, splits)
  const singleEntryMs = new Map(sums.map((sum) => [pointKey(sum), sum.beforeMs]))
  const multiEntryCalls = await readMultiEntryCalls(
    db,
    line,
    bounds,
    isOfAll ? null : rows.map(({ agentId }) => agentId),
  )
  return splits.map((split) => ({
    ...split,
    beforeMs: multiEntryCalls
      .filter(({ agentId }) => isOfAll || agentId === split.agentId)
      .flatMap(({ allocations }) => allocations)
      .reduce(
        (sumMs, { fromMs, toMs }) => sumMs + Math.max(0, Math.min(toMs, split.drawnMs) - fromMs),
        singleEntryMs.get(pointKey(split)) ?? 0,
      ),
  }))
}

function pointKey({ agentId, drawnMs }: DrawPoint): string {
  return `${agentId}/${drawnMs}`
}

/**
 * Computes the splits of a whole local day at some points, from its calls: for all agents together, and for each agent
 * that was charged before a point, because it may still be charged after it.
 */
export async function computeSplitsOfWholeDay(
  db: Queryable,
  line: LineRow,
  timeZone: string,
  { day, points }: { readonly day: string; readonly points: readonly number[] },
): Promise<PriceSplit[]> {
  const rows = await readAgentDays(db, line.workspaceId, timeZone, day)
  const agents = rows.flatMap(({ agentId, drawnFromMs, corrections }) => {
    const ofAgent = points.filter((point) => drawnFromMs !== null && drawnFromMs < point)
    return ofAgent.length === 0 ? [] : [{ day, agentId, corrections, points: ofAgent }]
  })
  const splits = await computeSplitsOfDay(db, line, timeZone, agents)
  const corrections = rows.reduce((sum, row) => sum + row.corrections, 0)
  const ofAll = points.map((drawnMs) => ({
    day,
    agentId: ALL_AGENTS,
    drawnMs,
    corrections,
    beforeMs: splits.reduce((sumMs, split) => sumMs + (split.drawnMs === drawnMs ? split.beforeMs : 0), 0),
  }))
  return [...splits, ...ofAll]
}
