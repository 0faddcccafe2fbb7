import { drawsWithin, type PlacedDraw } from './burn-down.ts'

/** An entry of the ledger that charged a call, or gave back some of what had been charged. */
export type ChargeEntry = {
  /** Milliseconds of talk time; below zero: charged, above: given back. */
  readonly amountMs: number
  /** Of a charge: where its stretch ends on the workspace's cumulative draws. */
  readonly drawnAfterMs: number
  /** What was given back came back as this grant. */
  readonly grantId: string | null
}

/** A stretch [fromMs, toMs) of the cumulative draws that a call was charged for, and who paid it; null: nobody yet. */
export type ChargeAllocation = {
  readonly fromMs: number
  readonly toMs: number
  readonly grantId: string | null
}

/**
 * What a call was charged in the end, as stretches of the cumulative draws, in order.
 *
 * @param entries the call's, in order
 * @param draws which grants paid the stretches of the charges
 */
export function allocateCharges(
  entries: readonly ChargeEntry[],
  draws: readonly PlacedDraw[],
): ChargeAllocation[] {
  let pieces: ChargeAllocation[] = []
  for (const entry of entries) {
    pieces =
      entry.amountMs > 0 ? withoutGivenBack(pieces, entry) : [...pieces, ...chargedPieces(entry, draws)]
  }
  return pieces
}

export function lengthMs({ fromMs, toMs }: ChargeAllocation): number {
  return toMs - fromMs
}

function chargedPieces(charge: ChargeEntry, draws: readonly PlacedDraw[]): ChargeAllocation[] {
  const fromMs = charge.drawnAfterMs + charge.amountMs
  const paid = drawsWithin(draws, fromMs, charge.drawnAfterMs)
  const paidUntilMs = paid.at(-1)?.toMs ?? fromMs
  if (paidUntilMs === charge.drawnAfterMs) return paid
  return [...paid, { fromMs: paidUntilMs, toMs: charge.drawnAfterMs, grantId: null }]
}

/**
 * What was given back is the end of what had been charged until then. Where the credit given back has paid a debt
 * of this very call, the two cancel out first.
 */
function withoutGivenBack(pieces: readonly ChargeAllocation[], back: ChargeEntry): ChargeAllocation[] {
  const own = pieces.filter((piece) => piece.grantId === back.grantId)
  let restMs = back.amountMs - own.reduce((sum, piece) => sum + lengthMs(piece), 0)
  const left: ChargeAllocation[] = []
  for (const piece of pieces.filter((piece) => piece.grantId !== back.grantId).reverse()) {
    const takenMs = Math.min(restMs, lengthMs(piece))
    restMs -= takenMs
    if (takenMs < lengthMs(piece)) left.unshift({ ...piece, toMs: piece.toMs - takenMs })
  }
  return left
}
