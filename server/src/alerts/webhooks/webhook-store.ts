import type { Queryable, Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'
import { failPendingDeliveries, type TryResult } from '../delivery/delivery-store.ts'
import type { AlertKind } from '../inbox/alert.ts'
import { alertProblems } from '../problems.ts'

export type WebhookRef = { readonly workspaceId: string; readonly id: string }

/** A customer's address to which alerts are sent. */
export type Webhook = WebhookRef & {
  readonly url: string
  /** null: every kind. */
  readonly kinds: readonly AlertKind[] | null
  readonly enabled: boolean
  /** Why it was switched off automatically, in a sentence. null: it was not. */
  readonly disabledReason: string | null
  /** The previous secret signs too, until then. null: there is none. */
  readonly previousSecretUntilMs: number | null
  readonly createdAtMs: number
  readonly lastTriedAtMs: number | null
  /** Whether the last try was accepted. null: there was none. */
  readonly lastDelivered: boolean | null
  readonly lastResponseStatus: number | null
}

const columns = `h.workspace_id as "workspaceId", h.id, h.url, h.kinds, h.enabled, h.disabled_reason as "disabledReason",
  h.previous_secret_until_ms as "previousSecretUntilMs", h.created_at_ms as "createdAtMs",
  h.last_tried_at_ms as "lastTriedAtMs", h.last_delivered as "lastDelivered",
  h.last_response_status as "lastResponseStatus"`

/** Lists a page of a workspace's webhooks, newest first. */
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

/** Reads a webhook. Throws `webhook_not_found`. */
export async function requireWebhook(db: Queryable, { workspaceId, id }: WebhookRef): Promise<Webhook> {
  const { rows } = await db.query<Webhook>(
    `select ${columns} from webhooks h where h.workspace_id = $1 and h.id = $2`,
    [workspaceId, id],
  )
  return requireFound(rows[0])
}

/** The most webhooks of a workspace. */
export const WEBHOOKS_MAX = 20

/** Inserts a webhook. Throws `webhook_limit_reached`. The caller holds the workspace's line, so that the limit holds. */
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
    [workspaceId, id, url, kinds, enabled, sealedSecret, nowMs, WEBHOOKS_MAX],
  )
  const inserted = rows[0]
  if (inserted !== undefined) return inserted
  throw new Problem(
    alertProblems.webhook_limit_reached,
    `A workspace has at most ${WEBHOOKS_MAX} webhooks. Remove one that is no longer needed.`,
  )
}

/** A change of a webhook. Fields that are undefined stay as they are. */
export type WebhookChange = {
  readonly url: string | undefined
  readonly kinds: readonly AlertKind[] | null | undefined
  readonly enabled: boolean | undefined
}

/** Changes a webhook. Switching it on clears `disabledReason`; switching it off fails its pending deliveries. Throws `webhook_not_found`. */
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
  const webhook = requireFound(rows[0])
  if (change.enabled === false) await failPendingDeliveries(tx, ref, 'The webhook was switched off.')
  return webhook
}

/** Deletes a webhook and fails its pending deliveries. Throws `webhook_not_found`. */
export async function deleteWebhook(tx: Tx, ref: WebhookRef): Promise<void> {
  const { rowCount } = await tx.query('delete from webhooks where workspace_id = $1 and id = $2', [
    ref.workspaceId,
    ref.id,
  ])
  if (rowCount === 0) throw createNotFound()
  await failPendingDeliveries(tx, ref, 'The webhook was removed.')
}

/** Replaces a webhook's secret. The old secret signs too, until `previousUntilMs`. Throws `webhook_not_found`. */
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
  return requireFound(rows[0])
}

/** Records on the webhook when it was last tried and how that went. */
export async function recordTry(
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
 * Switches a webhook off because it fails.
 *
 * @param sinceMs only if it has accepted nothing since then; null: in any case
 * @returns its URL; undefined if it was not switched off
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
  if (rows[0] !== undefined) await failPendingDeliveries(tx, ref, 'The webhook was switched off.')
  return rows[0]?.url
}

function requireFound(webhook: Webhook | undefined): Webhook {
  if (webhook === undefined) throw createNotFound()
  return webhook
}

function createNotFound(): Problem {
  return new Problem(alertProblems.webhook_not_found, 'There is no such webhook in this workspace.')
}

/** A webhook's secrets, sealed. */
export type SealedSecrets = WebhookRef & { readonly secret: string; readonly previous: string | null }

/** Lists the sealed secrets of all webhooks of all workspaces. */
export async function listSealedSecrets(db: Queryable): Promise<SealedSecrets[]> {
  const { rows } = await db.query<SealedSecrets>(
    `select workspace_id as "workspaceId", id, sealed_secret as secret, sealed_previous_secret as previous
     from webhooks order by workspace_id, id`,
  )
  return rows
}

/** Replaces a webhook's sealed secrets by resealed ones. Nothing happens if they were rotated since they were read. */
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
