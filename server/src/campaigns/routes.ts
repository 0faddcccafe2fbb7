import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import { requireAgent } from '../agents/index.ts'
import { addEvent, type Change, type Ledger } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import type { CampaignFields, CampaignRef, CampaignRow } from './campaign.ts'
import {
  archiveCampaign,
  createCampaign,
  listCampaigns,
  requireCampaign,
  updateCampaign,
  workspaceOfCampaign,
} from './campaign-store.ts'
import { estimateToFinish } from './estimate.ts'
import { pauseByUser, requireCampaignPlan, resumeByUser, startCampaign } from './lifecycle.ts'
import { campaignProblems } from './problems.ts'
import {
  agentUuid,
  CampaignChangeRequest,
  campaignUuid,
  NewCampaignRequest,
  StartCampaignRequest,
} from './request-schemas.ts'
import { CampaignResponse, CampaignStatusName, campaignResponse } from './response-schemas.ts'

export type CampaignRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
}

export const campaignTags = ['Campaigns']
export const CampaignParams = z.object({ id: z.string() })

/** An operator's key needs to name no workspace: the campaign does. */
export async function scopeOfCampaign(
  { access, database }: Pick<CampaignRouteDeps, 'access' | 'database'>,
  request: Parameters<Access['scopeOf']>[0],
  id: string,
) {
  const campaignId = campaignUuid(id)
  const scope = await access.scopeOf(request, {
    workspaceOf: () => workspaceOfCampaign(database, campaignId),
  })
  return { scope, ref: { workspaceId: scope.workspaceId, id: campaignId } }
}

/** Campaigns, and what is done with them by hand. */
export function campaignRoutes(deps: CampaignRouteDeps): Routes {
  const { access, database, clock, ledger } = deps
  const one = { tags: campaignTags, params: CampaignParams, response: { 200: CampaignResponse } }

  async function readResponse(db: Queryable, campaign: CampaignRow, nowMs: number) {
    return campaignResponse(campaign, await estimateToFinish(db, campaign, nowMs), nowMs)
  }

  /** A command that changes a campaign, and answers the campaign as it is then. */
  function command(
    request: FastifyRequest,
    reply: FastifyReply,
    ref: CampaignRef,
    work: (change: Change, campaign: CampaignRow) => Promise<unknown>,
  ) {
    return ledger.command(request, reply, ref.workspaceId, async (change) => {
      const { tx, nowMs } = change
      await work(change, await requireCampaign(tx, ref))
      change.unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
      return { status: 200, body: await readResponse(tx, await requireCampaign(tx, ref), nowMs) }
    })
  }

  return async (server) => {
    server.get(
      '/v1/campaigns',
      {
        schema: {
          tags: campaignTags,
          summary: 'The campaigns, newest first',
          querystring: ListQuery.extend({ status: CampaignStatusName.optional() }),
          response: { 200: listOf(CampaignResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor, status } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listCampaigns(database, workspaceId, { status, beforeId, limit: limit + 1 })
        const { data: shown, nextCursor } = buildPage(
          rows,
          limit,
          ({ id }) => [id],
          (row) => row,
        )
        const nowMs = clock.now()
        const data = await Promise.all(shown.map((row) => readResponse(database, row, nowMs)))
        return { data, nextCursor }
      },
    )

    server.post(
      '/v1/campaigns',
      {
        schema: {
          tags: campaignTags,
          summary: 'Make a campaign: a draft, to which contacts are added',
          body: NewCampaignRequest,
          response: { 201: CampaignResponse },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId } = scope
        return ledger.command(request, reply, workspaceId, async ({ tx, unit, nowMs }) => {
          await requireCampaignPlan(tx, workspaceId)
          const { agentId, retries, ...fields } = request.body
          const agent = await requireAgent(tx, { workspaceId, id: agentUuid(agentId) })
          const chosen = { ...fields, agentId: agent.id, ...retriesOf(retries) }
          const campaign = await createCampaign(tx, workspaceId, chosen, nowMs)
          addEvent(unit, 'campaign', campaign.id)
          return { status: 201, body: await readResponse(tx, campaign, nowMs) }
        })
      },
    )

    server.get('/v1/campaigns/:id', { schema: { ...one, summary: 'A campaign' } }, async (request) => {
      const { ref } = await scopeOfCampaign(deps, request, request.params.id)
      return readResponse(database, await requireCampaign(database, ref), clock.now())
    })

    server.patch(
      '/v1/campaigns/:id',
      {
        schema: {
          ...one,
          summary: 'Change a campaign, at any time',
          description: 'What is changed holds from the next call on.',
          body: CampaignChangeRequest,
        },
      },
      async (request) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        return ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit, nowMs }) => {
          const campaign = await requireCampaign(tx, ref)
          await updateCampaign(tx, ref, await fieldsAfter(tx, campaign, request.body))
          addEvent(unit, 'campaign', ref.id)
          unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
          return readResponse(tx, await requireCampaign(tx, ref), nowMs)
        })
      },
    )

    server.delete(
      '/v1/campaigns/:id',
      {
        schema: {
          tags: campaignTags,
          summary: 'Take a campaign out of sight; the history of its calls stays',
          params: CampaignParams,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        await ledger.changeWorkspace(ref.workspaceId, async ({ tx, unit, nowMs }) => {
          const campaign = await requireCampaign(tx, ref)
          if (campaign.status === 'running' || campaign.counts.calling > 0) {
            throw new Problem(
              campaignProblems.campaign_in_progress,
              'The campaign is running or has calls on: pause it and let them end first.',
            )
          }
          await archiveCampaign(tx, ref, nowMs)
          addEvent(unit, 'campaign', ref.id)
        })
        reply.code(204)
        return undefined
      },
    )

    server.post(
      '/v1/campaigns/:id/start',
      {
        schema: {
          ...one,
          summary: 'Start a campaign, now or later',
          description: 'It calls within its calling hours only. With startsAt in the future it is scheduled.',
          body: StartCampaignRequest,
        },
      },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        return command(request, reply, ref, async ({ tx, unit, nowMs }, campaign) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          await startCampaign(tx, unit, campaign, request.body.startsAt ?? null, nowMs)
        })
      },
    )

    server.post(
      '/v1/campaigns/:id/pause',
      {
        schema: {
          ...one,
          summary: 'Pause a campaign: no further call begins, those under way go on',
          body: z.strictObject({}),
        },
      },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        return command(request, reply, ref, async ({ tx, unit, nowMs }, campaign) => {
          await pauseByUser(tx, unit, campaign, nowMs)
        })
      },
    )

    server.post(
      '/v1/campaigns/:id/resume',
      { schema: { ...one, summary: 'Let a paused campaign go on', body: z.strictObject({}) } },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        return command(request, reply, ref, async ({ tx, unit, nowMs }, campaign) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          await resumeByUser(tx, unit, campaign, nowMs)
        })
      },
    )
  }
}

type Retries = z.infer<typeof NewCampaignRequest>['retries']

function retriesOf({ attemptsMax, afterMinutes, on }: Retries) {
  return { attemptsMax, retryAfterMs: afterMinutes * 60_000, retryOn: [...new Set(on)] }
}

/** What the campaign is with the change: what is left out stays as it is. */
async function fieldsAfter(
  tx: Tx,
  campaign: CampaignRow,
  change: z.infer<typeof CampaignChangeRequest>,
): Promise<CampaignFields> {
  const { agentId, retries, ...fields } = change
  const { workspaceId } = campaign
  const agent =
    agentId === undefined ? undefined : await requireAgent(tx, { workspaceId, id: agentUuid(agentId) })
  const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
  return {
    ...campaign,
    ...given,
    ...(retries && retriesOf(retries)),
    agentId: agent?.id ?? campaign.agentId,
  }
}
