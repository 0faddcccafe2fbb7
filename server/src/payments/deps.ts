import type { Boundaries, WorkspaceUnit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import type { Fulfillments } from './fulfilment.ts'
import type { Gateway } from './gateway.ts'
import type { Purchase, Seller } from './purchase-store.ts'

/** What the room is built of. */
export type PaymentsDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly boundaries: Boundaries
  readonly gateway: Gateway
  /** Who sells, as receipts name them. */
  readonly seller: Seller
  /** The origin at which people reach this server, for the way back from a page of the gateway's. */
  readonly origin: string
  readonly purposes: Fulfillments
  /** How long an answer of the gateway's is waited for, in milliseconds; its outcome is unknown then. */
  readonly answerMsMax?: number
  /** In the transaction in which a card was added, removed or made the default; the unit is written after it. */
  readonly methodsChanged?: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<void>
  /** In the transaction in which a purchase was paid, after what was bought was given; the unit is written after it. */
  readonly succeeded?: (tx: Tx, unit: WorkspaceUnit, purchase: Purchase, nowMs: number) => Promise<void>
  /** After the commit: a purchase's outcome became known, or the cards changed. Not awaited. */
  readonly onSettled?: (workspaceId: string) => void
  readonly onMethodsChanged?: (workspaceId: string) => void
  /** After each commit of this room's: there is something new for listeners. */
  readonly onCommitted: (workspaceIds: readonly string[]) => void
  /** Something failed that will be tried again. */
  readonly onError: (error: unknown) => void
}
