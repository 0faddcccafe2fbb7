import { balanceAt } from '@talktime/core/billing/balance-line'
import { reverseCharge, writeUnits } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { addUsage } from '../usage/index.ts'
import { type Batch, type ChargeReversal, findCall, selectCalls } from './batch.ts'
import { insertCalls, updateCalls } from './call-store.ts'
import type { CallOutcome, ReplayedAnswer } from './command.ts'
import { writeHangUpOrders } from './hang-up-store.ts'

/** Writes the decisions that are not written yet. All queries are sent before it returns its promise. */
export function writeBatch(tx: Tx, batch: Batch, nowMs: number): Promise<unknown> {
  const writes = [
    insertCalls(tx, selectCalls(batch, batch.inserted)),
    updateCalls(tx, selectCalls(batch, batch.updated)),
    addUsage(tx, batch.usage.splice(0)),
    writeHangUpOrders(tx, selectCalls(batch, batch.ordered)),
    writeUnits(tx, batch.units.values(), nowMs),
  ]
  batch.inserted.clear()
  batch.updated.clear()
  return Promise.all(writes)
}

/**
 * Reverses the charges that the last command decided to reverse, so that the next command is decided on the balance that
 * this leaves. It reads the ledger, so all earlier decisions are written first. Reversals are rare.
 *
 * @returns the outcome of the last command with the call and balance after the reversals
 */
export async function applyReversals(
  tx: Tx,
  batch: Batch,
  outcome: CallOutcome | ReplayedAnswer,
  nowMs: number,
): Promise<CallOutcome | ReplayedAnswer> {
  await writeBatch(tx, batch, nowMs)
  for (const reversal of batch.reversals.splice(0)) await applyReversal(tx, batch, reversal, nowMs)
  if (outcome.outcome !== 'call') return outcome
  const { workspaceId, id } = outcome.call
  const call = findCall(batch, workspaceId, id) ?? outcome.call
  const unit = batch.units.get(workspaceId)
  return unit ? { ...outcome, call, balanceMs: balanceAt(unit.line, nowMs) } : outcome
}

async function applyReversal(tx: Tx, batch: Batch, reversal: ChargeReversal, nowMs: number): Promise<void> {
  const unit = batch.units.get(reversal.workspaceId)
  const call = findCall(batch, reversal.workspaceId, reversal.callId)
  invariant(unit !== undefined && call !== undefined, 'A call whose charge is reversed was loaded')
  const entries = await reverseCharge(tx, unit, { ...reversal, entrySeqs: call.entrySeqs }, nowMs)
  batch.calls.set(call.id, { ...call, entrySeqs: [...call.entrySeqs, ...entries.map((entry) => entry.seq)] })
  batch.updated.add(call.id)
}
