import type { Queryable, Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { AlertKind } from '../inbox/alert.ts'

export type Channel = 'mail' | 'webhook'
export type DeliveryStatus = 'pending' | 'delivered' | 'failed'

export type DeliveryRef = { readonly workspaceId: string; readonly id: string }

/** An alert on its way to a person or a webhook. Without an alert it is a test of the webhook. */
export type Delivery = DeliveryRef & {
  readonly alertId: string | null
  readonly alertTitle: string | null
  readonly kind: AlertKind | null
  readonly channel: Channel
  readonly userId: string | null
  readonly webhookId: string | null
  /** The mail address or the URL. */
  readonly target: string
  readonly status: DeliveryStatus
  readonly tries: number
  readonly lastTriedAtMs: number | null
  /** While a try is in progress: when it counts as lost. null: there is no next try. */
  readonly nextTryAtMs: number | null
  readonly responseStatus: number | null
  /** Why the last try failed, in a sentence. null: it did not fail, or a try is in progress. */
  readonly error: string | null
  readonly durationMs: number | null
}

const columns = `d.workspace_id as "workspaceId", d.id, d.alert_id as "alertId", a.title as "alertTitle", a.kind,
  d.channel, d.user_id as "userId", d.webhook_id as "webhookId", d.target, d.status, d.tries,
  d.last_tried_at_ms as "lastTriedAtMs", d.next_try_at_ms as "nextTryAtMs", d.response_status as "responseStatus",
  d.error, d.duration_ms as "durationMs"`

const withAlert = `alert_deliveries d left join alerts a on a.workspace_id = d.workspace_id and a.id = d.alert_id`

/** A delivery to be inserted. */
export type NewDelivery = {
  readonly workspaceId: string
  readonly alertId: string | null
  readonly target: string
} & (
  | { readonly channel: 'mail'; readonly userId: string }
  | { readonly channel: 'webhook'; readonly webhookId: string }
)

/** Inserts deliveries, due at once. Returns their UUIDs. */
export async function insertDeliveries(
  tx: Tx,
  deliveries: readonly NewDelivery[],
  nowMs: number,
): Promise<string[]> {
  const ids = deliveries.map(() => newUuid(nowMs))
  if (deliveries.length === 0) return ids
  await tx.query(
    `insert into alert_deliveries (workspace_id, id, alert_id, channel, user_id, webhook_id, target, status,
       next_try_at_ms)
     select workspace_id, id, alert_id, channel, user_id, webhook_id, target, 'pending', $8
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::text[])
       as new (workspace_id, id, alert_id, channel, user_id, webhook_id, target)`,
    [
      deliveries.map(({ workspaceId }) => workspaceId),
      ids,
      deliveries.map(({ alertId }) => alertId),
      deliveries.map(({ channel }) => channel),
      deliveries.map((delivery) => (delivery.channel === 'mail' ? delivery.userId : null)),
      deliveries.map((delivery) => (delivery.channel === 'webhook' ? delivery.webhookId : null)),
      deliveries.map(({ target }) => target),
      nowMs,
    ],
  )
  return ids
}

export type DeliveryFilter = {
  readonly alertId: string | null
  readonly webhookId: string | null
  readonly channel: Channel | null
  readonly status: DeliveryStatus | null
}

/** Lists a page of a workspace's deliveries, newest first. */
export async function listDeliveries(
  db: Queryable,
  workspaceId: string,
  filter: DeliveryFilter,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<Delivery[]> {
  const { rows } = await db.query<Delivery>(
    `select ${columns} from ${withAlert}
     where d.workspace_id = $1 and ($2::uuid is null or d.alert_id = $2) and ($3::uuid is null or d.webhook_id = $3)
       and ($4::text is null or d.channel = $4) and ($5::text is null or d.status = $5)
       and ($6::uuid is null or d.id < $6)
     order by d.id desc limit $7`,
    [workspaceId, filter.alertId, filter.webhookId, filter.channel, filter.status, page.beforeId, page.limit],
  )
  return rows
}

/** Reads a delivery. */
export async function findDelivery(
  db: Queryable,
  { workspaceId, id }: DeliveryRef,
): Promise<Delivery | undefined> {
  const { rows } = await db.query<Delivery>(
    `select ${columns} from ${withAlert} where d.workspace_id = $1 and d.id = $2`,
    [workspaceId, id],
  )
  return rows[0]
}

/** Whether a try is in progress. */
export function isBeingTried({ status, tries, error }: Delivery): boolean {
  return status === 'pending' && tries > 0 && error === null
}

/** Makes a delivery due again with all its tries. A delivery that is being tried stays as it is. */
export async function restartDelivery(
  tx: Tx,
  { workspaceId, id }: DeliveryRef,
  nowMs: number,
): Promise<void> {
  await tx.query(
    `update alert_deliveries set status = 'pending', tries = 0, next_try_at_ms = $3, response_status = null,
       error = null, duration_ms = null
     where workspace_id = $1 and id = $2 and not (status = 'pending' and tries > 0 and error is null)`,
    [workspaceId, id, nowMs],
  )
}

/** Ends a webhook's pending deliveries as failed, with `error` as the reason. */
export async function failPendingDeliveries(
  tx: Tx,
  webhook: { readonly workspaceId: string; readonly id: string },
  error: string,
): Promise<void> {
  await tx.query(
    `update alert_deliveries set status = 'failed', next_try_at_ms = null, error = $3
     where workspace_id = $1 and webhook_id = $2 and status = 'pending'`,
    [webhook.workspaceId, webhook.id, error],
  )
}

/** The result of a try. */
export type TryResult = {
  readonly atMs: number
  /** The status with which a webhook answered. null: a mail, or no answer. */
  readonly responseStatus: number | null
  readonly durationMs: number
}

/** A delivery that this process has claimed. The number of the try distinguishes it from tries of other processes. */
export type ClaimedDelivery = DeliveryRef & { readonly tries: number }

/** Records that a try succeeded. */
export async function recordDelivered(
  db: Queryable,
  { workspaceId, id }: ClaimedDelivery,
  { atMs, responseStatus, durationMs }: TryResult,
): Promise<void> {
  await db.query(
    `update alert_deliveries set status = 'delivered', next_try_at_ms = null, error = null, response_status = $4,
       duration_ms = $5, last_tried_at_ms = $3
     where workspace_id = $1 and id = $2`,
    [workspaceId, id, atMs, responseStatus, durationMs],
  )
}

/**
 * Records that a try failed.
 *
 * @param nextTryAtMs null: the delivery has failed for good
 * @returns false if nothing was recorded, because another process has claimed the delivery since
 */
export async function recordFailed(
  db: Queryable,
  { workspaceId, id, tries }: ClaimedDelivery,
  { atMs, responseStatus, durationMs, error }: TryResult & { readonly error: string },
  nextTryAtMs: number | null,
): Promise<boolean> {
  const { rowCount } = await db.query(
    `update alert_deliveries set status = case when $5::bigint is null then 'failed' else 'pending' end,
       next_try_at_ms = $5, error = $6, response_status = $7, duration_ms = $8, last_tried_at_ms = $4
     where workspace_id = $1 and id = $2 and tries = $3 and status = 'pending'`,
    [workspaceId, id, tries, atMs, nextTryAtMs, error, responseStatus, durationMs],
  )
  return rowCount === 1
}

/** Returns a delivery whose try was aborted, because this process ends. The try does not count, and the delivery is due. */
export async function returnDelivery(
  db: Queryable,
  { workspaceId, id, tries }: ClaimedDelivery,
  nowMs: number,
): Promise<void> {
  await db.query(
    `update alert_deliveries set tries = tries - 1, next_try_at_ms = $4
     where workspace_id = $1 and id = $2 and tries = $3 and status = 'pending'`,
    [workspaceId, id, tries, nowMs],
  )
}
