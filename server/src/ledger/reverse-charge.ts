import type { PlacedDraw } from '@talktime/core/billing/burn-down'
import type { Queryable } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import {
  expireGrants,
  fold,
  type GrantRow,
  grantColumns,
  neverPaid,
  paidBy,
  priceOfGrant,
  type ReturnedCredit,
  returnToGrant,
} from './grants.ts'
import type { EntryRow, WorkspaceUnit } from './unit.ts'

type ChargeEntry = { amountMs: number; drawnAfterMs: number }

/**
 * Gives back the last `amountMs` of what a call was charged: a presumed end, or the cut at a reset, had charged
 * more than was talked. The credit goes back as it was: to the same kind with the same expiry, so monthly credit
 * of a cycle that is over expires at once. What no credit had paid makes none: it takes off the overdraft.
 *
 * @param entrySeqs the call's entries so far, all written
 * @returns the new entries, to be added to the call's
 */
export async function reverseCharge(
  tx: Queryable,
  unit: WorkspaceUnit,
  call: { readonly callId: string; readonly entrySeqs: readonly number[]; readonly amountMs: number },
  nowMs: number,
): Promise<EntryRow[]> {
  await fold(tx, unit)
  const pieces = await lastPaid(tx, unit, call)
  const grants = await grantsById(tx, unit.line.workspaceId, pieces)
  const entries: EntryRow[] = []
  const giveBackAs = async (credit: ReturnedCredit, amountMs: number) => {
    if (amountMs === 0) return
    const back = { credit, amountMs, callId: call.callId }
    entries.push(await returnToGrant(tx, unit, back, nowMs))
  }
  const payers = pieces.map(({ grantId, amountMs }) => ({ grant: grants.get(grantId ?? ''), amountMs }))
  const unpaidMs = payers
    .filter(({ grant }) => grant === undefined || neverPaid(grant))
    .reduce((sum, { amountMs }) => sum + amountMs, 0)
  // Before any other credit, which would pay the overdraft in its place. Where the overdraft has been paid since, by
  // credit that cannot be told any more, it comes back as credit that does not expire.
  const cancelledMs = Math.min(unpaidMs, unit.line.drawnMs - unit.line.foldedMs)
  await giveBackAs('never_paid', cancelledMs)
  await fold(tx, unit)
  await giveBackAs({ kind: 'adjustment', expiresAtMs: null, price: null }, unpaidMs - cancelledMs)
  for (const { grant, amountMs } of payers) {
    if (grant !== undefined && !neverPaid(grant))
      await giveBackAs({ ...grant, price: priceOfGrant(grant) }, amountMs)
  }
  await expireGrants(tx, unit, nowMs, nowMs)
  await fold(tx, unit)
  return entries
}

type ChargeAllocation = { grantId: string | null; amountMs: number }

/** The pieces that paid the call's last `amountMs`, what was given back before left out. */
async function lastPaid(
  tx: Queryable,
  unit: WorkspaceUnit,
  call: { readonly entrySeqs: readonly number[]; readonly amountMs: number },
): Promise<ChargeAllocation[]> {
  const { rows } = await tx.query<ChargeEntry>(
    `select amount_ms as "amountMs", drawn_after_ms as "drawnAfterMs" from ledger_entries
     where workspace_id = $1 and seq = any($2::bigint[]) order by seq desc`,
    [unit.line.workspaceId, call.entrySeqs],
  )
  let skipMs = rows.filter((e) => e.amountMs > 0).reduce((sum, e) => sum + e.amountMs, 0)
  let wantedMs = call.amountMs
  const pieces: ChargeAllocation[] = []
  for (const charge of rows.filter((e) => e.amountMs < 0)) {
    const stretch = { fromMs: charge.drawnAfterMs + charge.amountMs, toMs: charge.drawnAfterMs }
    const paid = await paidBy(tx, unit.line, stretch)
    for (const piece of [...withUnpaid(paid, stretch)].reverse()) {
      const skippedMs = Math.min(skipMs, piece.amountMs)
      skipMs -= skippedMs
      const takenMs = Math.min(wantedMs, piece.amountMs - skippedMs)
      wantedMs -= takenMs
      if (takenMs > 0) pieces.push({ grantId: piece.grantId, amountMs: takenMs })
    }
  }
  invariant(wantedMs === 0, 'More would be given back than the call was charged')
  return pieces
}

function withUnpaid(
  paid: readonly PlacedDraw[],
  stretch: { fromMs: number; toMs: number },
): ChargeAllocation[] {
  const pieces: ChargeAllocation[] = paid.map((draw) => ({
    grantId: draw.grantId,
    amountMs: draw.toMs - draw.fromMs,
  }))
  const paidMs = pieces.reduce((sum, piece) => sum + piece.amountMs, 0)
  const unpaidMs = stretch.toMs - stretch.fromMs - paidMs
  return unpaidMs > 0 ? [...pieces, { grantId: null, amountMs: unpaidMs }] : pieces
}

async function grantsById(
  tx: Queryable,
  workspaceId: string,
  pieces: readonly ChargeAllocation[],
): Promise<Map<string, GrantRow>> {
  const ids = pieces.flatMap((piece) => (piece.grantId === null ? [] : [piece.grantId]))
  const { rows } = await tx.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])`,
    [workspaceId, ids],
  )
  return new Map(rows.map((grant) => [grant.id, grant]))
}
