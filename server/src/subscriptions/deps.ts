import type { Ledger, WorkspaceUnit } from '../ledger/index.ts'
import type { Payments } from '../payments/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'

/** What the subscriptions room depends on. */
export type SubscriptionDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Ledger
  readonly payments: Payments
  /** Charges live calls for their conversation up to `atMs`. The calls room implements it. */
  readonly chargeUntilBoundary: (tx: Tx, unit: WorkspaceUnit, atMs: number, nowMs: number) => Promise<void>
  /** The workspace's terms have changed: another plan may end its live calls, or let them finish. */
  readonly termsChanged: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<unknown>
}
