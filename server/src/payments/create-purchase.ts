import type { Actor } from '../access/index.ts'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { type IdempotencyRef, idempotencyName } from '../platform/idempotency/idempotency-store.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant, Problem } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'
import type { PaymentMethod } from './payment-method-store.ts'
import { paymentProblems } from './problems.ts'
import { lockPurchase, type Purchase, type PurchaseOrigin, type PurchasePurpose } from './purchase-store.ts'

/** What is to be bought. Credits in milliseconds of talk time, money in minor units. */
export type Order = {
  readonly purpose: PurchasePurpose
  readonly origin: PurchaseOrigin
  readonly creditsMs: number
  readonly amountMinor: number
  readonly currency: string
  /** A line for the receipt and the card's statement, such as "2 × 100 credits". */
  readonly description: string
  /** The card to charge; null only where the amount is 0. */
  readonly method: PaymentMethod | null
  readonly packageId?: string
  readonly quantity?: number
  readonly planId?: string
  /** What the purpose has to know when it is paid; JSON. */
  readonly detail?: Readonly<Record<string, unknown>>
  /** Null: the server itself. */
  readonly actor?: Actor | null
  /** Whose repeats are the same purchase. */
  readonly idempotency?: IdempotencyRef | undefined
  /**
   * Who calls `charge` after the transaction. `worker`: the caller cannot, so that it is done in the background, at
   * once. Unless told, the caller; the worker comes after it only where the caller did not survive.
   */
  readonly chargedBy?: 'caller' | 'worker'
}

/** How long after the intent is written the worker steps in for a caller that did not survive. */
const callerMsMax = 10_000

/**
 * Writes down what is about to be bought, before anybody is charged. The caller holds the workspace's line, and
 * writes the unit.
 *
 * @throws Problem payment_pending where auto-reload has a purchase under way already
 */
export async function insertPurchase(
  tx: Tx,
  unit: WorkspaceUnit,
  gateway: Gateway['name'],
  order: Order,
  nowMs: number,
): Promise<Purchase> {
  const { amountMinor, method, chargedBy = 'caller' } = order
  const { workspaceId } = unit.line
  invariant(Number.isSafeInteger(amountMinor) && amountMinor >= 0, 'A price is a whole number of minor units')
  invariant(amountMinor === 0 || method !== null, 'What costs something needs a card')
  invariant(method === null || method.removedAtMs === null, 'A removed card is never charged')
  if (order.origin === 'auto_reload') await requireNoneInFlight(tx, workspaceId)
  const id = newUuid(nowMs)
  await tx.query(
    `insert into purchases (workspace_id, id, purpose, origin, status, package_id, quantity, plan_id, credits_ms,
       amount_minor, currency, description, payment_method_id, gateway, detail, actor, idempotency_key,
       request_hash, created_at_ms, next_check_at_ms)
     values ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      workspaceId,
      id,
      order.purpose,
      order.origin,
      order.packageId ?? null,
      order.quantity ?? null,
      order.planId ?? null,
      order.creditsMs,
      amountMinor,
      order.currency,
      order.description,
      method?.id ?? null,
      gateway,
      order.detail ?? {},
      order.actor ?? null,
      order.idempotency ? idempotencyName(order.idempotency) : null,
      order.idempotency?.requestHash ?? null,
      nowMs,
      chargedBy === 'worker' ? nowMs : nowMs + callerMsMax,
    ],
  )
  addEvent(unit, 'purchase', id)
  return lockPurchase(tx, { workspaceId, id })
}

async function requireNoneInFlight(tx: Tx, workspaceId: string): Promise<void> {
  const { rowCount } = await tx.query(
    `select from purchases
     where workspace_id = $1 and origin = 'auto_reload' and status in ('pending', 'requires_action')`,
    [workspaceId],
  )
  if (rowCount !== 0)
    throw new Problem(paymentProblems.payment_pending, 'A purchase of auto-reload is still under way.')
}
