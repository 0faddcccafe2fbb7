import { SECOND_MS } from '@talktime/core/time/durations'
import { Webhook as Signer } from 'standardwebhooks'
import { instantOf } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import type { WebhookTask } from '../delivery/claim-deliveries-store.ts'
import { buildLink } from '../delivery/link.ts'
import type { AlertKind } from '../inbox/alert.ts'

/** A message to a webhook, by Standard Webhooks (https://www.standardwebhooks.com). */
export type WebhookMessage = {
  /** Identical in every try and for every webhook, so that receivers recognize a message that arrives twice. */
  readonly id: string
  readonly body: string
}

/** Converts an alert's kind to the type of its message: `balance_zero` to `balance.zero`. */
export function toEventType(kind: AlertKind | 'webhook_test'): string {
  return kind.replace('_', '.')
}

/**
 * Composes the message of a delivery.
 *
 * @param origin the origin of links, such as https://talktime.example.com
 */
export function composeMessage(task: WebhookTask, origin: string, nowMs: number): WebhookMessage {
  const { workspaceId, workspaceName, alertId, alert, webhookId } = task
  const workspace = { workspaceId: publicId('workspace', workspaceId), workspaceName }
  if (alertId === null || alert === null) {
    const body = {
      type: toEventType('webhook_test'),
      timestamp: instantOf(nowMs),
      data: { ...workspace, webhookId: publicId('webhook', webhookId) },
    }
    return { id: publicId('delivery', task.id), body: JSON.stringify(body) }
  }
  const { kind, atMs, title, detail, link } = alert
  const id = publicId('alert', alertId)
  const at = instantOf(atMs)
  const data = { id, kind, at, title, detail, link: buildLink(origin, workspaceId, link), ...workspace }
  return { id, body: JSON.stringify({ type: toEventType(kind), timestamp: at, data }) }
}

/**
 * Signs a message and returns its headers.
 *
 * @param secrets in the form whsec_…; each adds a signature
 */
export function signMessage(
  { id, body }: WebhookMessage,
  secrets: readonly string[],
  nowMs: number,
): Record<string, string> {
  const signatures = secrets.map((secret) => new Signer(secret).sign(id, new Date(nowMs), body))
  return {
    'content-type': 'application/json',
    'user-agent': 'Talktime-Webhooks/1',
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(nowMs / SECOND_MS)),
    'webhook-signature': signatures.join(' '),
  }
}
