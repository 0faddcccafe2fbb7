import { listLocalDays } from '@talktime/core/time/local-day'
import type { LineRow } from '../ledger/index.ts'
import { uuidKey } from '../platform/database/copy-binary.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageWindow } from '../usage/index.ts'
import { findRangesOfAgentDays, readDrawnRange, SEVERAL_RANGES } from './agent-day-store.ts'
import { type CallCost, createCostAdders, formatCallCost, zeroCost } from './call-cost.ts'
import type { DrawRange, PricedRange } from './draw-price-store.ts'
import { readDrawPrices } from './draw-prices.ts'
import { readMultiEntryCalls } from './multi-entry-calls.ts'

/** What single calls cost. */
export type CallCosts = {
  /**
   * Formats the cells of the columns cost, currency and unpriced_ms. Ask for the window's calls one after the other, in
   * the order in which they ended: what one call's cost is rounded by is carried over to the next.
   */
  formatCells(call: ExportedCall): string
}

/** A call as the export reads it. Its UUIDs are keys of maps: see `readCopiedUuidKey`. */
export type ExportedCall = {
  readonly callKey: string
  readonly agentKey: string
  readonly endedAtMs: number
  readonly settledMs: number
  readonly drawnFromMs: number
  /** Whether it has one ledger entry. Its draws are then the range of `settledMs` from `drawnFromMs` on. */
  readonly hasOneEntry: boolean
}

/** By local day, then by agent: the index of the priced range of all their draws, or `SEVERAL_RANGES`. */
type AgentDayRanges = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Reads what is needed to cost the calls of a window. Call it in one snapshot with the reading of the line. */
export async function readCallCosts(db: Queryable, line: LineRow, window: UsageWindow): Promise<CallCosts> {
  const drawn = await readDrawnRange(db, line.workspaceId, window)
  const ranges = drawn === null ? [] : await readDrawPrices(db, line, drawn)
  const agentDays = await readAgentDayRanges(db, line, window, ranges)
  const allocations = await readAllocations(db, line, window, agentDays)
  const adders = createCostAdders(ranges)
  const findAgentDayRange = createAgentDayFinder(window, agentDays)
  const addRange = createRangeAdder(ranges, adders)

  function addCall(call: ExportedCall, cost: CallCost): void {
    const range = findAgentDayRange(call)
    if (range !== SEVERAL_RANGES) adders[range]?.(call.settledMs, cost)
    else if (call.hasOneEntry) {
      addRange({ fromMs: call.drawnFromMs, toMs: call.drawnFromMs + call.settledMs }, cost)
    } else {
      for (const allocation of allocations.get(call.callKey) ?? []) addRange(allocation, cost)
    }
  }

  return {
    formatCells(call) {
      const cost = zeroCost()
      if (call.settledMs > 0) addCall(call, cost)
      return formatCallCost(cost)
    },
  }
}

/** Creates a lookup for calls in the order in which they ended: it walks along the days of the window. */
function createAgentDayFinder(
  window: UsageWindow,
  agentDays: AgentDayRanges,
): (call: ExportedCall) => number {
  const days = listLocalDays(window.from, window.to, window.timeZone)
  let today = 0
  return ({ endedAtMs, agentKey }) => {
    while (endedAtMs >= (days[today]?.endsAtMs ?? Number.POSITIVE_INFINITY)) today += 1
    return agentDays.get(days[today]?.date ?? '')?.get(agentKey) ?? SEVERAL_RANGES
  }
}

/**
 * Creates a function that adds the cost of a range of draws, which may cross price changes. Calls come nearly in the
 * order of their draws, so it searches from the priced range of the last call on.
 */
function createRangeAdder(
  ranges: readonly PricedRange[],
  adders: readonly ((ms: number, cost: CallCost) => void)[],
): (drawn: DrawRange, cost: CallCost) => void {
  let last = 0

  function findRange(drawnMs: number): number {
    while (last > 0 && drawnMs < (ranges[last]?.fromMs ?? 0)) last -= 1
    while (drawnMs >= (ranges[last + 1]?.fromMs ?? Number.POSITIVE_INFINITY)) last += 1
    return last
  }

  return (drawn, cost) => {
    let fromMs = drawn.fromMs
    for (let range = findRange(fromMs); fromMs < drawn.toMs; range += 1) {
      const untilMs = Math.min(drawn.toMs, ranges[range]?.toMs ?? drawn.toMs)
      adders[range]?.(untilMs - fromMs, cost)
      fromMs = untilMs
    }
  }
}

async function readAgentDayRanges(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  ranges: readonly PricedRange[],
): Promise<AgentDayRanges> {
  const starts = ranges.map(({ fromMs }) => fromMs)
  const byDay = new Map<string, Map<string, number>>()
  for (const { day, agentId, range } of await findRangesOfAgentDays(db, line, window, starts)) {
    const ofDay = byDay.get(day) ?? new Map<string, number>()
    byDay.set(day, ofDay.set(uuidKey(agentId), range))
  }
  return byDay
}

/**
 * Reads the ranges of draws that calls with several ledger entries are charged in the end, on the days of agents that
 * lie in several priced ranges. Elsewhere a call's length is enough to know its cost.
 */
async function readAllocations(
  db: Queryable,
  line: LineRow,
  window: UsageWindow,
  agentDays: AgentDayRanges,
): Promise<Map<string, readonly DrawRange[]>> {
  const found = new Map<string, readonly DrawRange[]>()
  for (const day of listLocalDays(window.from, window.to, window.timeZone)) {
    const agentIds = [...(agentDays.get(day.date) ?? [])]
      .filter(([, range]) => range === SEVERAL_RANGES)
      .map(([agentKey]) => uuidFromKey(agentKey))
    if (agentIds.length === 0) continue
    for (const { callId, allocations } of await readMultiEntryCalls(db, line, day, agentIds)) {
      found.set(uuidKey(callId), allocations)
    }
  }
  return found
}

function uuidFromKey(key: string): string {
  return Buffer.from(key, 'latin1').toString('hex')
}
