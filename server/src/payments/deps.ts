import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { PaymentHooks } from './fulfillment.ts'
import type { Gateway } from './gateway.ts'
import type { Seller } from './purchase-store.ts'

/** What the room is built of. */
export type PaymentsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly gateway: Gateway
  /** Who sells, as receipts name them. */
  readonly seller: Seller
  /** The origin at which people reach this server, for the way back from a page of the gateway's. */
  readonly origin: string
  /** What other rooms registered: asked for when it is needed. */
  readonly hooks: readonly PaymentHooks[]
  /** How long an answer of the gateway's is waited for, in milliseconds; its outcome is unknown then. */
  readonly answerMsMax?: number
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}
