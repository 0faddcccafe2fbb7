import type { Queryable, Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'
import { failPending, type TryResult } from '../delivery/delivery-store.ts'
import type { AlertKind } from '../inbox/alert.ts'
import { alertProblems } from '../problems.ts'

export type WebhookRef = { readonly workspaceId: string; readonly id: string }

/** An address of a customer's that alerts are sent to. */
export type Webhook = WebhookRef & {
  readonly url: string
  /** null: every kind. */
  readonly kinds: readonly AlertKind[] | null
  readonly enabled: boolean
  /** Where it was switched off by itself: why, in a sentence. */
  readonly disabledReason: string | null
  /** The secret before this one signs as well until then. */
  readonly previousSecretUntilMs: number | null
  readonly createdAtMs: number
  readonly lastTriedAtMs: number | null
  /** Whether the last try was taken. */
  readonly lastDelivered: boolean | null
  readonly lastResponseStatus: number | null
}

const columns = `h.workspace_id as "workspaceId", h.id, h.url, h.kinds, h.enabled, h.disabled_reason as "disabledReason",
  h.previous_secret_until_ms as "previousSecretUntilMs", h.created_at_ms as "createdAtMs",
  h.last_tried_at_ms as "lastTriedAtMs", h.last_delivered as "lastDelivered",
  h.last_response_status as "lastResponseStatus"`

/** Newest first. */
export async function listWebhooks(
  db: Queryable,
  workspaceId: string,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<Webhook[]> {
  const { rows } = await db.query<Webhook>(
    `select ${columns} from webhooks h where h.workspace_id = $1 and ($2::uuid is null or h.id < $2)
     order by h.id desc limit $3`,
    [workspaceId, page.beforeId, page.limit],
  )
  return rows
}

/** Throws `webhook_not_found`. */
export async function requireWebhook(db: Queryable, { workspaceId, id }: WebhookRef): Promise<Webhook> {
  const { rows } = await db.query<Webhook>(
    `select ${columns} from webhooks h where h.workspace_id = $1 and h.id = $2`,
    [workspaceId, id],
  )
  return found(rows[0])
}

/** So many a workspace may have. */
export const webhooksMax = 20

/** Throws `webhook_limit_reached` where there are as many as there may be. The caller holds the workspace's line. */
export async function insertWebhook(
  tx: Tx,
  webhook: WebhookRef & {
    readonly url: string
    readonly kinds: readonly AlertKind[] | null
    readonly enabled: boolean
    readonly sealedSecret: string
  },
  nowMs: number,
): Promise<Webhook> {
  const { workspaceId, id, url, kinds, enabled, sealedSecret } = webhook
  const { rows } = await tx.query<Webhook>(
    `insert into webhooks as h (workspace_id, id, url, kinds, enabled, sealed_secret, created_at_ms)
     select $1, $2, $3, $4, $5, $6, $7 where (select count(*) from webhooks where workspace_id = $1) < $8
     returning ${columns}`,
    [workspaceId, id, url, kinds, enabled, sealedSecret, nowMs, webhooksMax],
  )
  const made = rows[0]
  if (made !== undefined) return made
  throw new Problem(
    alertProblems.webhook_limit_reached,
    `A workspace has at most ${webhooksMax} webhooks. Remove one that is not needed any more.`,
  )
}

/** What is undefined stays as it is. */
export type WebhookChange = {
  readonly url: string | undefined
  readonly kinds: readonly AlertKind[] | null | undefined
  readonly enabled: boolean | undefined
}

/** Switching it on forgives what it was switched off for. Throws `webhook_not_found`. */
export async function updateWebhook(tx: Tx, ref: WebhookRef, change: WebhookChange): Promise<Webhook> {
  const { rows } = await tx.query<Webhook>(
    `update webhooks h set url = coalesce($3, url), kinds = case when $4 then $5::text[] else kinds end,
       enabled = coalesce($6, enabled), disabled_reason = case when $6 then null else disabled_reason end
     where workspace_id = $1 and id = $2 returning ${columns}`,
    [
      ref.workspaceId,
      ref.id,
      change.url ?? null,
      change.kinds !== undefined,
      change.kinds ?? null,
      change.enabled ?? null,
    ],
  )
  const webhook = found(rows[0])
  if (change.enabled === false) await failPending(tx, ref, 'The webhook was switched off.')
  return webhook
}

/** Throws `webhook_not_found`. */
export async function deleteWebhook(tx: Tx, ref: WebhookRef): Promise<void> {
  const { rowCount } = await tx.query('delete from webhooks where workspace_id = $1 and id = $2', [
    ref.workspaceId,
    ref.id,
  ])
  if (rowCount === 0) throw notFound()
  await failPending(tx, ref, 'The webhook was removed.')
}

/** The secret so far signs as well until `previousUntilMs`. Throws `webhook_not_found`. */
export async function replaceSecret(
  tx: Tx,
  ref: WebhookRef,
  sealedSecret: string,
  previousUntilMs: number,
): Promise<Webhook> {
  const { rows } = await tx.query<Webhook>(
    `update webhooks h set sealed_secret = $3, sealed_previous_secret = sealed_secret, previous_secret_until_ms = $4
     where workspace_id = $1 and id = $2 returning ${columns}`,
    [ref.workspaceId, ref.id, sealedSecret, previousUntilMs],
  )
  return found(rows[0])
}

export async function noteTry(
  db: Queryable,
  ref: WebhookRef,
  { atMs, responseStatus }: TryResult,
  delivered: boolean,
): Promise<void> {
  await db.query(
    `update webhooks set last_tried_at_ms = $3, last_response_status = $4, last_delivered = $5,
       last_delivered_at_ms = case when $5 then $3 else last_delivered_at_ms end
     where workspace_id = $1 and id = $2`,
    [ref.workspaceId, ref.id, atMs, responseStatus, delivered],
  )
}

/**
 * Switches a webhook off by itself.
 *
 * @param sinceMs only if it has taken nothing since; null: in any case
 * @returns its URL; undefined where it stays as it is
 */
export async function disableWebhook(
  tx: Tx,
  ref: WebhookRef,
  reason: string,
  sinceMs: number | null,
): Promise<string | undefined> {
  const { rows } = await tx.query<{ url: string }>(
    `update webhooks set enabled = false, disabled_reason = $3
     where workspace_id = $1 and id = $2 and enabled
       and ($4::bigint is null or last_delivered_at_ms is null or last_delivered_at_ms < $4)
     returning url`,
    [ref.workspaceId, ref.id, reason, sinceMs],
  )
  if (rows[0] !== undefined) await failPending(tx, ref, 'The webhook was switched off.')
  return rows[0]?.url
}

function found(webhook: Webhook | undefined): Webhook {
  if (webhook === undefined) throw notFound()
  return webhook
}

function notFound(): Problem {
  return new Problem(alertProblems.webhook_not_found, 'There is no such webhook in this workspace.')
}

/** A webhook's secrets as they are kept. */
export type SealedSecrets = WebhookRef & { readonly secret: string; readonly previous: string | null }

/** Those of every webhook of every workspace. */
export async function listSealedSecrets(db: Queryable): Promise<SealedSecrets[]> {
  const { rows } = await db.query<SealedSecrets>(
    `select workspace_id as "workspaceId", id, sealed_secret as secret, sealed_previous_secret as previous
     from webhooks order by workspace_id, id`,
  )
  return rows
}

/** Keeps the same secrets, sealed anew, unless they were rotated since they were read. */
export async function replaceSealedSecrets(
  db: Queryable,
  read: SealedSecrets,
  sealed: Pick<SealedSecrets, 'secret' | 'previous'>,
): Promise<void> {
  await db.query(
    `update webhooks set sealed_secret = $4, sealed_previous_secret = $5
     where workspace_id = $1 and id = $2 and sealed_secret = $3`,
    [read.workspaceId, read.id, read.secret, sealed.secret, sealed.previous],
  )
}
