import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Change } from '../../ledger/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { CampaignRow } from '../campaign.ts'
import { auditCampaign } from '../campaign-audit.ts'
import { requireCampaignPlan } from '../campaign-plan.ts'
import { requireCampaign } from '../campaign-store.ts'
import { pauseByUser, resumeByUser, startCampaign } from '../lifecycle.ts'
import { StartCampaignRequest } from '../request-schemas.ts'
import { CampaignResponse } from '../response-schemas.ts'
import {
  CampaignParams,
  type CampaignRouteDeps,
  type CampaignToChange,
  campaignTags,
  resolveCampaignToChange,
} from './campaign-scope.ts'
import { readCampaignResponse } from './read-campaign-response.ts'

const one = { tags: campaignTags, params: CampaignParams, response: { 200: CampaignResponse } }

const schemas = {
  start: {
    ...one,
    summary: 'Start a campaign, now or later',
    description: 'It calls within its calling hours only. With startsAt in the future it is scheduled.',
    body: StartCampaignRequest,
  },
  pause: {
    ...one,
    summary: 'Pause a campaign: no further call begins, and live calls continue',
    body: z.strictObject({}),
  },
  resume: { ...one, summary: 'Resume a paused campaign', body: z.strictObject({}) },
}

/** Routes with which people start, pause and resume campaigns. */
export function campaignStateRoutes(deps: CampaignRouteDeps): Routes {
  /** Changes the campaign once for an idempotency key, and answers with the changed campaign. */
  function command(
    request: FastifyRequest,
    reply: FastifyReply,
    ref: CampaignToChange,
    action: 'started' | 'paused' | 'resumed',
    work: (change: Change, campaign: CampaignRow) => Promise<unknown>,
  ) {
    return deps.ledger.command(request, reply, ref.workspaceId, async (change) => {
      const { tx, unit, nowMs } = change
      const before = await requireCampaign(tx, ref)
      await work(change, before)
      unit.signals.campaignsToAdvance.push({ campaignId: ref.id })
      const after = await requireCampaign(tx, ref)
      auditCampaign(unit, ref, action, { before, after })
      return { status: 200, body: await readCampaignResponse(tx, after, nowMs) }
    })
  }

  return async (server) => {
    server.post(
      '/v1/campaigns/:id/start',
      { config: { keyScope: 'campaigns' }, schema: schemas.start },
      async (request, reply) => {
        const ref = await resolveCampaignToChange(deps, request)
        const { startsAt = null } = request.body
        return command(request, reply, ref, 'started', async ({ tx, unit, nowMs }, campaign) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          await startCampaign(tx, unit, campaign, startsAt, nowMs)
        })
      },
    )

    server.post(
      '/v1/campaigns/:id/pause',
      { config: { keyScope: 'campaigns' }, schema: schemas.pause },
      async (request, reply) => {
        const ref = await resolveCampaignToChange(deps, request)
        return command(request, reply, ref, 'paused', ({ tx, unit, nowMs }, campaign) =>
          pauseByUser(tx, unit, campaign, nowMs),
        )
      },
    )

    server.post(
      '/v1/campaigns/:id/resume',
      { config: { keyScope: 'campaigns' }, schema: schemas.resume },
      async (request, reply) => {
        const ref = await resolveCampaignToChange(deps, request)
        return command(request, reply, ref, 'resumed', async ({ tx, unit, nowMs }, campaign) => {
          await requireCampaignPlan(tx, ref.workspaceId)
          await resumeByUser(tx, unit, campaign, nowMs)
        })
      },
    )
  }
}
