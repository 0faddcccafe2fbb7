import { z } from 'zod'
import { type Access, requireRole } from '../../access/index.ts'
import { addEvent, type Ledger } from '../../ledger/index.ts'
import { planProblems, requireSubscription } from '../../plans/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database, Queryable } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Instant, instantOf, instantOrNull } from '../../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import { newUuid } from '../../platform/ids.ts'
import { type Outbound, OutboundRefused } from '../../platform/outbound.ts'
import { invalid, invariant, Problem } from '../../platform/problem.ts'
import type { Secrets } from '../../platform/sealed-box.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'
import { findDelivery, insertDeliveries } from '../delivery/delivery-store.ts'
import { alertKinds } from '../inbox/alert.ts'
import { alertProblems } from '../problems.ts'
import { DeliveryResponse, deliveryResponse } from '../response-schemas.ts'
import { createWebhookSecrets } from './webhook-secrets.ts'
import {
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  replaceSecret,
  requireWebhook,
  updateWebhook,
  type Webhook,
} from './webhook-store.ts'

/** How long the secret before signs as well after a rotation. */
const PREVIOUS_SECRET_MS = 24 * 60 * 60_000

const Url = z
  .string()
  .max(2048)
  .meta({ description: 'Public, and https.', example: 'https://example.com/talktime' })

const Kinds = z
  .array(z.enum(alertKinds))
  .min(1)
  .nullable()
  .meta({ description: 'null: every kind, also those to come.' })

const NewWebhookRequest = z.strictObject({
  url: Url,
  kinds: Kinds.optional(),
  enabled: z.boolean().optional(),
})

const WebhookChangeRequest = z.strictObject({
  url: Url.optional(),
  kinds: Kinds.optional(),
  enabled: z.boolean().optional(),
})

const WebhookResponse = z
  .object({
    id: z.string().meta({ example: 'wh_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    url: z.string(),
    kinds: z.array(z.enum(alertKinds)).nullable().meta({ description: 'null: every kind.' }),
    enabled: z.boolean(),
    disabledReason: z
      .string()
      .nullable()
      .meta({ description: 'In a sentence, where it failed for days and was switched off by itself.' }),
    previousSecretUntil: Instant.nullable().meta({
      description: 'Until then the secret before the last rotation signs as well.',
    }),
    createdAt: Instant,
    lastDeliveryAt: Instant.nullable().meta({ description: 'The last try.' }),
    lastStatus: z.enum(['delivered', 'failed']).nullable().meta({ description: 'How the last try went.' }),
    lastResponseStatus: z
      .int()
      .nullable()
      .meta({ description: 'What it answered to the last try; null: nothing.' }),
  })
  .meta({
    id: 'Webhook',
    description: 'An address that alerts are sent to, signed by Standard Webhooks.',
  })

const WebhookWithSecretResponse = WebhookResponse.extend({
  secret: z.string().meta({ description: 'whsec_…: what messages are signed with. It is shown this once.' }),
}).meta({ id: 'WebhookWithSecret' })

function webhookResponse(webhook: Webhook): z.infer<typeof WebhookResponse> {
  const { id, url, kinds, enabled, disabledReason, createdAtMs, lastDelivered } = webhook
  return {
    id: publicId('webhook', id),
    url,
    kinds: kinds === null ? null : [...kinds],
    enabled,
    disabledReason,
    previousSecretUntil: instantOrNull(webhook.previousSecretUntilMs),
    createdAt: instantOf(createdAtMs),
    lastDeliveryAt: instantOrNull(webhook.lastTriedAtMs),
    lastStatus: lastDelivered === null ? null : lastDelivered ? 'delivered' : 'failed',
    lastResponseStatus: webhook.lastResponseStatus,
  }
}

export type WebhookRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly secrets: Secrets
  readonly outbound: Outbound
  readonly ledger: Ledger
}

/** Where a workspace has its alerts sent to. */
export function webhookRoutes(deps: WebhookRouteDeps): Routes {
  const { access, database, clock, idempotency, ledger, outbound } = deps
  const secrets = createWebhookSecrets(deps.secrets)
  const tags = ['Webhooks']
  const params = z.object({ id: z.string() })
  const one = { tags, params, response: { 200: WebhookResponse } }

  /** The webhook that an admin's request is about. */
  async function toChange(request: Parameters<Access['scopeOf']>[0], id: string) {
    const scope = await access.scopeOf(request)
    requireRole(scope, 'admin')
    return { workspaceId: scope.workspaceId, id: webhookUuid(id) }
  }

  return async (server) => {
    server.get(
      '/v1/webhooks',
      {
        schema: {
          tags,
          summary: 'The webhooks, newest first',
          querystring: ListQuery,
          response: { 200: listOf(WebhookResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor } = request.query
        const beforeId = decodeCursor(cursor, ['uuid'])?.[0] ?? null
        const webhooks = await listWebhooks(database, workspaceId, { beforeId, limit: limit + 1 })
        return buildPage(webhooks, limit, ({ id }) => [id], webhookResponse)
      },
    )

    server.post(
      '/v1/webhooks',
      {
        schema: {
          tags,
          summary: 'Make a webhook',
          description: 'Messages are sent by POST and signed by Standard Webhooks (standardwebhooks.com).',
          body: NewWebhookRequest,
          response: { 201: WebhookWithSecretResponse },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        const { kinds = null, enabled = true } = request.body
        const url = await usableUrl(outbound, request.body.url)
        return ledger.command(
          request,
          reply,
          workspaceId,
          async ({ tx, unit, nowMs }) => {
            addEvent(unit, 'alert')
            await requireWebhookPlan(tx, workspaceId)
            const secret = secrets.fresh()
            const ref = { workspaceId, id: newUuid(nowMs) }
            const sealedSecret = secrets.close(secret, ref)
            const webhook = await insertWebhook(tx, { ...ref, url, kinds, enabled, sealedSecret }, nowMs)
            return { status: 201, body: { ...webhookResponse(webhook), secret } }
          },
          { sealed: true },
        )
      },
    )

    server.get('/v1/webhooks/:id', { schema: { ...one, summary: 'A webhook' } }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      return webhookResponse(
        await requireWebhook(database, { workspaceId, id: webhookUuid(request.params.id) }),
      )
    })

    server.patch(
      '/v1/webhooks/:id',
      {
        schema: {
          ...one,
          summary: 'Change a webhook',
          description: 'Switching it off ends what is still to be sent to it.',
          body: WebhookChangeRequest,
        },
      },
      async (request) => {
        const ref = await toChange(request, request.params.id)
        const { kinds, enabled } = request.body
        await requireWebhook(database, ref)
        const url = request.body.url === undefined ? undefined : await usableUrl(outbound, request.body.url)
        return ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit }) => {
          addEvent(unit, 'alert')
          // After a downgrade it can still be switched off.
          if (url !== undefined || kinds !== undefined || enabled === true)
            await requireWebhookPlan(tx, ref.workspaceId)
          return webhookResponse(await updateWebhook(tx, ref, { url, kinds, enabled }))
        })
      },
    )

    server.delete(
      '/v1/webhooks/:id',
      { schema: { tags, summary: 'Remove a webhook', params, response: { 204: z.undefined() } } },
      async (request, reply) => {
        const ref = await toChange(request, request.params.id)
        await ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit }) => {
          addEvent(unit, 'alert')
          await deleteWebhook(tx, ref)
        })
        reply.code(204)
        return undefined
      },
    )

    server.post(
      '/v1/webhooks/:id/rotate-secret',
      {
        schema: {
          tags,
          summary: 'Have messages signed with a new secret',
          description: 'For 24 hours they are signed with the secret before as well.',
          params,
          response: { 200: WebhookWithSecretResponse },
        },
      },
      async (request, reply) => {
        const ref = await toChange(request, request.params.id)
        const nowMs = clock.now()
        return idempotency.command(
          request,
          reply,
          async (tx) => {
            const secret = secrets.fresh()
            const untilMs = nowMs + PREVIOUS_SECRET_MS
            const webhook = await replaceSecret(tx, ref, secrets.close(secret, ref), untilMs)
            return { status: 200, body: { ...webhookResponse(webhook), secret } }
          },
          { sealed: true },
        )
      },
    )

    server.post(
      '/v1/webhooks/:id/test',
      {
        schema: {
          tags,
          summary: 'Send a test message, once',
          description: 'Also to a webhook that is switched off. What became of it is in the delivery.',
          params,
          response: { 201: DeliveryResponse },
        },
      },
      async (request, reply) => {
        const ref = await toChange(request, request.params.id)
        const { workspaceId } = ref
        return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
          const { id: webhookId, url } = await requireWebhook(tx, ref)
          await requireWebhookPlan(tx, workspaceId)
          const test = { workspaceId, alertId: null, channel: 'webhook', webhookId, target: url } as const
          const [id = ''] = await insertDeliveries(tx, [test], nowMs)
          const delivery = await findDelivery(tx, { workspaceId, id })
          invariant(delivery, 'What was just written is there')
          addEvent(unit, 'alert')
          return { status: 201, body: deliveryResponse(delivery) }
        })
      },
    )
  }
}

/** Throws `plan_required` where the plan has no alerts by webhook. */
export async function requireWebhookPlan(db: Queryable, workspaceId: string): Promise<void> {
  const { terms } = await requireSubscription(db, workspaceId)
  if (terms.features.alertWebhooks === true) return
  throw new Problem(
    planProblems.plan_required,
    `The ${terms.name} plan has no alerts by webhook. Change to a plan that has them.`,
  )
}

/** The URL as it is written in full. Throws `invalid_request` for one that leads into a network that is not public. */
async function usableUrl(outbound: Outbound, text: string): Promise<string> {
  try {
    const { href } = outbound.check(text)
    await outbound.resolve(href).catch((error: unknown) => {
      // That its name cannot be looked up just now, the first delivery tells.
      if (error instanceof OutboundRefused) throw error
    })
    return href
  } catch (error) {
    if (error instanceof OutboundRefused) throw invalid('/url', `"url": ${error.message}`)
    throw error
  }
}

/** Throws `webhook_not_found` for what is no id of a webhook. */
function webhookUuid(id: string): string {
  const uuid = uuidFrom('webhook', id)
  if (uuid === undefined)
    throw new Problem(alertProblems.webhook_not_found, 'There is no such webhook in this workspace.')
  return uuid
}
