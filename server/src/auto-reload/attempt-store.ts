import type { AutoReloadReason, DeclineClass } from '@talktime/core/auto-reload/auto-reload'
import type { PurchaseStatus } from '../payments/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'

/** An attempt to buy, made or not. What became of one that was made is in its purchase. */
export type Attempt = {
  readonly seq: number
  readonly id: string
  readonly atMs: number
  readonly reason: AutoReloadReason
  /** A sentence that says why the attempt was not made; `null` if it was made. */
  readonly detail: string | null
  /** The balance at that moment, live calls included. */
  readonly balanceMs: number
  readonly purchase: AttemptPurchase | null
}

export type AttemptPurchase = {
  readonly id: string
  readonly status: PurchaseStatus
  readonly description: string
  readonly amountMinor: number
  readonly currency: string
  readonly failureCode: string | null
  readonly failureMessage: string | null
}

export type NewAttempt = {
  readonly workspaceId: string
  readonly seq: number
  readonly atMs: number
  readonly reason: AutoReloadReason
  readonly balanceMs: number
} & (
  | { readonly purchaseId: string; readonly detail: null }
  | { readonly purchaseId: null; readonly detail: string }
)

/** Inserts an attempt and returns its id. The caller holds the workspace's lock. */
export async function insertAttempt(tx: Tx, attempt: NewAttempt): Promise<string> {
  const { workspaceId, seq, atMs, reason, balanceMs, purchaseId, detail } = attempt
  const id = newUuid(atMs)
  await tx.query(
    `insert into auto_reload_attempts (workspace_id, seq, id, at_ms, reason, detail, balance_ms, purchase_id)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [workspaceId, seq, id, atMs, reason, detail, balanceMs, purchaseId],
  )
  return id
}

/** Lists attempts, newest first. */
export async function listAttempts(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly beforeSeq: number | null },
): Promise<Attempt[]> {
  const { rows } = await db.query<
    Omit<Attempt, 'purchase'> & AttemptPurchase & { purchaseId: string | null }
  >(
    `select a.seq, a.id, a.at_ms as "atMs", a.reason, a.detail, a.balance_ms as "balanceMs",
            p.id as "purchaseId", p.status, p.description, p.amount_minor as "amountMinor", p.currency,
            p.failure_code as "failureCode", p.failure_message as "failureMessage"
     from auto_reload_attempts a
     left join purchases p on p.workspace_id = a.workspace_id and p.id = a.purchase_id
     where a.workspace_id = $1 and ($2::bigint is null or a.seq < $2) order by a.seq desc limit $3`,
    [workspaceId, page.beforeSeq, page.limit],
  )
  return rows.map(({ seq, id, atMs, reason, detail, balanceMs, purchaseId, ...purchase }) => ({
    seq,
    id,
    atMs,
    reason,
    detail,
    balanceMs,
    purchase: purchaseId === null ? null : { ...purchase, id: purchaseId },
  }))
}

/** An attempt that was made, as far as it matters for the next one. */
export type MadeAttempt = {
  readonly seq: number
  readonly purchaseId: string
  readonly status: PurchaseStatus
  readonly paymentMethodId: string | null
  readonly declineClass: DeclineClass | null
  readonly failureMessage: string | null
  /** When its outcome became known; until then, when it was made. */
  readonly atMs: number
}

/** More declines in a row than a card can have: it is not charged that often without a success. */
const MADE_MAX = 30

/** Lists the last attempts that were made, newest first. */
export async function listMadeAttempts(db: Queryable, workspaceId: string): Promise<MadeAttempt[]> {
  const { rows } = await db.query<MadeAttempt>(
    `select a.seq, p.id as "purchaseId", p.status, p.payment_method_id as "paymentMethodId",
            p.decline_class as "declineClass", p.failure_message as "failureMessage",
            coalesce(p.settled_at_ms, a.at_ms) as "atMs"
     from auto_reload_attempts a
     join purchases p on p.workspace_id = a.workspace_id and p.id = a.purchase_id
     where a.workspace_id = $1 and a.purchase_id is not null order by a.seq desc limit $2`,
    [workspaceId, MADE_MAX],
  )
  return rows
}
