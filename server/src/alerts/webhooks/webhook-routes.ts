import { z } from 'zod'
import { type AuditSource, requireRole } from '../../access/index.ts'
import { addAudit, addEvent, type Change } from '../../ledger/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { newUuid } from '../../platform/ids.ts'
import { type Outbound, OutboundRefused } from '../../platform/outbound.ts'
import { invalid } from '../../platform/problem.ts'
import { requireWebhookPlan } from './webhook-plan.ts'
import {
  NewWebhookRequest,
  targetOfWebhook,
  WebhookChangeRequest,
  WebhookResponse,
  WebhookWithSecretResponse,
  webhookResponse,
  webhookSettings,
} from './webhook-schemas.ts'
import {
  resolveWebhook,
  resolveWebhookToChange,
  WebhookParams,
  type WebhookRouteDeps,
  type WebhookToChange,
  webhookTags,
} from './webhook-scope.ts'
import { createWebhookSecrets, type WebhookSecrets } from './webhook-secrets.ts'
import {
  deleteWebhook,
  insertWebhook,
  listWebhooks,
  requireWebhook,
  updateWebhook,
  type WebhookChange,
} from './webhook-store.ts'

const one = { tags: webhookTags, params: WebhookParams, response: { 200: WebhookResponse } }

const schemas = {
  list: {
    tags: webhookTags,
    summary: 'The webhooks, newest first',
    querystring: ListQuery,
    response: { 200: listOf(WebhookResponse) },
  },
  create: {
    tags: webhookTags,
    summary: 'Create a webhook',
    description: 'Messages are sent by POST and signed by Standard Webhooks (standardwebhooks.com).',
    body: NewWebhookRequest,
    response: { 201: WebhookWithSecretResponse },
  },
  read: { ...one, summary: 'A webhook' },
  change: {
    ...one,
    summary: 'Change a webhook',
    description: 'Switching it off ends its pending deliveries.',
    body: WebhookChangeRequest,
  },
  remove: {
    tags: webhookTags,
    summary: 'Remove a webhook',
    params: WebhookParams,
    response: { 204: z.undefined() },
  },
}

/** Routes that list, create, read, change and remove webhooks. */
export function webhookRoutes(deps: WebhookRouteDeps): Routes {
  const { access, database, ledger, outbound } = deps
  const secrets = createWebhookSecrets(deps.secrets)

  return async (server) => {
    server.get('/v1/webhooks', { schema: schemas.list }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const beforeId = decodeCursor(cursor, ['uuid'])?.[0] ?? null
      const webhooks = await listWebhooks(database, workspaceId, { beforeId, limit: limit + 1 })
      return buildPage(webhooks, limit, ({ id }) => [id], webhookResponse)
    })

    server.post(
      '/v1/webhooks',
      { config: { keyScope: 'admin' }, schema: schemas.create },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { kinds = null, enabled = true } = request.body
        const fields = { url: await requireUsableUrl(outbound, request.body.url), kinds, enabled }
        return ledger.command(
          request,
          reply,
          scope.workspaceId,
          async (change) => ({ status: 201, body: await createWebhook(change, scope, secrets, fields) }),
          { sealed: true },
        )
      },
    )

    server.get('/v1/webhooks/:id', { schema: schemas.read }, async (request) => {
      return webhookResponse(await requireWebhook(database, await resolveWebhook(access, request)))
    })

    server.patch(
      '/v1/webhooks/:id',
      { config: { keyScope: 'admin' }, schema: schemas.change },
      async (request) => {
        const ref = await resolveWebhookToChange(access, request)
        await requireWebhook(database, ref)
        const { url, kinds, enabled } = request.body
        const usable = url === undefined ? undefined : await requireUsableUrl(outbound, url)
        return ledger.changeWorkspace(ref.workspaceId, (change) =>
          changeWebhook(change, ref, { url: usable, kinds, enabled }),
        )
      },
    )

    server.delete(
      '/v1/webhooks/:id',
      { config: { keyScope: 'admin' }, schema: schemas.remove },
      async (request, reply) => {
        const ref = await resolveWebhookToChange(access, request)
        await ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit }) => {
          addEvent(unit, 'alert')
          const before = await requireWebhook(tx, ref)
          await deleteWebhook(tx, ref)
          addAudit(unit, ref, {
            action: 'webhook.removed',
            target: targetOfWebhook(before),
            before: webhookSettings(before),
          })
        })
        reply.code(204)
        return undefined
      },
    )
  }
}

type NewWebhook = Pick<Parameters<typeof insertWebhook>[1], 'url' | 'kinds' | 'enabled'>

async function createWebhook(
  { tx, unit, nowMs }: Change,
  by: AuditSource,
  secrets: WebhookSecrets,
  fields: NewWebhook,
) {
  const { workspaceId } = unit.line
  addEvent(unit, 'alert')
  await requireWebhookPlan(tx, workspaceId)
  const secret = secrets.generate()
  const ref = { workspaceId, id: newUuid(nowMs) }
  const sealedSecret = secrets.seal(secret, ref)
  const webhook = await insertWebhook(tx, { ...ref, ...fields, sealedSecret }, nowMs)
  addAudit(unit, by, {
    action: 'webhook.created',
    target: targetOfWebhook(webhook),
    after: webhookSettings(webhook),
  })
  return { ...webhookResponse(webhook), secret }
}

async function changeWebhook({ tx, unit }: Change, ref: WebhookToChange, change: WebhookChange) {
  addEvent(unit, 'alert')
  // Without a plan that includes webhooks, a webhook can only be switched off.
  if (change.url !== undefined || change.kinds !== undefined || change.enabled === true)
    await requireWebhookPlan(tx, ref.workspaceId)
  const before = await requireWebhook(tx, ref)
  const webhook = await updateWebhook(tx, ref, change)
  addAudit(unit, ref, {
    action: 'webhook.changed',
    target: targetOfWebhook(before),
    before: webhookSettings(before),
    after: webhookSettings(webhook),
  })
  return webhookResponse(webhook)
}

/** Returns a URL in its normalized form. Throws `invalid_request` for a URL that leads into a private network. */
async function requireUsableUrl(outbound: Outbound, text: string): Promise<string> {
  try {
    const { href } = outbound.check(text)
    await outbound.resolve(href).catch((error: unknown) => {
      // A name that cannot be looked up now is accepted: the first delivery shows whether it can.
      if (error instanceof OutboundRefused) throw error
    })
    return href
  } catch (error) {
    if (error instanceof OutboundRefused) throw invalid('/url', `"url": ${error.message}`)
    throw error
  }
}
