import { SECOND_MS } from '@talktime/core/time/durations'
import type { AuditSource } from '../access/index.ts'
import { ANSWER_MS_MAX, cancelCharge, chargeOrLookUp } from './ask-gateway.ts'
import type { PaymentsDeps } from './deps.ts'
import { isFinal, type Purchase, type PurchaseRef } from './purchase.ts'
import { loadPurchases, requirePurchase } from './purchase-store.ts'
import { claimDuePurchases, claimPurchase } from './purchase-write-store.ts'
import type { Outcome } from './record-outcome.ts'

/** How long a claim keeps others from asking the gateway about a purchase. */
const CLAIM_MS = ANSWER_MS_MAX + 10 * SECOND_MS

/** Charges purchases. `payments.ts` documents the functions. */
export type Charger = {
  charge(ref: PurchaseRef): Promise<Purchase>
  cancel(ref: PurchaseRef, by?: AuditSource): Promise<Purchase>
  reconcileDue(limit?: number): Promise<number>
  close(): Promise<void>
}

type ChargerDeps = PaymentsDeps & {
  recordOutcome(ref: PurchaseRef, outcome: Outcome, by?: AuditSource): Promise<Purchase>
}

/**
 * Charges purchases and finds out what became of charges, never inside a transaction. Any repetition is safe: the
 * gateway charges an id once, and an outcome is recorded once. Claims only avoid asking the gateway twice at a time.
 */
export function createCharger(deps: ChargerDeps): Charger {
  const { database, clock, gateway, recordOutcome } = deps
  const underWay = new Map<string, Promise<Purchase>>()

  async function claimDue(limit: number): Promise<Purchase[]> {
    const nowMs = clock.now()
    const claim = { nowMs, nextCheckAtMs: nowMs + CLAIM_MS, limit }
    const ids = await claimDuePurchases(database, gateway.name, claim)
    return ids.length === 0 ? [] : loadPurchases(database, ids)
  }

  /** Runs one piece of work per purchase at a time in this process. Callers in the meantime get its result. */
  function runOnce(ref: PurchaseRef, work: () => Promise<Purchase>): Promise<Purchase> {
    const running = underWay.get(ref.id)
    if (running !== undefined) return running
    const started = work().finally(() => underWay.delete(ref.id))
    underWay.set(ref.id, started)
    return started
  }

  async function chargeClaimed(purchase: Purchase): Promise<Purchase> {
    if (isFinal(purchase)) return purchase
    return recordOutcome(purchase, await chargeOrLookUp(deps, purchase))
  }

  return {
    charge(ref) {
      return runOnce(ref, async () => {
        const isClaimed = await claimPurchase(database, ref, gateway.name, clock.now() + CLAIM_MS)
        const purchase = await requirePurchase(database, ref)
        return isClaimed ? chargeClaimed(purchase) : purchase
      })
    },
    async cancel(ref, by) {
      await underWay.get(ref.id)?.catch(() => {})
      return runOnce(ref, async () => {
        const purchase = await requirePurchase(database, ref)
        if (purchase.status !== 'requires_action' || purchase.gateway !== gateway.name) return purchase
        const outcome = await cancelCharge(deps, purchase)
        return outcome.outcome === 'not_found' ? purchase : recordOutcome(purchase, outcome, by)
      })
    },
    async reconcileDue(limit = 20) {
      const due = await claimDue(limit)
      const charges = due.map((purchase) => runOnce(purchase, () => chargeClaimed(purchase)))
      for (const { status, ...rejected } of await Promise.allSettled(charges)) {
        if (status === 'rejected' && 'reason' in rejected) deps.onError(rejected.reason)
      }
      return due.length
    },
    async close() {
      await Promise.allSettled(underWay.values())
    },
  }
}
