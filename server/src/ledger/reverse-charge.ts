import {
  allocateReversal,
  type ChargeEntry,
  measureAllocation,
} from '@talktime/core/billing/charge-allocations'
import type { Queryable } from '../platform/database/database.ts'
import type { EntryRow } from './entry.ts'
import { readChargeEntries } from './entry-store.ts'
import { type GrantRow, priceOfGrant, readGrants } from './grant-store.ts'
import {
  expireGrants,
  fold,
  isNeverPaid,
  type ReturnedCredit,
  readPaidDraws,
  returnToGrant,
} from './grants.ts'
import type { WorkspaceUnit } from './unit.ts'

/** A call that was charged more than was talked. */
export type OverchargedCall = {
  readonly callId: string
  /** The call's entries so far, all of them written. */
  readonly entrySeqs: readonly number[]
  /** How much too much, in milliseconds of talk time. */
  readonly amountMs: number
}

/**
 * Reverses the last `amountMs` of what a call was charged: a presumed end, or the charge at a boundary, had counted
 * more than was talked. Credit returns as it was, to the same kind with the same expiry, so that monthly credit of a
 * cycle that is over expires at once. What no credit had paid creates none: it comes off the overdraft.
 *
 * @returns the new entries, to be added to the call's
 */
export async function reverseCharge(
  tx: Queryable,
  unit: WorkspaceUnit,
  call: OverchargedCall,
  nowMs: number,
): Promise<EntryRow[]> {
  await fold(tx, unit)
  const payers = await readPayers(tx, unit, call)
  const entries: EntryRow[] = []
  const returnCredit = async (credit: ReturnedCredit, amountMs: number) => {
    if (amountMs === 0) return
    entries.push(await returnToGrant(tx, unit, { credit, amountMs, callId: call.callId }, nowMs))
  }
  const unpaidMs = payers
    .filter(({ grant }) => grant === undefined || isNeverPaid(grant))
    .reduce((sum, { amountMs }) => sum + amountMs, 0)
  // Before any other credit, which would pay the overdraft in its place. Where the overdraft has been paid since, by
  // credit that can no longer be told, it comes back as credit that does not expire.
  const canceledMs = Math.min(unpaidMs, unit.line.drawnMs - unit.line.foldedMs)
  await returnCredit('never_paid', canceledMs)
  await fold(tx, unit)
  await returnCredit({ kind: 'adjustment', expiresAtMs: null, price: null }, unpaidMs - canceledMs)
  for (const { grant, amountMs } of payers) {
    if (grant !== undefined && !isNeverPaid(grant)) {
      await returnCredit({ ...grant, price: priceOfGrant(grant) }, amountMs)
    }
  }
  await expireGrants(tx, unit, nowMs, nowMs)
  await fold(tx, unit)
  return entries
}

type Payer = {
  /** Undefined: nobody has paid. */
  readonly grant: GrantRow | undefined
  readonly amountMs: number
}

/** Who paid what is reversed, newest first. */
async function readPayers(
  tx: Queryable,
  { line }: WorkspaceUnit,
  { entrySeqs, amountMs }: OverchargedCall,
): Promise<Payer[]> {
  const entries = await readChargeEntries(tx, line.workspaceId, entrySeqs)
  const draws = await readPaidDraws(tx, line, readChargedRange(entries))
  const allocations = allocateReversal(entries, draws, amountMs)
  const ids = allocations.flatMap(({ grantId }) => grantId ?? [])
  const grants = await readGrants(tx, line.workspaceId, ids)
  return allocations.map((allocation) => ({
    grant: grants.get(allocation.grantId ?? ''),
    amountMs: measureAllocation(allocation),
  }))
}

/** The range of the cumulative draws in which the call's charges lie. */
function readChargedRange(entries: readonly ChargeEntry[]): { fromMs: number; toMs: number } {
  const charges = entries.filter(({ amountMs }) => amountMs < 0)
  return {
    fromMs: Math.min(...charges.map(({ drawnAfterMs, amountMs }) => drawnAfterMs + amountMs)),
    toMs: Math.max(...charges.map(({ drawnAfterMs }) => drawnAfterMs)),
  }
}
