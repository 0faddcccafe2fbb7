import { allocateCharges, type ChargeAllocation } from '@talktime/core/billing/charge-allocations'
import { type LineRow, readPaidDraws } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type CallEntry, type DayBounds, readEntriesOfMultiEntryCalls } from './charged-call-store.ts'
import type { DrawRange } from './draw-price-store.ts'

/** A call with several ledger entries, and the ranges of draws that it is charged in the end. */
export type MultiEntryCall = {
  readonly callId: string
  readonly agentId: string
  readonly allocations: readonly ChargeAllocation[]
}

/**
 * Reads a local day's calls that have several ledger entries: those that were cut at a boundary, or corrected. Call it
 * in one snapshot with the reading of the line.
 *
 * @param agentIds null: all agents
 */
export async function readMultiEntryCalls(
  db: Queryable,
  line: LineRow,
  day: DayBounds,
  agentIds: readonly string[] | null,
): Promise<MultiEntryCall[]> {
  const entries = await readEntriesOfMultiEntryCalls(db, line.workspaceId, day, agentIds)
  if (entries.length === 0) return []
  const draws = await readPaidDraws(db, line, coverCharges(entries))
  return [...Map.groupBy(entries, ({ callId }) => callId)].map(([callId, ofCall]) => ({
    callId,
    agentId: ofCall[0]?.agentId ?? '',
    allocations: allocateCharges(ofCall, draws),
  }))
}

/** The smallest range that holds the draws of all charges. A reversal draws nothing. */
function coverCharges(entries: readonly CallEntry[]): DrawRange {
  const charges = entries.filter(({ amountMs }) => amountMs < 0)
  return {
    fromMs: charges.reduce(
      (least, { drawnAfterMs, amountMs }) => Math.min(least, drawnAfterMs + amountMs),
      Number.POSITIVE_INFINITY,
    ),
    toMs: charges.reduce((most, { drawnAfterMs }) => Math.max(most, drawnAfterMs), 0),
  }
}
