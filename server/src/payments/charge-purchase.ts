import { setTimeout as pause } from 'node:timers/promises'
import { publicId } from '../public-ids.ts'
import { customerRefOf } from './customer-store.ts'
import type { PaymentsDeps } from './deps.ts'
import type { ChargeOutcome, ChargeRequest, NotFound } from './gateway.ts'
import { findMethod } from './payment-method-store.ts'
import {
  isFinal,
  type Purchase,
  type PurchaseRef,
  requirePurchase,
  selectPurchases,
} from './purchase-store.ts'
import type { Outcome } from './record-outcome.ts'

/** How long an answer of the gateway's is waited for. After that its outcome is unknown, for the time being. */
const answerMsMaxUsual = 20_000
/** While somebody waits for an answer, nobody else asks. */
const claimMs = answerMsMaxUsual + 10_000

const removedMethod: Outcome = {
  outcome: 'declined',
  chargeRef: null,
  code: 'payment_method_removed',
  message: 'The card was removed before it was charged. Nothing was charged.',
  class: 'hard',
}

export type Charging = {
  charge(ref: PurchaseRef): Promise<Purchase>
  cancel(ref: PurchaseRef): Promise<Purchase>
  reconcileDue(limit?: number): Promise<number>
  close(): Promise<void>
}

type ChargingDeps = PaymentsDeps & {
  recordOutcome(ref: PurchaseRef, outcome: Outcome): Promise<Purchase>
}

/**
 * Charges purchases and finds out what became of charges; never within a transaction. Safe at any repetition: the
 * gateway charges an id once, and an outcome is recorded once. What is claimed here only keeps several from asking
 * the same at the same time.
 */
export function createCharging(deps: ChargingDeps): Charging {
  const { database, clock, gateway, recordOutcome, answerMsMax = answerMsMaxUsual } = deps
  const underWay = new Map<string, Promise<Purchase>>()

  /** Says that the gateway is about to be asked; undefined where there is nothing left to ask. */
  async function claim(ref: PurchaseRef): Promise<Purchase | undefined> {
    const { rowCount } = await database.query(
      `update purchases set checks = checks + 1, next_check_at_ms = $3
       where workspace_id = $1 and id = $2 and gateway = $4 and next_check_at_ms is not null`,
      [ref.workspaceId, ref.id, clock.now() + claimMs, gateway.name],
    )
    return rowCount === 1 ? requirePurchase(database, ref) : undefined
  }

  async function claimDue(limit: number): Promise<Purchase[]> {
    const nowMs = clock.now()
    const { rows } = await database.query<{ id: string }>(
      `update purchases p set checks = checks + 1, next_check_at_ms = $2
       from (select workspace_id, id from purchases where next_check_at_ms <= $1 and gateway = $3
             order by next_check_at_ms limit $4 for update skip locked) due
       where p.workspace_id = due.workspace_id and p.id = due.id returning p.id`,
      [nowMs, nowMs + claimMs, gateway.name, limit],
    )
    if (rows.length === 0) return []
    return selectPurchases(database, 'p.id = any($1::uuid[])', [rows.map(({ id }) => id)])
  }

  /** One question of a purchase at a time in this process: whoever comes meanwhile gets the same answer. */
  function once(ref: PurchaseRef, work: () => Promise<Purchase>): Promise<Purchase> {
    const running = underWay.get(ref.id)
    if (running !== undefined) return running
    const started = work().finally(() => underWay.delete(ref.id))
    underWay.set(ref.id, started)
    return started
  }

  async function settleClaimed(purchase: Purchase): Promise<Purchase> {
    if (isFinal(purchase)) return purchase
    return recordOutcome(purchase, await find(purchase))
  }

  /** The purchase's outcome, by charging where that has not been done. */
  async function find(purchase: Purchase): Promise<Outcome> {
    if (purchase.amountMinor === 0) return { outcome: 'succeeded', chargeRef: null }
    const method = await methodOf(purchase)
    const intent = await intentOf(purchase, method.methodRef)
    // Only the very first time nobody can have charged before.
    const found = purchase.checks === 1 ? notFound : await answer(() => gateway.lookUp(intent))
    if (found.outcome !== 'not_found') return found
    if (method.removedAtMs !== null) return removedMethod
    return answer(() => gateway.charge(intent))
  }

  async function methodOf(purchase: Purchase) {
    const { workspaceId, paymentMethodId } = purchase
    const method =
      paymentMethodId === null ? undefined : await findMethod(database, workspaceId, paymentMethodId)
    if (method === undefined) throw new Error(`Purchase ${purchase.id} has no card to charge`)
    return method
  }

  async function intentOf(purchase: Purchase, methodRef: string): Promise<ChargeRequest> {
    const { workspaceId, amountMinor, currency, chargeRef, description } = purchase
    return {
      purchaseId: purchase.id,
      workspaceId,
      amountMinor,
      currency,
      customerRef: await customerRefOf(deps, workspaceId),
      methodRef,
      chargeRef,
      offSession: purchase.origin !== 'manual',
      description,
      returnUrl: `${deps.origin}${purchasePage(purchase)}`,
    }
  }

  /** What the gateway says; unknown where it says nothing, or not in time. */
  async function answer<Answer extends ChargeOutcome | NotFound>(
    ask: () => Promise<Answer>,
  ): Promise<Answer | typeof unknown> {
    const waiting = new AbortController()
    try {
      return await Promise.race([ask(), pause(answerMsMax, unknown, { signal: waiting.signal, ref: false })])
    } catch (error) {
      deps.onError(error)
      return unknown
    } finally {
      waiting.abort()
    }
  }

  return {
    charge(ref) {
      return once(ref, async () => {
        const claimed = await claim(ref)
        return claimed === undefined ? requirePurchase(database, ref) : settleClaimed(claimed)
      })
    },
    async cancel(ref) {
      await underWay.get(ref.id)?.catch(() => {})
      return once(ref, async () => {
        const purchase = await requirePurchase(database, ref)
        if (purchase.status !== 'requires_action' || purchase.gateway !== gateway.name) return purchase
        const intent = await intentOf(purchase, (await methodOf(purchase)).methodRef)
        const given = await answer(() => gateway.cancel(intent))
        return given.outcome === 'not_found' ? purchase : recordOutcome(purchase, given)
      })
    },
    async reconcileDue(limit = 20) {
      const due = await claimDue(limit)
      const settling = due.map((purchase) => once(purchase, () => settleClaimed(purchase)))
      for (const { status, ...failed } of await Promise.allSettled(settling)) {
        if (status === 'rejected' && 'reason' in failed) deps.onError(failed.reason)
      }
      return due.length
    },
    async close() {
      await Promise.allSettled(underWay.values())
    },
  }
}

const notFound: NotFound = { outcome: 'not_found' }
const unknown = { outcome: 'unknown' } as const

/** The page on which a customer sees what became of a purchase. */
function purchasePage(purchase: PurchaseRef): string {
  return `/billing?purchase=${publicId('purchase', purchase.id)}`
}
