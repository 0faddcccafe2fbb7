import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { createCharging } from './charge-purchase.ts'
import { insertPurchase, type Order } from './create-purchase.ts'
import type { PaymentsDeps } from './deps.ts'
import type { PaymentHooks } from './fulfillment.ts'
import type { ChargeOutcome, Gateway } from './gateway.ts'
import { findDefaultMethod, type PaymentMethod } from './payment-method-store.ts'
import { createPaymentMethods, type PaymentMethods } from './payment-methods.ts'
import type { Purchase, PurchaseRef } from './purchase-store.ts'
import { createOutcomeRecorder } from './record-outcome.ts'

/** The one way money is taken. */
export type Payments = PaymentMethods & {
  /** The gateway in use. */
  readonly gateway: Gateway['name']
  /**
   * 1. In the caller's transaction, which holds the workspace's line (`lockWorkspaces`) and writes the unit
   * afterwards: writes down what is about to be bought. Throws `payment_pending` where auto-reload has one under way.
   */
  createPurchase(tx: Tx, unit: WorkspaceUnit, order: Order, nowMs: number): Promise<Purchase>
  /**
   * 2. After that transaction, outside of any: charges, or finds out what became of the charge, and records it. As
   * often as you like, also at once and by several servers; answers the purchase as it is then.
   */
  charge(ref: PurchaseRef): Promise<Purchase>
  /** 3. Records what the gateway said, whoever asked, or was told by it: a final status never changes. */
  recordOutcome(ref: PurchaseRef, outcome: ChargeOutcome): Promise<Purchase>
  /** Gives up a purchase that waits for the customer's confirmation; answers it as it is then, paid perhaps. */
  cancel(ref: PurchaseRef): Promise<Purchase>
  /** Settles purchases whose outcome is due to be asked for; at most `limit`. Returns how many there were. */
  reconcileDue(limit?: number): Promise<number>
  /** The card that is charged unless another is named; undefined: there is none. */
  defaultMethod(db: Queryable, workspaceId: string): Promise<PaymentMethod | undefined>
  /** Registers what a room above does in this room's transactions. Call it before the server takes requests. */
  register(hooks: PaymentHooks): void
  /** Waits for the charges under way. */
  close(): Promise<void>
}

export function createPayments(options: Omit<PaymentsDeps, 'hooks'>): Payments {
  const hooks: PaymentHooks[] = []
  const deps = { ...options, hooks }
  const outcomes = createOutcomeRecorder(deps)
  const settlement = createCharging({ ...deps, recordOutcome: outcomes.recordOutcome })
  const gateway = deps.gateway.name
  return {
    ...createPaymentMethods({ ...deps, cancel: settlement.cancel }),
    ...settlement,
    ...outcomes,
    gateway,
    register: (more) => hooks.push(more),
    createPurchase: (tx, unit, order, nowMs) => insertPurchase(tx, unit, gateway, order, nowMs),
    defaultMethod: (db, workspaceId) => findDefaultMethod(db, { workspaceId, gateway }),
  }
}
