import { assertNever } from '@talktime/core/exhaustive'
import { addEvent, type WorkspaceUnit } from '../../ledger/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import { insertDeliveries, type NewDelivery } from '../delivery/delivery-store.ts'
import type { NewAlert } from './alert.ts'
import { insertAlert, type Receiver } from './alert-store.ts'
import { isEmailed } from './email-preferences.ts'

/**
 * Raises an alert in the change in which it became true. It exists once for each kind and `key`, however often it is
 * raised. Its deliveries are stored in `tx` too, so none is lost when a server stops. Sending begins with the commit.
 */
export async function raiseAlert(
  tx: Tx,
  unit: WorkspaceUnit,
  newAlert: Omit<NewAlert, 'workspaceId'>,
  nowMs: number,
): Promise<void> {
  const alert = { ...newAlert, workspaceId: unit.line.workspaceId }
  const receivers = await insertAlert(tx, alert, nowMs)
  const alertId = receivers[0]?.alertId
  if (alertId === undefined) return
  addEvent(unit, 'alert', alertId)
  const deliveries = receivers.map((receiver) => planDelivery(receiver, alert, alertId))
  await insertDeliveries(
    tx,
    deliveries.filter((delivery) => delivery !== undefined),
    nowMs,
  )
}

/** Plans the delivery to a receiver. undefined: the receiver does not get this alert. */
function planDelivery(
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
    default:
      return assertNever(channel)
  }
}
