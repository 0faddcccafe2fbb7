import type { PlacedDraw } from '../src/billing/burn-down.ts'
import {
  allocateReversal,
  type ChargeAllocation,
  type ChargeEntry,
  measureAllocation,
} from '../src/billing/charge-allocations.ts'

/** A workspace's ledger, reduced to what the allocation of one call's charges depends on. */
export type ReferenceLedger = {
  /** Of the one call, oldest first. */
  readonly entries: readonly ChargeEntry[]
  readonly draws: readonly PlacedDraw[]
  readonly drawnMs: number
  readonly foldedMs: number
  /** Grants with credit left, in the order in which they pay: the oldest first. */
  readonly openGrants: readonly { readonly grantId: string; readonly remainingMs: number }[]
  readonly grantCount: number
}

export const emptyLedger: ReferenceLedger = {
  entries: [],
  draws: [],
  drawnMs: 0,
  foldedMs: 0,
  openGrants: [],
  grantCount: 0,
}

export function chargeCall(ledger: ReferenceLedger, amountMs: number): ReferenceLedger {
  const drawnMs = ledger.drawnMs + amountMs
  const charge = { amountMs: -amountMs, drawnAfterMs: drawnMs, grantId: null }
  return foldDraws({ ...ledger, drawnMs, entries: [...ledger.entries, charge] })
}

export function chargeAnotherCall(ledger: ReferenceLedger, amountMs: number): ReferenceLedger {
  return foldDraws({ ...ledger, drawnMs: ledger.drawnMs + amountMs })
}

export function addGrant(ledger: ReferenceLedger, amountMs: number): ReferenceLedger {
  const grantCount = ledger.grantCount + 1
  const grant = { grantId: `grant ${grantCount}`, remainingMs: amountMs }
  return foldDraws({ ...ledger, grantCount, openGrants: [...ledger.openGrants, grant] })
}

/**
 * Reverses the call's last `amountMs` as the server does: what was never paid comes back first, because it reduces the
 * overdraft; then each payer's part as a grant of its own.
 */
export function reverseCharge(ledger: ReferenceLedger, amountMs: number): ReferenceLedger {
  const reversed = allocateReversal(ledger.entries, ledger.draws, amountMs)
  const paid = reversed.filter(({ grantId }) => grantId !== null)
  const unpaidMs = amountMs - sumLengths(paid)
  const returnedMs = [unpaidMs, ...paid.map(measureAllocation)].filter((partMs) => partMs > 0)
  return returnedMs.reduce((before, partMs) => {
    const after = addGrant(before, partMs)
    const grantId = `grant ${after.grantCount}`
    const reversal = { amountMs: partMs, drawnAfterMs: after.drawnMs, grantId }
    return { ...after, entries: [...after.entries, reversal] }
  }, ledger)
}

/** What the call is charged after all reversals. */
export function readCharge({ entries }: Pick<ReferenceLedger, 'entries'>): number {
  return entries.reduce((chargedMs, { amountMs }) => chargedMs - amountMs, 0)
}

export function sumLengths(allocations: readonly ChargeAllocation[]): number {
  return allocations.reduce((sum, allocation) => sum + measureAllocation(allocation), 0)
}

function foldDraws(ledger: ReferenceLedger): ReferenceLedger {
  const draws = [...ledger.draws]
  let { foldedMs } = ledger
  const openGrants = ledger.openGrants.map(({ grantId, remainingMs }) => {
    const amountMs = Math.min(remainingMs, ledger.drawnMs - foldedMs)
    if (amountMs > 0) draws.push({ grantId, fromMs: foldedMs, toMs: foldedMs + amountMs })
    foldedMs += amountMs
    return { grantId, remainingMs: remainingMs - amountMs }
  })
  return { ...ledger, draws, foldedMs, openGrants }
}
