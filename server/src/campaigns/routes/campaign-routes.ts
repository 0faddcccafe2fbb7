import { MINUTE_MS } from '@talktime/core/time/durations'
import { z } from 'zod'
import { type AuditSource, requireRole } from '../../access/index.ts'
import { requireAgent } from '../../agents/index.ts'
import { addEvent, type Change } from '../../ledger/index.ts'
import type { Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { Problem } from '../../platform/problem.ts'
import type { CampaignFields, CampaignRow } from '../campaign.ts'
import { auditCampaign } from '../campaign-audit.ts'
import { requireCampaignPlan } from '../campaign-plan.ts'
import {
  archiveCampaign,
  createCampaign,
  listCampaigns,
  requireCampaign,
  updateCampaign,
} from '../campaign-store.ts'
import { campaignProblems } from '../problems.ts'
import { agentUuid, CampaignChangeRequest, NewCampaignRequest } from '../request-schemas.ts'
import { CampaignResponse, CampaignStatusName } from '../response-schemas.ts'
import {
  CampaignParams,
  type CampaignRouteDeps,
  type CampaignToChange,
  campaignTags,
  resolveCampaign,
  resolveCampaignToChange,
} from './campaign-scope.ts'
import { readCampaignResponse } from './read-campaign-response.ts'

const CampaignsQuery = ListQuery.extend({ status: CampaignStatusName.optional() })

const one = { tags: campaignTags, params: CampaignParams, response: { 200: CampaignResponse } }

const schemas = {
  list: {
    tags: campaignTags,
    summary: 'The campaigns, newest first',
    querystring: CampaignsQuery,
    response: { 200: listOf(CampaignResponse) },
  },
  create: {
    tags: campaignTags,
    summary: 'Create a campaign: a draft, to which contacts are added',
    body: NewCampaignRequest,
    response: { 201: CampaignResponse },
  },
  read: { ...one, summary: 'A campaign' },
  change: {
    ...one,
    summary: 'Change a campaign, at any time',
    description: 'Changes apply from the next call.',
    body: CampaignChangeRequest,
  },
  archive: {
    tags: campaignTags,
    summary: 'Archive a campaign; the history of its calls stays',
    params: CampaignParams,
    response: { 204: z.undefined() },
  },
}

/** Routes that list, create, read, change and archive campaigns. */
export function campaignRoutes(deps: CampaignRouteDeps): Routes {
  const { access, database, clock, ledger } = deps
  return async (server) => {
    server.get('/v1/campaigns', { schema: schemas.list }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      return listResponses(deps, workspaceId, request.query)
    })

    server.post(
      '/v1/campaigns',
      { config: { keyScope: 'campaigns' }, schema: schemas.create },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        return ledger.command(request, reply, scope.workspaceId, async (change) => {
          return { status: 201, body: await createDraft(change, scope, request.body) }
        })
      },
    )

    server.get('/v1/campaigns/:id', { schema: schemas.read }, async (request) => {
      const ref = await resolveCampaign(deps, request)
      return readCampaignResponse(database, await requireCampaign(database, ref), clock.now())
    })

    server.patch(
      '/v1/campaigns/:id',
      { config: { keyScope: 'campaigns' }, schema: schemas.change },
      async (request) => {
        const ref = await resolveCampaignToChange(deps, request)
        return ledger.changeWorkspace(ref.workspaceId, (change) => changeCampaign(change, ref, request.body))
      },
    )

    server.delete(
      '/v1/campaigns/:id',
      { config: { keyScope: 'campaigns' }, schema: schemas.archive },
      async (request, reply) => {
        const ref = await resolveCampaignToChange(deps, request)
        await ledger.changeWorkspace(ref.workspaceId, (change) => archiveIdle(change, ref))
        reply.code(204)
        return undefined
      },
    )
  }
}

async function listResponses(
  { database, clock }: CampaignRouteDeps,
  workspaceId: string,
  { limit = LIMIT_DEFAULT, cursor, status }: z.infer<typeof CampaignsQuery>,
) {
  const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
  const rows = await listCampaigns(database, workspaceId, { status, beforeId, limit: limit + 1 })
  const { data: campaigns, nextCursor } = buildPage(
    rows,
    limit,
    ({ id }) => [id],
    (row) => row,
  )
  const nowMs = clock.now()
  const data = await Promise.all(campaigns.map((campaign) => readCampaignResponse(database, campaign, nowMs)))
  return { data, nextCursor }
}

async function createDraft(
  { tx, unit, nowMs }: Change,
  by: AuditSource,
  body: z.infer<typeof NewCampaignRequest>,
) {
  const { workspaceId } = unit.line
  await requireCampaignPlan(tx, workspaceId)
  const { agentId, retries, ...fields } = body
  const agent = await requireAgent(tx, { workspaceId, id: agentUuid(agentId) })
  const settings = { ...fields, agentId: agent.id, ...toRetryFields(retries) }
  const campaign = await createCampaign(tx, workspaceId, settings, nowMs)
  addEvent(unit, 'campaign', campaign.id)
  auditCampaign(unit, by, 'created', { after: campaign })
  return readCampaignResponse(tx, campaign, nowMs)
}

type CampaignChange = z.infer<typeof CampaignChangeRequest>

async function changeCampaign({ tx, unit, nowMs }: Change, ref: CampaignToChange, body: CampaignChange) {
  const campaign = await requireCampaign(tx, ref)
  await updateCampaign(tx, ref, await mergeFields(tx, campaign, body))
  addEvent(unit, 'campaign', ref.id)
  unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
  const changed = await requireCampaign(tx, ref)
  auditCampaign(unit, ref, 'changed', { before: campaign, after: changed })
  return readCampaignResponse(tx, changed, nowMs)
}

async function archiveIdle({ tx, unit, nowMs }: Change, ref: CampaignToChange): Promise<void> {
  const campaign = await requireCampaign(tx, ref)
  if (campaign.status === 'running' || campaign.counts.calling > 0) {
    throw new Problem(
      campaignProblems.campaign_in_progress,
      'The campaign is running or has live calls. Pause it and let its calls end first.',
    )
  }
  await archiveCampaign(tx, ref, nowMs)
  addEvent(unit, 'campaign', ref.id)
  auditCampaign(unit, ref, 'archived', { before: campaign })
}

type Retries = z.infer<typeof NewCampaignRequest>['retries']

function toRetryFields({ attemptsMax, afterMinutes, on }: Retries) {
  return { attemptsMax, retryAfterMs: afterMinutes * MINUTE_MS, retryOn: [...new Set(on)] }
}

/** Merges a change into a campaign's settings. Fields that are left out stay as they are. */
async function mergeFields(tx: Tx, campaign: CampaignRow, change: CampaignChange): Promise<CampaignFields> {
  const { agentId, retries, ...fields } = change
  const { workspaceId } = campaign
  const agent =
    agentId === undefined ? undefined : await requireAgent(tx, { workspaceId, id: agentUuid(agentId) })
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return {
    ...campaign,
    ...given,
    ...(retries && toRetryFields(retries)),
    agentId: agent?.id ?? campaign.agentId,
  }
}
