import { z } from 'zod'
import { type Access, requireRole } from '../../access/index.ts'
import { addAudit, addEvent, type Ledger } from '../../ledger/index.ts'
import type { Database, Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import { type IdKind, uuidFrom } from '../../public-ids.ts'
import { alertProblems } from '../problems.ts'
import { ChannelName, DeliveryResponse, DeliveryStatusName, deliveryResponse } from '../response-schemas.ts'
import { requireWebhookPlan } from '../webhooks/webhook-plan.ts'
import { requireWebhook } from '../webhooks/webhook-store.ts'
import {
  type Delivery,
  type DeliveryRef,
  findDelivery,
  listDeliveries,
  restartDelivery,
} from './delivery-store.ts'

/** Routes that list deliveries and send them again. */
export function deliveryRoutes(deps: {
  readonly access: Access
  readonly database: Database
  readonly ledger: Ledger
}): Routes {
  const { access, database, ledger } = deps
  const tags = ['Alerts']
  return async (server) => {
    server.get(
      '/v1/deliveries',
      {
        schema: {
          tags,
          summary: 'Mails and messages to webhooks, newest first',
          querystring: ListQuery.extend({
            alertId: z.string().optional(),
            webhookId: z.string().optional(),
            channel: ChannelName.optional(),
            status: DeliveryStatusName.optional(),
          }),
          response: { 200: listOf(DeliveryResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, alertId, webhookId, channel, status } = request.query
        const filter = {
          alertId: parseFilterId('alert', 'alertId', alertId),
          webhookId: parseFilterId('webhook', 'webhookId', webhookId),
          channel: channel ?? null,
          status: status ?? null,
        }
        const beforeId = decodeCursor(cursor, ['uuid'])?.[0] ?? null
        const deliveries = await listDeliveries(database, workspaceId, filter, { beforeId, limit: limit + 1 })
        return buildPage(deliveries, limit, ({ id }) => [id], deliveryResponse)
      },
    )

    server.post(
      '/v1/deliveries/:id/resend',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Send it again now',
          description:
            'Whether it was delivered or not, with all its tries. A delivery that is being sent is left as it is.',
          params: z.object({ id: z.string() }),
          response: { 200: DeliveryResponse },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        const id = uuidFrom('delivery', request.params.id)
        if (id === undefined) throw createNotFound()
        return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
          await requireSendable(tx, await requireDelivery(tx, { workspaceId, id }))
          await restartDelivery(tx, { workspaceId, id }, nowMs)
          addEvent(unit, 'alert')
          addAudit(unit, scope, { action: 'delivery.resent', target: { kind: 'delivery', id } })
          return { status: 200, body: deliveryResponse(await requireDelivery(tx, { workspaceId, id })) }
        })
      },
    )
  }
}

/** Throws if the delivery could not be sent: its webhook is removed or switched off, or the plan has no webhooks. */
async function requireSendable(tx: Tx, { workspaceId, webhookId, alertId }: Delivery): Promise<void> {
  if (webhookId === null) return
  await requireWebhookPlan(tx, workspaceId)
  const webhook = await requireWebhook(tx, { workspaceId, id: webhookId }).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error
    throw new Problem(alertProblems.webhook_removed, 'The webhook was removed. Nothing can be sent to it.')
  })
  if (webhook.enabled || alertId === null) return
  throw new Problem(
    alertProblems.webhook_disabled,
    'The webhook is switched off. Switch it on to send this again.',
  )
}

async function requireDelivery(tx: Tx, ref: DeliveryRef): Promise<Delivery> {
  const delivery = await findDelivery(tx, ref)
  if (delivery === undefined) throw createNotFound()
  return delivery
}

function parseFilterId(kind: IdKind, field: string, id: string | undefined): string | null {
  if (id === undefined) return null
  const uuid = uuidFrom(kind, id)
  if (uuid === undefined) throw invalid(`/${field}`, `"${field}" must be the id of ${idDescriptions[kind]}.`)
  return uuid
}

const idDescriptions: Readonly<Partial<Record<IdKind, string>>> = {
  alert: 'an alert, alert_…',
  webhook: 'a webhook, wh_…',
}

function createNotFound(): Problem {
  return new Problem(alertProblems.delivery_not_found, 'There is no such delivery in this workspace.')
}
