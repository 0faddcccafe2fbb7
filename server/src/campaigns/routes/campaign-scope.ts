import { z } from 'zod'
import { type Access, type AuditSource, requireRole } from '../../access/index.ts'
import type { Ledger } from '../../ledger/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import type { CampaignRef } from '../campaign.ts'
import { requireWorkspaceOfCampaign } from '../campaign-store.ts'
import { campaignUuid } from '../request-schemas.ts'

export type CampaignRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
}

export const campaignTags = ['Campaigns']
export const CampaignParams = z.object({ id: z.string() })

type Request = Parameters<Access['scopeOf']>[0] & { readonly params: z.infer<typeof CampaignParams> }

/**
 * Resolves the campaign that a request names, for a reader. An operator's key need not name the workspace, because the
 * campaign does. The campaign itself is not read.
 */
export async function resolveCampaign(
  deps: Pick<CampaignRouteDeps, 'access' | 'database'>,
  request: Request,
): Promise<CampaignRef> {
  return (await resolveScope(deps, request)).ref
}

/** The campaign that a request is about to change, and who sends the request. */
export type CampaignToChange = CampaignRef & AuditSource

/**
 * Resolves the campaign that a request is about to change.
 *
 * @throws Problem `forbidden` unless the requester is an admin
 */
export async function resolveCampaignToChange(
  deps: Pick<CampaignRouteDeps, 'access' | 'database'>,
  request: Request,
): Promise<CampaignToChange> {
  const { scope, ref } = await resolveScope(deps, request)
  requireRole(scope, 'admin')
  return { ...ref, actor: scope.actor, origin: scope.origin }
}

async function resolveScope(
  { access, database }: Pick<CampaignRouteDeps, 'access' | 'database'>,
  request: Request,
) {
  const id = campaignUuid(request.params.id)
  const scope = await access.scopeOf(request, {
    workspaceOf: () => requireWorkspaceOfCampaign(database, id),
  })
  return { scope, ref: { workspaceId: scope.workspaceId, id } }
}
