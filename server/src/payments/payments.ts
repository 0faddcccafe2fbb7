import type { AuditSource } from '../access/index.ts'
import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { createCharger } from './charge-purchase.ts'
import { createPurchase } from './create-purchase.ts'
import type { PaymentsDeps } from './deps.ts'
import type { PaymentHooks } from './fulfillment.ts'
import type { ChargeOutcome, Gateway } from './gateway.ts'
import type { Order } from './order.ts'
import { findDefaultMethod, type PaymentMethod } from './payment-method-store.ts'
import { createPaymentMethods, type PaymentMethods } from './payment-methods.ts'
import type { Purchase, PurchaseRef } from './purchase.ts'
import { type Outcome, recordOutcome } from './record-outcome.ts'

/** The one way to take money: create a purchase, charge it, record the outcome. */
export type Payments = PaymentMethods & {
  /** The name of the gateway in use. */
  readonly gateway: Gateway['name']
  /**
   * Step 1: writes down what is about to be bought. The caller holds the workspace's lock and writes the unit
   * afterwards.
   *
   * @throws Problem `payment_pending` if a purchase by auto-reload is in flight and this is another one,
   *   `too_many_declines` if people ordered too much lately that was declined
   */
  createPurchase(tx: Tx, unit: WorkspaceUnit, order: Order, nowMs: number): Promise<Purchase>
  /**
   * Step 2, outside any transaction: charges the card, or finds out what became of the charge, and records it. It may
   * be repeated any number of times, also concurrently and by several servers. Returns the purchase as it is then.
   */
  charge(ref: PurchaseRef): Promise<Purchase>
  /** Step 3: records what the gateway said, whether it was asked or reported it. A final status never changes. */
  recordOutcome(ref: PurchaseRef, outcome: ChargeOutcome): Promise<Purchase>
  /**
   * Cancels a purchase that waits for the customer's confirmation. Returns it as it is then, which may be paid.
   *
   * @param by who cancels it; left out: the server itself
   */
  cancel(ref: PurchaseRef, by?: AuditSource): Promise<Purchase>
  /** Charges or looks up at most `limit` purchases that are due. Returns how many there were. */
  reconcileDue(limit?: number): Promise<number>
  /** Finds the card that is charged unless another is named. */
  findDefaultMethod(db: Queryable, workspaceId: string): Promise<PaymentMethod | undefined>
  /** Registers what another room does in this room's transactions. Call it before the server accepts requests. */
  register(hooks: PaymentHooks): void
  /** Waits for the charges under way. */
  close(): Promise<void>
}

export function createPayments(options: Omit<PaymentsDeps, 'hooks'>): Payments {
  const hooks: PaymentHooks[] = []
  const deps: PaymentsDeps = { ...options, hooks }
  const record = (ref: PurchaseRef, outcome: Outcome, by?: AuditSource) =>
    recordOutcome(deps, ref, outcome, by)
  const charger = createCharger({ ...deps, recordOutcome: record })
  const gateway = deps.gateway.name
  return {
    ...createPaymentMethods({ ...deps, cancel: charger.cancel }),
    ...charger,
    recordOutcome: record,
    gateway,
    register: (more) => hooks.push(more),
    createPurchase: (tx, unit, order, nowMs) => createPurchase(deps, tx, unit, order, nowMs),
    findDefaultMethod: (db, workspaceId) => findDefaultMethod(db, { workspaceId, gateway }),
  }
}
