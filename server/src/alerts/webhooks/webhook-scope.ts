import { z } from 'zod'
import { type Access, type AuditSource, requireRole } from '../../access/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import type { Outbound } from '../../platform/outbound.ts'
import { Problem } from '../../platform/problem.ts'
import type { Secrets } from '../../platform/sealed-box.ts'
import { uuidFrom } from '../../public-ids.ts'
import { alertProblems } from '../problems.ts'
import type { WebhookRef } from './webhook-store.ts'

export type WebhookRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly secrets: Secrets
  readonly outbound: Outbound
  readonly ledger: Ledger
}

export const webhookTags = ['Webhooks']
export const WebhookParams = z.object({ id: z.string() })

type Request = Parameters<Access['scopeOf']>[0] & { readonly params: z.infer<typeof WebhookParams> }

/** Resolves the webhook that a request names. The webhook itself is not read. Throws `webhook_not_found` for other ids. */
export async function resolveWebhook(access: Access, request: Request): Promise<WebhookRef> {
  const { workspaceId } = await access.scopeOf(request)
  return { workspaceId, id: parseWebhookId(request.params.id) }
}

/** The webhook that a request is about to change, and who sends the request. */
export type WebhookToChange = WebhookRef & AuditSource

/** Resolves the webhook that a request is about to change. Throws `forbidden` unless the requester is an admin. */
export async function resolveWebhookToChange(access: Access, request: Request): Promise<WebhookToChange> {
  const scope = await access.scopeOf(request)
  requireRole(scope, 'admin')
  const { workspaceId, actor, origin } = scope
  return { workspaceId, id: parseWebhookId(request.params.id), actor, origin }
}

function parseWebhookId(id: string): string {
  const uuid = uuidFrom('webhook', id)
  if (uuid === undefined)
    throw new Problem(alertProblems.webhook_not_found, 'There is no such webhook in this workspace.')
  return uuid
}
