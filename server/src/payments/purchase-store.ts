import type { Actor } from '../access/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { type IdempotencyRef, idempotencyName } from '../platform/idempotency/idempotency-store.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { Gateway } from './gateway.ts'
import { paymentProblems } from './problems.ts'
import type { Purchase, PurchaseOrigin, PurchasePurpose, PurchaseRef } from './purchase.ts'

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

async function selectPurchases(db: Queryable, condition: string, values: unknown[]): Promise<Purchase[]> {
  return (await db.query<Purchase>(`select ${columns} from ${tables} where ${condition}`, values)).rows
}

/**
 * Reads a purchase.
 *
 * @throws Problem `purchase_not_found`
 */
export async function requirePurchase(db: Queryable, ref: PurchaseRef): Promise<Purchase> {
  const condition = 'p.workspace_id = $1 and p.id = $2'
  const [purchase] = await selectPurchases(db, condition, [ref.workspaceId, ref.id])
  if (purchase !== undefined) return purchase
  throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase in this workspace.')
}

/**
 * Reads a purchase and locks its row until the transaction ends. The workspace must be locked already.
 *
 * @throws Problem `purchase_not_found`
 */
export async function lockPurchase(tx: Queryable, ref: PurchaseRef): Promise<Purchase> {
  const condition = 'p.workspace_id = $1 and p.id = $2 for update of p'
  const [purchase] = await selectPurchases(tx, condition, [ref.workspaceId, ref.id])
  if (purchase !== undefined) return purchase
  throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase.')
}

export function loadPurchases(db: Queryable, ids: readonly string[]): Promise<Purchase[]> {
  return selectPurchases(db, 'p.id = any($1::uuid[])', [ids])
}

/**
 * Finds the workspace of a purchase, for requests that name only the purchase.
 *
 * @throws Problem `purchase_not_found`
 */
export async function requirePurchaseWorkspace(db: Queryable, id: string): Promise<string> {
  const { rows } = await db.query<{ workspaceId: string }>(
    'select workspace_id as "workspaceId" from purchases where id = $1',
    [id],
  )
  const workspaceId = rows[0]?.workspaceId
  if (workspaceId !== undefined) return workspaceId
  throw new Problem(paymentProblems.purchase_not_found, 'There is no such purchase.')
}

/** Finds a purchase of any workspace that is paid through a gateway. */
export async function findGatewayPurchase(
  db: Queryable,
  gateway: Gateway['name'],
  id: string,
): Promise<Purchase | undefined> {
  return (await selectPurchases(db, 'p.id = $1 and p.gateway = $2', [id, gateway]))[0]
}

/** Lists purchases newest first, one more than `limit`. */
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

/** Lists the purchases on a card that wait for the customer's confirmation. */
export function listPurchasesToConfirm(
  db: Queryable,
  workspaceId: string,
  paymentMethodId: string,
): Promise<Purchase[]> {
  const condition = `p.workspace_id = $1 and p.payment_method_id = $2 and p.status = 'requires_action'`
  return selectPurchases(db, condition, [workspaceId, paymentMethodId])
}

/** Finds a renewal that waits for the customer's confirmation. */
export async function findRenewalToConfirm(
  db: Queryable,
  workspaceId: string,
): Promise<Purchase | undefined> {
  const condition = `p.workspace_id = $1 and p.purpose = 'renewal' and p.status = 'requires_action'`
  return (await selectPurchases(db, condition, [workspaceId]))[0]
}

/** Whether the workspace has a purchase for this purpose whose outcome is open. */
export async function hasOpenPurchase(
  db: Queryable,
  workspaceId: string,
  purpose: PurchasePurpose,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from purchases
     where workspace_id = $1 and purpose = $2 and status in ('pending', 'requires_action')`,
    [workspaceId, purpose],
  )
  return rowCount !== 0
}

/** Whether the workspace has a purchase by auto-reload whose outcome is open. */
export async function hasReloadInFlight(db: Queryable, workspaceId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from purchases
     where workspace_id = $1 and origin = 'auto_reload' and status in ('pending', 'requires_action')`,
    [workspaceId],
  )
  return rowCount !== 0
}

/** Sums what purchases of an origin since `sinceMs` cost, including those whose outcome is open. */
export async function sumSpentMinor(
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
 * Finds when the nth newest purchase of an origin was created, not counting failed ones. Returns `null` if there were
 * fewer since `sinceMs`.
 */
export async function findNthNewestAtMs(
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

/**
 * Finds the purchase that an earlier request with this idempotency key created, at any time in the past.
 *
 * @throws Problem `idempotency_mismatch` if that request had another body
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

/** Finds an identical top-up of the same actor, without an idempotency key, that is still pending: a double click. */
export async function findDoubleClick(
  db: Queryable,
  order: {
    readonly workspaceId: string
    readonly packageId: string
    readonly quantity: number
    readonly actor: Actor
  },
): Promise<Purchase | undefined> {
  const [purchase] = await selectPurchases(
    db,
    `p.workspace_id = $1 and p.origin = 'manual' and p.purpose = 'top_up' and p.status = 'pending'
     and p.package_id = $2 and p.quantity = $3 and p.actor = $4::jsonb and p.idempotency_key is null`,
    [order.workspaceId, order.packageId, order.quantity, JSON.stringify(order.actor)],
  )
  return purchase
}
