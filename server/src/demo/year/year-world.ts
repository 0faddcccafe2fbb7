import { type AutoReload, createAutoReload } from '../../auto-reload/index.ts'
import { type CallEngine, chargeUntilBoundary, createCallEngine } from '../../calls/index.ts'
import { type Boundaries, createBoundaries } from '../../ledger/index.ts'
import { createPayments, createSandboxGateway, type Payments, type Seller } from '../../payments/index.ts'
import { virtualClock } from '../../platform/clock.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import {
  planChangeFulfillment,
  renew,
  renewalFulfillment,
  retryRenewalNow,
  type SubscriptionDeps,
} from '../../subscriptions/index.ts'
import { pipelineWithin, withinTransaction } from './one-transaction.ts'

export type YearWorldDeps = {
  readonly database: Database
  readonly tx: Tx
  readonly startsAtMs: number
  /** Who sells, as receipts name them. */
  readonly seller: Seller
  /** The origin at which people reach the server. */
  readonly origin: string
}

/** The product's own rooms as the demo's year needs them. */
export type YearWorld = {
  readonly tx: Tx
  readonly clock: ReturnType<typeof virtualClock>
  readonly database: Database
  readonly boundaries: Boundaries
  readonly engine: CallEngine
  readonly payments: Payments
  readonly subscriptions: SubscriptionDeps
  readonly autoReload: AutoReload
}

/**
 * Puts the rooms together under a clock that is set by hand, all on the one transaction: the sandbox bank's books too,
 * which commit by themselves otherwise, so that nothing is left of a year that is broken off.
 */
export function openYearWorld(deps: YearWorldDeps): YearWorld {
  const { tx, seller, origin } = deps
  const clock = virtualClock(deps.startsAtMs)
  const database = withinTransaction(deps.database, tx)
  const boundaries = createBoundaries(database, {
    chargeUntilBoundary,
    renew: (on, unit, atMs, nowMs) => renew({ chargeUntilBoundary, payments }, on, unit, atMs, nowMs),
  })
  const engine = createCallEngine({ database, clock, boundaries, openPipeline: () => pipelineWithin(tx) })
  const payments = createPayments({
    database,
    clock,
    boundaries,
    gateway: createSandboxGateway({ database, clock }),
    seller,
    origin,
    purposes: { plan_change: planChangeFulfillment, renewal: renewalFulfillment({ chargeUntilBoundary }) },
    methodsChanged: (on, unit, nowMs) => retryRenewalNow(on, unit.line.workspaceId, nowMs),
    onCommitted: nobody,
    onError: rethrow,
  })
  const surroundings = { database, clock, boundaries, payments, onCommitted: nobody }
  return {
    tx,
    clock,
    database,
    boundaries,
    engine,
    payments,
    subscriptions: { ...surroundings, chargeUntilBoundary },
    autoReload: createAutoReload({ ...surroundings, onError: rethrow }),
  }
}

/** Nobody listens to a transaction that has not committed. */
function nobody(): void {}

/** Nothing is tried again later: what fails, fails the whole. */
function rethrow(error: unknown): never {
  throw error
}
