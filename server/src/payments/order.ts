import type { Actor, RequestOrigin } from '../access/index.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import type { PaymentMethod } from './payment-method-store.ts'
import type { PurchaseOrigin, PurchasePurpose } from './purchase.ts'

/** What to buy. Credits are in milliseconds of talk time, money is in minor units. */
export type Order = {
  readonly purpose: PurchasePurpose
  readonly origin: PurchaseOrigin
  readonly creditsMs: number
  readonly amountMinor: number
  readonly currency: string
  /** A line for the receipt and the card's statement, such as "2 × 100 credits". */
  readonly description: string
  /** The card to charge. It may be `null` only if the amount is 0. */
  readonly method: PaymentMethod | null
  readonly packageId?: string
  readonly quantity?: number
  readonly planId?: string
  /** JSON that the purpose needs when the purchase is paid. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** Who buys; `null`, the default, is the server itself. */
  readonly actor?: Actor | null
  /** Where the buyer's request came from, for the audit log. */
  readonly requestOrigin?: RequestOrigin | undefined
  /** Requests with this key are repeats of one purchase. */
  readonly idempotency?: IdempotencyRef | undefined
  /**
   * Who charges after the transaction. `caller`, the default: the caller does; the background worker steps in later if
   * the caller did not survive. `worker`: the caller cannot, so the background worker charges at once.
   */
  readonly chargedBy?: 'caller' | 'worker'
}
