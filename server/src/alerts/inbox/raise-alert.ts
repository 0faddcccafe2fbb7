import type { MemberRole } from '../../access/index.ts'
import { addEvent, type WorkspaceUnit } from '../../ledger/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import { newUuid } from '../../platform/ids.ts'
import { insertDeliveries, type NewDelivery } from '../delivery/delivery-store.ts'
import type { NewAlert } from './alert.ts'
import { type EmailPreferences, isEmailed } from './email-preferences.ts'

/**
 * Raises an alert in the change in which it became true: once for each `key`, however often it is raised. Its
 * deliveries are written with it, so that nobody is left out when a server stops; they begin with the commit.
 */
export async function raiseAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  newAlert: Omit<NewAlert, 'workspaceId'>,
  nowMs: number,
): Promise<void> {
  const alert = { ...newAlert, workspaceId: unit.line.workspaceId }
  const { rows } = await insertAndLoad(tx, alert, nowMs)
  const alertId = rows[0]?.alertId
  if (alertId === undefined) return
  addEvent(unit, 'alert', alertId)
  const deliveries = rows.map((receiver) => deliveryTo(receiver, alert, alertId))
  await insertDeliveries(
    tx,
    deliveries.filter((delivery) => delivery !== undefined),
    nowMs,
  )
}

function deliveryTo(
  receiver: Receiver,
  { workspaceId, kind }: NewAlert,
  alertId: string,
): NewDelivery | undefined {
  const { channel, receiverId, target } = receiver
  switch (channel) {
    case 'mail': {
      const { role, mail } = receiver
      if (!isEmailed(kind, { role, mail: mail ?? {} })) return undefined
      return { workspaceId, alertId, channel, userId: receiverId, target }
    }
    case 'webhook':
      return { workspaceId, alertId, channel, webhookId: receiverId, target }
    case null:
      return undefined
  }
}

type Receiver =
  | { channel: 'mail'; receiverId: string; target: string; role: MemberRole; mail: EmailPreferences | null }
  | { channel: 'webhook'; receiverId: string; target: string; role: null; mail: null }
  /** There is nobody. */
  | { channel: null; receiverId: null; target: null; role: null; mail: null }

/**
 * Writes the alert and reads who may have to hear of it, in one way to the database and back: the credit watch raises
 * many within a second. Nobody is mailed about a demo; webhooks hear nothing while the plan has none.
 */
function insertAndLoad(tx: Tx, alert: NewAlert, nowMs: number) {
  const { workspaceId, kind, key, title, detail, link } = alert
  return tx.query<Receiver & { alertId: string }>({
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
}
