import { drawsWithin, type PlacedDraw } from './burn-down.ts'

/** A ledger entry of one call: a charge, or the reversal of a part of the charges before it. */
export type ChargeEntry = {
  /** Milliseconds of talk time. Below zero: a charge. Above zero: a reversal. */
  readonly amountMs: number
  /** Of a charge: where its range ends on the workspace's cumulative draws. */
  readonly drawnAfterMs: number
  /** Of a reversal: the grant that returned the credit. Null for a charge. */
  readonly grantId: string | null
}

/**
 * A range [fromMs, toMs) of the workspace's cumulative draws that a call was charged for, with the grant that paid it.
 * `grantId` is null while no grant has paid: that range is part of the overdraft.
 */
export type ChargeAllocation = {
  readonly fromMs: number
  readonly toMs: number
  readonly grantId: string | null
}

/**
 * Allocates to grants what a call was charged in the end, after all reversals. Returns ranges of the cumulative draws
 * in ascending order.
 *
 * @param entries all entries of the call, oldest first
 * @param draws the grants' draws on the ranges of these charges, in ascending order
 */
export function allocateCharges(
  entries: readonly ChargeEntry[],
  draws: readonly PlacedDraw[],
): ChargeAllocation[] {
  let allocations: ChargeAllocation[] = []
  for (const entry of entries) {
    allocations =
      entry.amountMs > 0
        ? subtractReversal(allocations, entry)
        : [...allocations, ...allocateCharge(entry, draws)]
  }
  return allocations
}

/**
 * Allocates the reversal of the last `amountMs` that a call was charged: the grants that paid it get it back, newest
 * range first. Ranges of earlier reversals are left out, as in `allocateCharges`, so a call can be reversed in steps.
 * A range with `grantId` null was never paid: its reversal reduces the overdraft.
 *
 * @param entries all entries of the call, oldest first
 * @param draws the grants' draws on the ranges of these charges, in ascending order
 * @param amountMs milliseconds of talk time
 * @throws RangeError when `amountMs` is more than the call is still charged
 */
export function allocateReversal(
  entries: readonly ChargeEntry[],
  draws: readonly PlacedDraw[],
  amountMs: number,
): ChargeAllocation[] {
  const { taken, missingMs } = takeLast(allocateCharges(entries, draws), amountMs)
  if (missingMs > 0) {
    throw new RangeError(`Cannot reverse ${amountMs} ms: the call is charged ${amountMs - missingMs} ms`)
  }
  return taken
}

/** The length of a range, in milliseconds of talk time. */
export function measureAllocation({ fromMs, toMs }: ChargeAllocation): number {
  return toMs - fromMs
}

function allocateCharge(charge: ChargeEntry, draws: readonly PlacedDraw[]): ChargeAllocation[] {
  const fromMs = charge.drawnAfterMs + charge.amountMs
  const paid = drawsWithin(draws, fromMs, charge.drawnAfterMs)
  const paidUntilMs = paid.at(-1)?.toMs ?? fromMs
  if (paidUntilMs === charge.drawnAfterMs) return paid
  return [...paid, { fromMs: paidUntilMs, toMs: charge.drawnAfterMs, grantId: null }]
}

/**
 * A reversal takes away the end of the charges before it. If the grant it returned has paid an overdraft of this very
 * call, that range is taken away first: credit that pays its own reversal is no payment.
 */
function subtractReversal(
  allocations: readonly ChargeAllocation[],
  reversal: ChargeEntry,
): ChargeAllocation[] {
  const paidByItself = allocations.filter(({ grantId }) => grantId === reversal.grantId)
  const others = allocations.filter(({ grantId }) => grantId !== reversal.grantId)
  const selfPaidMs = paidByItself.reduce((sum, allocation) => sum + measureAllocation(allocation), 0)
  return takeLast(others, reversal.amountMs - selfPaidMs).left
}

/** Cuts `amountMs` off the end of the ranges. `taken` is newest first; `missingMs` is what they were too short for. */
function takeLast(
  allocations: readonly ChargeAllocation[],
  amountMs: number,
): { left: ChargeAllocation[]; taken: ChargeAllocation[]; missingMs: number } {
  const left: ChargeAllocation[] = []
  const taken: ChargeAllocation[] = []
  let missingMs = amountMs
  for (const allocation of [...allocations].reverse()) {
    const takenMs = Math.min(missingMs, measureAllocation(allocation))
    const cutMs = allocation.toMs - takenMs
    missingMs -= takenMs
    if (takenMs > 0) taken.push({ ...allocation, fromMs: cutMs })
    if (cutMs > allocation.fromMs) left.unshift({ ...allocation, toMs: cutMs })
  }
  return { left, taken, missingMs }
}
