import type { MemberRole } from '../../access/index.ts'
import type { Queryable, Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import type { Alert, NewAlert } from './alert.ts'
import type { EmailPreferences } from './email-preferences.ts'

const columns = `a.workspace_id as "workspaceId", a.id, a.kind, a.at_ms as "atMs", a.title, a.detail, a.link,
  a.read_at_ms as "readAtMs"`

/** Lists a page of a workspace's alerts, newest first. */
export async function listAlerts(
  db: Queryable,
  workspaceId: string,
  page: { readonly unreadOnly: boolean; readonly limit: number; readonly beforeId: string | null },
): Promise<Alert[]> {
  const { rows } = await db.query<Alert>(
    `select ${columns} from alerts a
     where a.workspace_id = $1 and ($2::uuid is null or a.id < $2) and (not $3 or a.read_at_ms is null)
     order by a.id desc limit $4`,
    [workspaceId, page.beforeId, page.unreadOnly, page.limit],
  )
  return rows
}

/**
 * Marks alerts as read.
 *
 * @param ids UUIDs; undefined: all alerts of the workspace
 * @returns how many were unread before
 */
export async function markRead(
  tx: Tx,
  workspaceId: string,
  ids: readonly string[] | undefined,
  nowMs: number,
): Promise<number> {
  const { rowCount } = await tx.query(
    `update alerts set read_at_ms = $3
     where workspace_id = $1 and read_at_ms is null and ($2::uuid[] is null or id = any($2))`,
    [workspaceId, ids ?? null, nowMs],
  )
  return rowCount ?? 0
}

/** Somebody who may get an alert: a member or a webhook. */
export type Receiver =
  | { channel: 'mail'; receiverId: string; target: string; role: MemberRole; mail: EmailPreferences | null }
  | { channel: 'webhook'; receiverId: string; target: string; role: null; mail: null }
  /** The workspace has no receivers. */
  | { channel: null; receiverId: null; target: null; role: null; mail: null }

/**
 * Inserts an alert and returns its possible receivers, each with the alert's UUID. It takes one round trip to the database,
 * because the credit watch raises many alerts within a second. Nobody is mailed about a demo workspace, and webhooks are
 * left out while the plan does not include them.
 *
 * @returns an empty list if the alert was raised before
 */
export async function insertAlert(
  tx: Tx,
  alert: NewAlert,
  nowMs: number,
): Promise<(Receiver & { readonly alertId: string })[]> {
  const { workspaceId, kind, key, title, detail, link } = alert
  const { rows } = await tx.query<Receiver & { alertId: string }>({
    name: 'alerts_raise',
    text: `
      with raised as (
        insert into alerts (workspace_id, id, kind, key, at_ms, title, detail, link)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        on conflict (workspace_id, kind, key) do nothing returning id)
      select r.id as "alertId", t.channel, t.receiver_id as "receiverId", t.target, t.role, t.mail
      from raised r left join (
        select 'mail' as channel, m.user_id as receiver_id, u.email as target, m.role, s.mail
        from workspaces w
        join members m on m.workspace_id = w.id
        join users u on u.id = m.user_id
        left join alert_settings s on s.workspace_id = m.workspace_id and s.user_id = m.user_id
        where w.id = $1 and not w.demo
        union all
        select 'webhook', h.id, h.url, null, null
        from webhooks h join subscriptions s on s.workspace_id = h.workspace_id
        where h.workspace_id = $1 and h.enabled and (h.kinds is null or $3 = any(h.kinds))
          and (s.terms #>> '{features,alertWebhooks}')::boolean) t on true`,
    values: [workspaceId, newUuid(nowMs), kind, key, nowMs, title, detail, link],
  })
  return rows
}
