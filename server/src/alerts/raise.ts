import type { MemberRole } from '../access/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import type { AlertKind, NewAlert } from './alert.ts'
import { insertDeliveries, type NewDelivery } from './deliveries.ts'
import { isMailed, type MailChoice } from './mail-choice.ts'
import { webhooksFor } from './webhooks.ts'

/**
 * Raises an alert in the transaction in which it became true: once for each crossing, however often it is said. Who is
 * told of it is written down with it, so that nobody is forgotten, whenever a server stops.
 *
 * @returns its UUID, for listeners; undefined where it was raised before
 */
export async function raiseAlert(tx: Tx, alert: NewAlert, nowMs: number): Promise<string | undefined> {
  const { workspaceId, kind, key, title, detail, link } = alert
  const { rows } = await tx.query<{ id: string }>(
    `insert into alerts (workspace_id, id, kind, key, at_ms, title, detail, link)
     values ($1, $2, $3, $4, $5, $6, $7, $8)
     on conflict (workspace_id, kind, key) do nothing returning id`,
    [workspaceId, newUuid(nowMs), kind, key, nowMs, title, detail, link],
  )
  const alertId = rows[0]?.id
  if (alertId === undefined) return undefined
  const [readers, webhooks] = await Promise.all([
    readersOf(tx, workspaceId, kind),
    webhooksFor(tx, workspaceId, kind),
  ])
  const about = { workspaceId, alertId }
  const deliveries: NewDelivery[] = [
    ...readers.map(({ userId, email }) => ({ ...about, channel: 'mail', userId, target: email }) as const),
    ...webhooks.map(({ id, url }) => ({ ...about, channel: 'webhook', webhookId: id, target: url }) as const),
  ]
  await insertDeliveries(tx, deliveries, nowMs)
  return alertId
}

type Reader = { readonly userId: string; readonly email: string }

/** Whom the alert is mailed to. Nobody is mailed about a demo. */
async function readersOf(tx: Tx, workspaceId: string, kind: AlertKind): Promise<Reader[]> {
  const { rows } = await tx.query<Reader & { role: MemberRole; mail: MailChoice | null }>(
    `select m.user_id as "userId", u.email, m.role, s.mail
     from workspaces w
     join members m on m.workspace_id = w.id
     join users u on u.id = m.user_id
     left join alert_settings s on s.workspace_id = m.workspace_id and s.user_id = m.user_id
     where w.id = $1 and not w.demo order by m.joined_at_ms, m.user_id`,
    [workspaceId],
  )
  return rows.filter(({ role, mail }) => isMailed(kind, { role, mail: mail ?? {} }))
}
