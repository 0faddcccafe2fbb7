import type { DeclineClass } from '@talktime/core/auto-reload/auto-reload'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { idempotencyName } from '../platform/idempotency/idempotency-store.ts'
import type { Gateway } from './gateway.ts'
import type { Order } from './order.ts'
import type { Purchase, PurchaseRef, PurchaseStatus } from './purchase.ts'
import type { Receipt } from './receipt.ts'

export type NewPurchase = Omit<Order, 'chargedBy'> &
  PurchaseRef & {
    readonly gateway: Gateway['name']
    readonly createdAtMs: number
    readonly nextCheckAtMs: number
  }

export async function insertPurchase(tx: Tx, purchase: NewPurchase): Promise<void> {
  const { idempotency } = purchase
  await tx.query(
    `insert into purchases (workspace_id, id, purpose, origin, status, package_id, quantity, plan_id, credits_ms,
       amount_minor, currency, description, payment_method_id, gateway, detail, actor, idempotency_key,
       request_hash, created_at_ms, next_check_at_ms)
     values ($1, $2, $3, $4, 'pending', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)`,
    [
      purchase.workspaceId,
      purchase.id,
      purchase.purpose,
      purchase.origin,
      purchase.packageId ?? null,
      purchase.quantity ?? null,
      purchase.planId ?? null,
      purchase.creditsMs,
      purchase.amountMinor,
      purchase.currency,
      purchase.description,
      purchase.method?.id ?? null,
      purchase.gateway,
      purchase.detail ?? {},
      purchase.actor ?? null,
      idempotency ? idempotencyName(idempotency) : null,
      idempotency?.requestHash ?? null,
      purchase.createdAtMs,
      purchase.nextCheckAtMs,
    ],
  )
}

/**
 * Records that the gateway is about to be asked about a purchase, so that nobody else asks before `nextCheckAtMs`.
 * Returns whether there is still something to ask.
 */
export async function claimPurchase(
  db: Queryable,
  { workspaceId, id }: PurchaseRef,
  gateway: Gateway['name'],
  nextCheckAtMs: number,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update purchases set checks = checks + 1, next_check_at_ms = $3
     where workspace_id = $1 and id = $2 and gateway = $4 and next_check_at_ms is not null`,
    [workspaceId, id, nextCheckAtMs, gateway],
  )
  return rowCount === 1
}

/** Claims at most `limit` purchases that are due at `nowMs`, as `claimPurchase` does. Returns their ids. */
export async function claimDuePurchases(
  db: Queryable,
  gateway: Gateway['name'],
  claim: { readonly nowMs: number; readonly nextCheckAtMs: number; readonly limit: number },
): Promise<string[]> {
  const { rows } = await db.query<{ id: string }>(
    `update purchases p set checks = checks + 1, next_check_at_ms = $2
     from (select workspace_id, id from purchases where next_check_at_ms <= $1 and gateway = $3
           order by next_check_at_ms limit $4 for update skip locked) due
     where p.workspace_id = due.workspace_id and p.id = due.id returning p.id`,
    [claim.nowMs, claim.nextCheckAtMs, gateway, claim.limit],
  )
  return rows.map(({ id }) => id)
}

export async function writeSucceeded(
  tx: Tx,
  { workspaceId, id }: PurchaseRef,
  success: {
    readonly chargeRef: string | null
    readonly grantId: string | null
    readonly receipt: Receipt
    readonly receiptNumber: string
  },
  nowMs: number,
): Promise<void> {
  await tx.query(
    `update purchases set status = 'succeeded', gateway_ref = coalesce($3, gateway_ref), action_url = null,
            failure_code = null, failure_message = null, decline_class = null, grant_id = $4, settled_at_ms = $5,
            receipt = $6, receipt_number = $7, next_check_at_ms = null
     where workspace_id = $1 and id = $2`,
    [workspaceId, id, success.chargeRef, success.grantId, nowMs, success.receipt, success.receiptNumber],
  )
}

export type PurchaseFailure = {
  readonly code: string
  readonly message: string
  readonly class: DeclineClass
}

export async function writeFailed(
  tx: Tx,
  { workspaceId, id }: PurchaseRef,
  failure: PurchaseFailure & { readonly chargeRef: string | null },
  nowMs: number,
): Promise<void> {
  await tx.query(
    `update purchases set status = 'failed', gateway_ref = coalesce($3, gateway_ref), action_url = null,
            failure_code = $4, failure_message = $5, decline_class = $6, settled_at_ms = $7, next_check_at_ms = null
     where workspace_id = $1 and id = $2`,
    [workspaceId, id, failure.chargeRef, failure.code, failure.message, failure.class, nowMs],
  )
}

/** Writes the state of a purchase that is not final. References and failures that are missing stay as they are. */
export async function writeOpen(
  tx: Tx,
  { workspaceId, id }: PurchaseRef,
  state: Pick<Purchase, 'chargeRef' | 'actionUrl'> & {
    readonly status: PurchaseStatus
    readonly failure: PurchaseFailure | null
    readonly nextCheckAtMs: number
  },
): Promise<void> {
  const { failure } = state
  await tx.query(
    `update purchases set status = $3, gateway_ref = coalesce($4, gateway_ref),
            action_url = case when $3 = 'requires_action' then coalesce($5, action_url) end,
            failure_code = coalesce($6, failure_code), failure_message = coalesce($7, failure_message),
            decline_class = coalesce($8, decline_class), next_check_at_ms = $9
     where workspace_id = $1 and id = $2`,
    [
      workspaceId,
      id,
      state.status,
      state.chargeRef,
      state.actionUrl,
      failure?.code ?? null,
      failure?.message ?? null,
      failure?.class ?? null,
      state.nextCheckAtMs,
    ],
  )
}
