import { computePrice } from '@talktime/core/billing/price'
import { addGrant, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Purchase, PurchasePurpose } from './purchase-store.ts'

/**
 * What a purchase is for. Both run in the transaction that records the outcome, under the workspace's lock, with
 * boundaries caught up; the unit is written by the caller. Where one throws, nothing is recorded, and the outcome
 * is asked for again later.
 */
export type Purpose = {
  /** It is paid: gives what was bought. Returns the grant it made, if it made one. */
  fulfil(
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

/** What a room that sells something hands over. Top-ups are this room's own. */
export type Fulfillments = Readonly<Partial<Record<Exclude<PurchasePurpose, 'top_up'>, Purpose>>>

/** Bought credits never expire. */
export const topUp: Purpose = {
  async fulfil(tx, unit, purchase, nowMs) {
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
