import { Webhook as Signer } from 'standardwebhooks'
import { instantOf } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import type { WebhookTask } from '../delivery/claim-deliveries.ts'
import { linkTo } from '../delivery/link.ts'
import type { AlertKind } from '../inbox/alert.ts'

/** What a webhook gets, by Standard Webhooks (https://www.standardwebhooks.com). */
export type WebhookMessage = {
  /** The same for every try and every webhook that gets it, so that a receiver knows it again. */
  readonly id: string
  readonly body: string
}

/** "balance.zero" */
export function eventType(kind: AlertKind | 'webhook_test'): string {
  return kind.replace('_', '.')
}

/** @param origin what links begin with */
export function messageOf(task: WebhookTask, origin: string, nowMs: number): WebhookMessage {
  const { workspaceId, workspaceName, alertId, alert, webhookId } = task
  const workspace = { workspaceId: publicId('workspace', workspaceId), workspaceName }
  if (alertId === null || alert === null) {
    const body = {
      type: eventType('webhook_test'),
      timestamp: instantOf(nowMs),
      data: { ...workspace, webhookId: publicId('webhook', webhookId) },
    }
    return { id: publicId('delivery', task.id), body: JSON.stringify(body) }
  }
  const { kind, atMs, title, detail, link } = alert
  const id = publicId('alert', alertId)
  const at = instantOf(atMs)
  const data = { id, kind, at, title, detail, link: linkTo(origin, workspaceId, link), ...workspace }
  return { id, body: JSON.stringify({ type: eventType(kind), timestamp: at, data }) }
}

/** @param secrets whsec_…; each of them signs */
export function signedHeaders(
  { id, body }: WebhookMessage,
  secrets: readonly string[],
  nowMs: number,
): Record<string, string> {
  const signatures = secrets.map((secret) => new Signer(secret).sign(id, new Date(nowMs), body))
  return {
    'content-type': 'application/json',
    'user-agent': 'Talktime-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / 1000)),
    'webhook-signature': signatures.join(' '),
  }
}
