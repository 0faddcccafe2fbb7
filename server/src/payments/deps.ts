import type { Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { CardLimits } from './card-limits.ts'
import type { PaymentHooks } from './fulfillment.ts'
import type { Gateway } from './gateway.ts'
import type { Seller } from './receipt.ts'

/** What the payments room depends on. */
export type PaymentsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly gateway: Gateway
  readonly seller: Seller
  /** How often a workspace may try cards. */
  readonly cardLimits: CardLimits
  /** The origin at which people reach this server. The gateway's pages lead back to it. */
  readonly origin: string
  /** What other rooms registered. Read at each use, because rooms may register later. */
  readonly hooks: readonly PaymentHooks[]
  /** How long to wait for an answer of the gateway's, in milliseconds, before the outcome counts as unknown. */
  readonly answerMsMax?: number
  /** Called with failures that will be retried. */
  readonly onError: (error: unknown) => void
}
