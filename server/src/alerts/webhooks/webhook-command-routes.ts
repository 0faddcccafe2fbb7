import { DAY_MS } from '@talktime/core/time/durations'
import { recordAudit } from '../../access/index.ts'
import { addAudit, addEvent, type Change } from '../../ledger/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { invariant } from '../../platform/problem.ts'
import { findDelivery, insertDeliveries } from '../delivery/delivery-store.ts'
import { DeliveryResponse, deliveryResponse } from '../response-schemas.ts'
import { requireWebhookPlan } from './webhook-plan.ts'
import { targetOfWebhook, WebhookWithSecretResponse, webhookResponse } from './webhook-schemas.ts'
import {
  resolveWebhookToChange,
  WebhookParams,
  type WebhookRouteDeps,
  type WebhookToChange,
  webhookTags,
} from './webhook-scope.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import { replaceSecret, requireWebhook } from './webhook-store.ts'

/** How long the previous secret signs too after a rotation. */
const PREVIOUS_SECRET_MS = DAY_MS

const schemas = {
  rotate: {
    tags: webhookTags,
    summary: 'Rotate the secret that signs messages',
    description: 'For 24 hours, messages are signed with the previous secret too.',
    params: WebhookParams,
    response: { 200: WebhookWithSecretResponse },
  },
  test: {
    tags: webhookTags,
    summary: 'Send a test message, once',
    description: 'Also to a webhook that is switched off. The delivery shows the result.',
    params: WebhookParams,
    response: { 201: DeliveryResponse },
  },
}

/** Routes that rotate a webhook's secret and send test messages. */
export function webhookCommandRoutes(deps: WebhookRouteDeps): Routes {
  const { access, clock, idempotency, ledger } = deps
  const secrets = createWebhookSecrets(deps.secrets)

  return async (server) => {
    server.post(
      '/v1/webhooks/:id/rotate-secret',
      { config: { keyScope: 'admin' }, schema: schemas.rotate },
      async (request, reply) => {
        const ref = await resolveWebhookToChange(access, request)
        const nowMs = clock.now()
        const untilMs = nowMs + PREVIOUS_SECRET_MS
        return idempotency.command(
          request,
          reply,
          async (tx) => {
            const secret = secrets.generate()
            const webhook = await replaceSecret(tx, ref, secrets.seal(secret, ref), untilMs)
            const target = targetOfWebhook(webhook)
            const { workspaceId, actor, origin } = ref
            await recordAudit(tx, {
              workspaceId,
              actor,
              origin,
              action: 'webhook.secret_rotated',
              target,
              atMs: nowMs,
            })
            return { status: 200, body: { ...webhookResponse(webhook), secret } }
          },
          { sealed: true },
        )
      },
    )

    server.post(
      '/v1/webhooks/:id/test',
      { config: { keyScope: 'admin' }, schema: schemas.test },
      async (request, reply) => {
        const ref = await resolveWebhookToChange(access, request)
        return ledger.command(request, reply, ref.workspaceId, async (change) => {
          return { status: 201, body: await sendTest(change, ref) }
        })
      },
    )
  }
}

async function sendTest({ tx, unit, nowMs }: Change, ref: WebhookToChange) {
  const { workspaceId } = ref
  const webhook = await requireWebhook(tx, ref)
  const { id: webhookId, url } = webhook
  await requireWebhookPlan(tx, workspaceId)
  const test = { workspaceId, alertId: null, channel: 'webhook', webhookId, target: url } as const
  const [id = ''] = await insertDeliveries(tx, [test], nowMs)
  const delivery = await findDelivery(tx, { workspaceId, id })
  invariant(delivery, 'A delivery that was just inserted is there')
  addEvent(unit, 'alert')
  addAudit(unit, ref, { action: 'webhook.tested', target: targetOfWebhook(webhook) })
  return deliveryResponse(delivery)
}
