import { SECOND_MS } from '@talktime/core/time/durations'
import type { Actor } from '../access/index.ts'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant, Problem } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'
import type { PaymentMethod } from './payment-method-store.ts'
import { paymentProblems } from './problems.ts'
import type { Purchase, PurchaseOrigin, PurchasePurpose } from './purchase.ts'
import { hasReloadInFlight, lockPurchase } from './purchase-store.ts'
import { insertPurchase } from './purchase-write-store.ts'

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
  /** Requests with this key are repeats of one purchase. */
  readonly idempotency?: IdempotencyRef | undefined
  /**
   * Who charges after the transaction. `caller`, the default: the caller does; the background worker steps in later if
   * the caller did not survive. `worker`: the caller cannot, so the background worker charges at once.
   */
  readonly chargedBy?: 'caller' | 'worker'
}

/** How long the background worker waits before it charges in place of a caller that did not survive. */
const CALLER_MS_MAX = 10 * SECOND_MS

/**
 * Writes a purchase down before the card is charged. The caller holds the workspace's lock and writes the unit.
 *
 * @throws Problem `payment_pending` if a purchase by auto-reload is in flight and this is another one
 */
export async function createPurchase(
  tx: Tx,
  unit: WorkspaceUnit,
  gateway: Gateway['name'],
  order: Order,
  nowMs: number,
): Promise<Purchase> {
  const { amountMinor, method, chargedBy = 'caller' } = order
  const { workspaceId } = unit.line
  invariant(Number.isSafeInteger(amountMinor) && amountMinor >= 0, 'A price is a whole number of minor units')
  invariant(amountMinor === 0 || method !== null, 'A purchase that costs something needs a card')
  invariant(method === null || method.removedAtMs === null, 'A removed card is never charged')
  if (order.origin === 'auto_reload' && (await hasReloadInFlight(tx, workspaceId))) {
    throw new Problem(paymentProblems.payment_pending, 'A purchase by auto-reload is still in progress.')
  }
  const id = newUuid(nowMs)
  await insertPurchase(tx, {
    ...order,
    workspaceId,
    id,
    gateway,
    createdAtMs: nowMs,
    nextCheckAtMs: chargedBy === 'worker' ? nowMs : nowMs + CALLER_MS_MAX,
  })
  addEvent(unit, 'purchase', id)
  return lockPurchase(tx, { workspaceId, id })
}
