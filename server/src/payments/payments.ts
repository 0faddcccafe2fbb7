import type { Account } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { type Cards, createCards } from './cards.ts'
import type { ChargeOutcome, Gateway } from './gateway.ts'
import { insertIntent, type Order } from './intend.ts'
import { findDefaultMethod, type PaymentMethod } from './methods.ts'
import { createOutcomes } from './outcome.ts'
import type { PaymentsParts } from './parts.ts'
import type { Purchase, PurchaseRef } from './purchase.ts'
import { createSettlement } from './settle.ts'

/** The one way money is taken. */
export type Payments = Cards & {
  /** The gateway in use. */
  readonly gateway: Gateway['name']
  /**
   * 1. In the caller's transaction, which holds the workspace's line (`lockAccounts`) and writes the account
   * afterwards: writes down what is about to be bought. Throws `payment_pending` where auto-reload has one under way.
   */
  intend(tx: Tx, account: Account, order: Order, nowMs: number): Promise<Purchase>
  /**
   * 2. After that transaction, outside of any: charges, or finds out what became of the charge, and records it. As
   * often as you like, also at once and by several servers; answers the purchase as it is then.
   */
  settle(ref: PurchaseRef): Promise<Purchase>
  /** 3. Records what the gateway said, whoever asked, or was told by it: a final status never changes. */
  recordOutcome(ref: PurchaseRef, outcome: ChargeOutcome): Promise<Purchase>
  /** Gives up a purchase that waits for the customer's confirmation; answers it as it is then, paid perhaps. */
  cancel(ref: PurchaseRef): Promise<Purchase>
  /** Settles purchases whose outcome is due to be asked for; at most `limit`. Returns how many there were. */
  reconcileDue(limit?: number): Promise<number>
  /** The card that is charged unless another is named; undefined: there is none. */
  defaultMethod(db: Queryable, workspaceId: string): Promise<PaymentMethod | undefined>
  /** Waits for the charges under way. */
  close(): Promise<void>
}

export function createPayments(parts: PaymentsParts): Payments {
  const outcomes = createOutcomes(parts)
  const settlement = createSettlement({ ...parts, recordOutcome: outcomes.recordOutcome })
  const gateway = parts.gateway.name
  return {
    ...createCards({ ...parts, cancel: settlement.cancel }),
    ...settlement,
    ...outcomes,
    gateway,
    intend: (tx, account, order, nowMs) => insertIntent(tx, account, gateway, order, nowMs),
    defaultMethod: (db, workspaceId) => findDefaultMethod(db, { workspaceId, gateway }),
  }
}
