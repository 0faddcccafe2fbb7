import { computePrice } from '@talktime/core/billing/price'
import { addGrant, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Purchase, PurchasePurpose } from './purchase.ts'

/**
 * What the outcome of a purchase leads to, by purpose. Both functions run in the transaction that records the outcome.
 * If one throws, nothing is recorded and the gateway is asked again later.
 */
export type Fulfillment = {
  /** Delivers what was paid for. Returns the grant it created, or `null`. */
  fulfill(
    tx: Tx,
    unit: WorkspaceUnit,
    purchase: Purchase,
    nowMs: number,
  ): Promise<{ readonly grantId: string | null }>
  /**
   * Handles a purchase that was declined (status `failed`), or that needs a confirmation while no customer is present
   * (status `requires_action`, class `action_required`). The latter may still be paid later; if it is not, this is not
   * called a second time.
   */
  handleFailure(tx: Tx, unit: WorkspaceUnit, purchase: Purchase, nowMs: number): Promise<void>
}

/** The fulfillments that other rooms register. Top-ups belong to this room. */
export type Fulfillments = Readonly<Partial<Record<Exclude<PurchasePurpose, 'top_up'>, Fulfillment>>>

/** What other rooms do in the transactions that record outcomes or change cards. */
export type PaymentHooks = {
  readonly fulfillments?: Fulfillments
  /** A card was added, removed or made the default. */
  readonly onMethodsChanged?: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<void>
  /** A purchase was paid and fulfilled. */
  readonly onSucceeded?: (tx: Tx, unit: WorkspaceUnit, purchase: Purchase, nowMs: number) => Promise<void>
}

/** Adds the credits of a paid top-up. They never expire. */
export const topUpFulfillment: Fulfillment = {
  async fulfill(tx, unit, purchase, nowMs) {
    const { id, creditsMs, description, amountMinor, currency } = purchase
    const { grantId } = await addGrant(
      tx,
      unit,
      {
        kind: 'top_up',
        amountMs: creditsMs,
        atMs: nowMs,
        expiresAtMs: null,
        reason: description,
        price: computePrice(amountMinor, currency, creditsMs),
        purchaseId: id,
      },
      nowMs,
    )
    return { grantId }
  },
  async handleFailure() {},
}
