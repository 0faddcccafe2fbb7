import { computePrice } from '@talktime/core/billing/price'
import { addGrant, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Purchase, PurchasePurpose } from './purchase-store.ts'

/**
 * What follows from the outcome of a purchase, by its purpose. Both functions run in the change that records the
 * outcome. Where one throws, nothing is recorded, and the gateway is asked again later.
 */
export type Fulfillment = {
  /** The purchase is paid: delivers what was bought. Returns the grant it made; null: it made none. */
  fulfill(
    tx: Tx,
    unit: WorkspaceUnit,
    purchase: Purchase,
    nowMs: number,
  ): Promise<{ readonly grantId: string | null }>
  /**
   * It was declined (status `failed`), or nobody was there to confirm it with the bank (status `requires_action`,
   * class `action_required`): the latter may still be paid later, and this is not called again if it is not.
   */
  failed(tx: Tx, unit: WorkspaceUnit, purchase: Purchase, nowMs: number): Promise<void>
}

/** What rooms that sell something register. Top-ups are this room's own. */
export type Fulfillments = Readonly<Partial<Record<Exclude<PurchasePurpose, 'top_up'>, Fulfillment>>>

/** What rooms above do in the change that records the outcome of a purchase, or that changes the cards. */
export type PaymentHooks = {
  readonly fulfillments?: Fulfillments
  /** A card was added, removed or made the default. */
  readonly methodsChanged?: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<void>
  /** A purchase was paid, and what was bought has been delivered. */
  readonly succeeded?: (tx: Tx, unit: WorkspaceUnit, purchase: Purchase, nowMs: number) => Promise<void>
}

/** Bought credits never expire. */
export const topUp: Fulfillment = {
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
  async failed() {},
}
