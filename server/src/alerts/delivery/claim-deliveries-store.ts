import type { MemberRole } from '../../access/index.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { Alert } from '../inbox/alert.ts'
import type { Channel, ClaimedDelivery } from './delivery-store.ts'
import { TRY_MS_MAX } from './retry-schedule.ts'

/** What a mail or message says about its alert. */
export type AlertContent = Pick<Alert, 'kind' | 'atMs' | 'title' | 'detail' | 'link'>

type Task = ClaimedDelivery & { readonly alertId: string | null; readonly workspaceName: string }

/** A claimed mail, ready to be sent. */
export type MailTask = Task & {
  readonly alert: AlertContent
  /** null: the person is no longer a member. */
  readonly to: { readonly email: string; readonly role: MemberRole } | null
}

/** A claimed message to a webhook, ready to be sent. */
export type WebhookTask = Task & {
  readonly webhookId: string
  /** null: a test of the webhook. */
  readonly alert: AlertContent | null
  /** null: the webhook was removed meanwhile. */
  readonly webhook: {
    readonly url: string
    readonly sealedSecret: string
    readonly sealedPreviousSecret: string | null
    readonly previousSecretUntilMs: number | null
  } | null
}

/**
 * Claims the deliveries of channel `$1` that are due longest at `$2`: at most `$4`, and one for each webhook, so that a
 * webhook that hangs does not delay the others. Receivers in `$3` are busy and left out. The process that claims a
 * delivery has until `$5` to record its result; after that another process claims it. So a delivery may arrive twice but
 * is never lost. Any number of processes may claim at once.
 *
 * Only the thousand that are due longest are looked at. With 20,000 due that takes PostgreSQL 0.7 ms per message;
 * looking at all of them took 35 ms.
 */
const claimed = `
  with longest as (
    select workspace_id, id, coalesce(webhook_id, id) as receiver_id, next_try_at_ms
    from alert_deliveries
    where channel = $1 and next_try_at_ms <= $2 and coalesce(webhook_id, id) <> all ($3::uuid[])
    order by next_try_at_ms limit 1000),
  due as materialized (
    select distinct on (receiver_id) workspace_id, id from longest order by receiver_id, next_try_at_ms, id),
  free as materialized (
    select d.workspace_id, d.id from alert_deliveries d join due on due.workspace_id = d.workspace_id and due.id = d.id
    where d.next_try_at_ms <= $2 order by d.next_try_at_ms, d.id limit $4 for update of d skip locked),
  claimed as (
    update alert_deliveries d set tries = d.tries + 1, last_tried_at_ms = $2, next_try_at_ms = $5, error = null,
      response_status = null, duration_ms = null,
      -- The receiver's current address, which may have changed since the alert.
      target = coalesce(
        (select h.url from webhooks h where h.workspace_id = d.workspace_id and h.id = d.webhook_id),
        (select u.email from users u where u.id = d.user_id), d.target)
    from free where d.workspace_id = free.workspace_id and d.id = free.id
    returning d.*)`

const columns = `t.workspace_id as "workspaceId", t.id, t.tries, t.alert_id as "alertId", w.name as "workspaceName",
  a.kind, a.at_ms as "atMs", a.title, a.detail, a.link`

type AlertColumns = { [Name in keyof AlertContent]: AlertContent[Name] | null }

type MailRow = Task & AlertContent & { email: string | null; role: MemberRole | null }

type WebhookRow = Task &
  AlertColumns & {
    webhookId: string
    url: string | null
    sealedSecret: string
    sealedPreviousSecret: string | null
    previousSecretUntilMs: number | null
  }

function listParameters(
  channel: Channel,
  nowMs: number,
  busyIds: Iterable<string>,
  limit: number,
): unknown[] {
  return [channel, nowMs, [...busyIds], limit, nowMs + TRY_MS_MAX]
}

/**
 * Claims mails that are due.
 *
 * @param busyIds UUIDs of mails that this process is already sending
 */
export async function claimMails(
  db: Queryable,
  nowMs: number,
  busyIds: Iterable<string>,
  limit: number,
): Promise<MailTask[]> {
  const { rows } = await db.query<MailRow>(
    `${claimed}
     select ${columns}, u.email, m.role
     from claimed t
     join workspaces w on w.id = t.workspace_id
     join alerts a on a.workspace_id = t.workspace_id and a.id = t.alert_id
     left join members m on m.workspace_id = t.workspace_id and m.user_id = t.user_id
     left join users u on u.id = m.user_id`,
    listParameters('mail', nowMs, busyIds, limit),
  )
  return rows.map(({ email, role, kind, atMs, title, detail, link, ...task }) => ({
    ...task,
    alert: { kind, atMs, title, detail, link },
    to: email === null || role === null ? null : { email, role },
  }))
}

/**
 * Claims messages to webhooks that are due.
 *
 * @param busyIds UUIDs of webhooks that this process is already sending to
 */
export async function claimWebhookMessages(
  db: Queryable,
  nowMs: number,
  busyIds: Iterable<string>,
  limit: number,
): Promise<WebhookTask[]> {
  const { rows } = await db.query<WebhookRow>(
    `${claimed}
     select ${columns}, t.webhook_id as "webhookId", h.url, h.sealed_secret as "sealedSecret",
       h.sealed_previous_secret as "sealedPreviousSecret", h.previous_secret_until_ms as "previousSecretUntilMs"
     from claimed t
     join workspaces w on w.id = t.workspace_id
     left join alerts a on a.workspace_id = t.workspace_id and a.id = t.alert_id
     left join webhooks h on h.workspace_id = t.workspace_id and h.id = t.webhook_id`,
    listParameters('webhook', nowMs, busyIds, limit),
  )
  return rows.map(toWebhookTask)
}

function toWebhookTask(row: WebhookRow): WebhookTask {
  const { workspaceId, id, tries, alertId, workspaceName, webhookId } = row
  const { kind, atMs, title, detail, link } = row
  const { url, sealedSecret, sealedPreviousSecret, previousSecretUntilMs } = row
  const isAlert = kind !== null && atMs !== null && title !== null && detail !== null && link !== null
  return {
    workspaceId,
    id,
    tries,
    alertId,
    workspaceName,
    webhookId,
    alert: isAlert ? { kind, atMs, title, detail, link } : null,
    webhook: url === null ? null : { url, sealedSecret, sealedPreviousSecret, previousSecretUntilMs },
  }
}
