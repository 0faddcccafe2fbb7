import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'
import type { Actor } from '../access/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type IdempotencyRef, idempotencyName } from '../platform/idempotency/idempotency-store.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'
import { paymentProblems } from './problems.ts'

/** What is bought: it says what happens when it is paid. */
export type PurchasePurpose = 'top_up' | 'plan_change' | 'renewal'

/** Who set it going. Only `manual` has a customer before the screen. */
export type PurchaseOrigin = 'manual' | 'auto_reload' | 'renewal'

export type PurchaseStatus = 'pending' | 'requires_action' | 'succeeded' | 'failed'

export type PurchaseRef = { readonly workspaceId: string; readonly id: string }

/** A purchase as the database has it. Credits in milliseconds of talk time, money in minor units. */
export type Purchase = PurchaseRef & {
  readonly purpose: PurchasePurpose
  readonly origin: PurchaseOrigin
  readonly status: PurchaseStatus
  readonly packageId: string | null
  readonly quantity: number | null
  readonly planId: string | null
  readonly creditsMs: number
  readonly amountMinor: number
  readonly currency: string
  readonly description: string
  readonly paymentMethodId: string | null
  readonly gateway: Gateway['name']
  /** What the gateway calls the charge, once it is known. */
  readonly chargeRef: string | null
  /** Where the customer confirms with their bank. An address without a host is one of ours. */
  readonly actionUrl: string | null
  /** Of a purchase that failed, and of one of the server's own that waits for the customer. */
  readonly failureCode: string | null
  readonly failureMessage: string | null
  readonly declineClass: DeclineClass | null
  readonly grantId: string | null
  /** What its purpose has to know when it is paid; JSON. */
  readonly detail: Readonly<Record<string, unknown>>
  /** Null: the server itself. */
  readonly actor: Actor | null
  readonly idempotencyKey: string | null
  readonly requestHash: Buffer | null
  readonly createdAtMs: number
  readonly settledAtMs: number | null
  readonly receiptNumber: string | null
  readonly receipt: Receipt | null
  /** When the gateway is asked again; null once the outcome is known. */
  readonly nextCheckAtMs: number | null
  /** How often the gateway was asked, or was about to be. */
  readonly checks: number
  /** Of the card. */
  readonly brand: string | null
  readonly lastFour: string | null
  /** The settled balance right after its credits. */
  readonly balanceAfterMs: number | null
}

/** Who sold and who bought, as they were called when it was paid: a receipt never changes. */
export type Receipt = {
  readonly seller: {
    readonly name: string
    readonly address: string | null
    readonly taxId: string | null
  }
  readonly buyer: { readonly name: string; readonly email: string | null }
  /** The tax that the amount includes; null: none is stated. */
  readonly tax: { readonly name: string; readonly percent: number; readonly amountMinor: number } | null
}

export type Seller = {
  readonly name: string
  readonly address: string | undefined
  readonly taxId: string | undefined
  /** The tax that prices include; undefined: receipts state none. */
  readonly tax: { readonly name: string; readonly percent: number } | undefined
}

const columns = `
  p.workspace_id as "workspaceId", p.id, p.purpose, p.origin, p.status, p.package_id as "packageId", p.quantity,
  p.plan_id as "planId", p.credits_ms as "creditsMs", p.amount_minor as "amountMinor", p.currency, p.description,
  p.payment_method_id as "paymentMethodId", p.gateway, p.gateway_ref as "chargeRef", p.action_url as "actionUrl",
  p.failure_code as "failureCode", p.failure_message as "failureMessage", p.decline_class as "declineClass",
  p.grant_id as "grantId", p.detail, p.actor, p.idempotency_key as "idempotencyKey", p.request_hash as "requestHash",
  p.created_at_ms as "createdAtMs", p.settled_at_ms as "settledAtMs", p.receipt_number as "receiptNumber", p.receipt,
  p.next_check_at_ms as "nextCheckAtMs", p.checks, m.brand, m.last_four as "lastFour",
  e.balance_after_ms as "balanceAfterMs"`

const tables = `
  purchases p
  left join payment_methods m on m.workspace_id = p.workspace_id and m.id = p.payment_method_id
  left join ledger_entries e on e.workspace_id = p.workspace_id and e.purchase_id = p.id and e.amount_ms > 0`

/** Purchases by a condition on `p`, for this room's own queries. */
export async function selectPurchases(
  db: Queryable,
  condition: string,
  values: unknown[],
): Promise<Purchase[]> {
  return (await db.query<Purchase>(`select ${columns} from ${tables} where ${condition}`, values)).rows
}

export async function findPurchase(db: Queryable, ref: PurchaseRef): Promise<Purchase | undefined> {
  return (await selectPurchases(db, 'p.workspace_id = $1 and p.id = $2', [ref.workspaceId, ref.id]))[0]
}

/** Throws `purchase_not_found`. */
export async function requirePurchase(db: Queryable, ref: PurchaseRef): Promise<Purchase> {
  const purchase = await findPurchase(db, ref)
  if (purchase === undefined) {
    throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase in this workspace.')
  }
  return purchase
}

/** The workspace of a purchase, for requests that name nothing else. Throws `purchase_not_found`. */
export async function workspaceOfPurchase(db: Queryable, id: string): Promise<string> {
  const { rows } = await db.query<{ workspaceId: string }>(
    'select workspace_id as "workspaceId" from purchases where id = $1',
    [id],
  )
  const workspaceId = rows[0]?.workspaceId
  if (workspaceId === undefined)
    throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase.')
  return workspaceId
}

/** Locks the purchase's row until the transaction ends; the workspace's line has been locked before. */
export async function lockPurchase(tx: Queryable, ref: PurchaseRef): Promise<Purchase> {
  const condition = 'p.workspace_id = $1 and p.id = $2 for update of p'
  const purchase = (await selectPurchases(tx, condition, [ref.workspaceId, ref.id]))[0]
  if (purchase === undefined)
    throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase.')
  return purchase
}

/** Newest first, one more than `limit`. */
export async function listPurchases(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<Purchase[]> {
  return selectPurchases(
    db,
    'p.workspace_id = $1 and ($2::uuid is null or p.id < $2) order by p.id desc limit $3',
    [workspaceId, page.beforeId, page.limit + 1],
  )
}

/** What purchases of an origin made since `sinceMs` cost, those whose outcome is open included. */
export async function spentMinor(
  db: Queryable,
  workspaceId: string,
  options: { readonly origin: PurchaseOrigin; readonly sinceMs: number },
): Promise<number> {
  const { rows } = await db.query<{ spent: number }>(
    `select coalesce(sum(amount_minor), 0)::bigint as spent from purchases
     where workspace_id = $1 and origin = $2 and created_at_ms >= $3 and status <> 'failed'`,
    [workspaceId, options.origin, options.sinceMs],
  )
  return rows[0]?.spent ?? 0
}

/**
 * When the nth newest purchase of an origin was made, those that failed left out; null: there are fewer since
 * `sinceMs`.
 */
export async function nthNewestAtMs(
  db: Queryable,
  workspaceId: string,
  options: { readonly origin: PurchaseOrigin; readonly sinceMs: number; readonly n: number },
): Promise<number | null> {
  const { rows } = await db.query<{ atMs: number }>(
    `select created_at_ms as "atMs" from purchases
     where workspace_id = $1 and origin = $2 and created_at_ms > $3 and status <> 'failed'
     order by created_at_ms desc offset $4 limit 1`,
    [workspaceId, options.origin, options.sinceMs, options.n - 1],
  )
  return rows[0]?.atMs ?? null
}

export function isFinal(purchase: { readonly status: PurchaseStatus }): boolean {
  return purchase.status === 'succeeded' || purchase.status === 'failed'
}

/**
 * The purchase that an earlier request with the same idempotency key made, however long ago.
 *
 * @throws Problem `idempotency_mismatch` where that request asked for something else
 */
export async function findPurchaseByKey(
  db: Queryable,
  workspaceId: string,
  key: IdempotencyRef,
): Promise<Purchase | undefined> {
  const condition = 'p.workspace_id = $1 and p.idempotency_key = $2'
  const [purchase] = await selectPurchases(db, condition, [workspaceId, idempotencyName(key)])
  if (purchase === undefined || purchase.requestHash?.equals(key.requestHash)) return purchase
  throw new Problem(
    platformProblems.idempotency_mismatch,
    'This Idempotency-Key was used with another body. Use a new key for a new purchase.',
  )
}
