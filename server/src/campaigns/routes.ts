import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import { requireAgent } from '../agents/index.ts'
import { addEvent, type Boundaries, lockWorkspaces, type WorkspaceUnit, writeUnits } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { decodeCursor, ListQuery, limitDefault, listOf, page } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { invariant, Problem } from '../platform/problem.ts'
import type { CampaignFields, CampaignRef, CampaignRow } from './campaign.ts'
import {
  archiveCampaign,
  createCampaign,
  listCampaigns,
  requireCampaign,
  updateCampaign,
  workspaceOfCampaign,
} from './campaign-store.ts'
import type { Dialer } from './dialer/dialer.ts'
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
  readonly boundaries: Boundaries
  readonly dialer: Pick<Dialer, 'wake'>
  readonly onCommitted: (workspaceIds: readonly string[]) => void
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
  const { access, database, clock, idempotency, boundaries, dialer, onCommitted } = deps
  const one = { tags: campaignTags, params: CampaignParams, response: { 200: CampaignResponse } }

  async function bodyOf(db: Parameters<typeof estimateToFinish>[0], campaign: CampaignRow) {
    const nowMs = clock.now()
    return campaignResponse(campaign, await estimateToFinish(db, campaign, nowMs), nowMs)
  }

  /** Runs `work` under the workspace's line, with the campaign as it is. */
  async function changing<T>(
    tx: Tx,
    ref: CampaignRef,
    work: (unit: WorkspaceUnit, campaign: CampaignRow) => Promise<T>,
  ): Promise<T> {
    const unit = (await lockWorkspaces(tx, [ref.workspaceId])).get(ref.workspaceId)
    invariant(unit, 'A workspace has a balance line')
    const done = await work(unit, await requireCampaign(tx, ref))
    await writeUnits(tx, [unit], clock.now())
    return done
  }

  function told(ref: CampaignRef): void {
    onCommitted([ref.workspaceId])
    dialer.wake([ref])
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
        const { limit = limitDefault, cursor, status } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listCampaigns(database, workspaceId, { status, beforeId, limit: limit + 1 })
        const { data: shown, nextCursor } = page(
          rows,
          limit,
          ({ id }) => [id],
          (row) => row,
        )
        return { data: await Promise.all(shown.map((row) => bodyOf(database, row))), nextCursor }
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
        const nowMs = clock.now()
        return idempotency.command(request, reply, async (tx) => {
          await requireCampaignPlan(tx, workspaceId)
          const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
          invariant(unit, 'A workspace has a balance line')
          const { agentId, retries, ...fields } = request.body
          const agent = await requireAgent(tx, { workspaceId, id: agentUuid(agentId) })
          const chosen = { ...fields, agentId: agent.id, ...retriesOf(retries) }
          const campaign = await createCampaign(tx, workspaceId, chosen, nowMs)
          addEvent(unit, 'campaign', campaign.id)
          await writeUnits(tx, [unit], nowMs)
          return { status: 201, body: await bodyOf(tx, campaign) }
        })
      },
    )

    server.get('/v1/campaigns/:id', { schema: { ...one, summary: 'A campaign' } }, async (request) => {
      const { ref } = await scopeOfCampaign(deps, request, request.params.id)
      return bodyOf(database, await requireCampaign(database, ref))
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
        const body = await database.transaction((tx) =>
          changing(tx, ref, async (unit, campaign) => {
            await updateCampaign(tx, ref, await fieldsAfter(tx, campaign, request.body))
            addEvent(unit, 'campaign', ref.id)
            return bodyOf(tx, await requireCampaign(tx, ref))
          }),
        )
        told(ref)
        return body
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
        await database.transaction((tx) =>
          changing(tx, ref, async (unit, campaign) => {
            if (campaign.status === 'running' || campaign.counts.calling > 0) {
              throw new Problem(
                campaignProblems.campaign_in_progress,
                'The campaign is running or has calls on: pause it and let them end first.',
              )
            }
            await archiveCampaign(tx, ref, clock.now())
            addEvent(unit, 'campaign', ref.id)
          }),
        )
        onCommitted([ref.workspaceId])
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
        await boundaries.catchUpIfDue(ref.workspaceId, clock.now())
        const body = await idempotency.command(request, reply, async (tx) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          return changing(tx, ref, async (unit, campaign) => {
            await startCampaign(tx, unit, campaign, request.body.startsAt ?? null, clock.now())
            return { status: 200, body: await bodyOf(tx, await requireCampaign(tx, ref)) }
          })
        })
        told(ref)
        return body
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
        const body = await idempotency.command(request, reply, (tx) =>
          changing(tx, ref, async (unit, campaign) => {
            await pauseByUser(tx, unit, campaign, clock.now())
            return { status: 200, body: await bodyOf(tx, await requireCampaign(tx, ref)) }
          }),
        )
        told(ref)
        return body
      },
    )

    server.post(
      '/v1/campaigns/:id/resume',
      { schema: { ...one, summary: 'Let a paused campaign go on', body: z.strictObject({}) } },
      async (request, reply) => {
        const { scope, ref } = await scopeOfCampaign(deps, request, request.params.id)
        requireRole(scope, 'admin')
        await boundaries.catchUpIfDue(ref.workspaceId, clock.now())
        const body = await idempotency.command(request, reply, async (tx) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          return changing(tx, ref, async (unit, campaign) => {
            await resumeByUser(tx, unit, campaign, clock.now())
            return { status: 200, body: await bodyOf(tx, await requireCampaign(tx, ref)) }
          })
        })
        told(ref)
        return body
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
