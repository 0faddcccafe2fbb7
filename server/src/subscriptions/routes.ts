import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import { createDeclinedProblem, purchaseResponse } from '../payments/index.ts'
import { findPlan, planProblems, requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { changePlan, findUpgradeRefusal, quoteChange } from './change-plan.ts'
import type { SubscriptionDeps } from './deps.ts'
import {
  ChangedResponse,
  PreviewResponse,
  previewResponse,
  SubscriptionResponse,
  subscriptionResponse,
} from './response-schemas.ts'

const PlanChoice = z.strictObject({ planId: z.string() })

export type SubscriptionRouteDeps = SubscriptionDeps & {
  readonly access: Access
  readonly idempotency: Idempotency
  /** The origin at which people reach this server. */
  readonly origin: string
}

const tags = ['Plans']

const readSchema = { tags, summary: 'The workspace’s plan', response: { 200: SubscriptionResponse } }

const previewSchema = {
  tags,
  summary: 'What a change of plan would do',
  body: PlanChoice,
  response: { 200: PreviewResponse },
}

const changeSchema = {
  tags,
  summary: 'Change the plan',
  description: 'An upgrade takes effect when it is paid, any other change when the billing cycle ends.',
  body: PlanChoice,
  response: { 200: ChangedResponse },
}

/** The routes of a workspace's plan. */
export function subscriptionRoutes(deps: SubscriptionRouteDeps): Routes {
  const { access, database, ledger } = deps
  return async (server) => {
    server.get('/v1/subscription', { schema: readSchema }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      await ledger.catchUpIfDue(workspaceId)
      return readSubscription(database, workspaceId)
    })
    server.post(
      '/v1/subscription/preview',
      { config: { keyScope: 'read' }, schema: previewSchema },
      async (request) => previewChange(deps, request, request.body.planId),
    )
    server.post(
      '/v1/subscription',
      { config: { keyScope: 'money' }, schema: changeSchema },
      async (request, reply) => changeSubscription(deps, request, reply, request.body.planId),
    )
  }
}

async function previewChange(deps: SubscriptionRouteDeps, request: FastifyRequest, planId: string) {
  const { access, database, clock, ledger } = deps
  const { workspaceId, actor } = await access.scopeOf(request)
  await ledger.catchUpIfDue(workspaceId)
  const nowMs = clock.now()
  const quote = await quoteChange(database, workspaceId, planId, nowMs)
  const isPurchase = quote.change.kind === 'upgrade' && actor.kind !== 'operator'
  const refusal = isPurchase ? await findUpgradeRefusal(deps, database, quote) : null
  return previewResponse(quote, refusal?.detail ?? null, nowMs)
}

async function changeSubscription(
  deps: SubscriptionRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  planId: string,
) {
  const { access, database, idempotency, origin } = deps
  const scope = await access.scopeOf(request)
  requireRole(scope, 'admin')
  const { workspaceId, actor } = scope
  const { change, purchase, replayed } = await changePlan(deps, {
    workspaceId,
    planId,
    actor,
    origin: scope.origin,
    idempotency: idempotency.idempotencyOf(request),
  })
  if (replayed) reply.header('idempotent-replayed', 'true')
  if (purchase?.status === 'failed') throw createDeclinedProblem(purchase)
  return {
    change,
    purchase: purchase && purchaseResponse(purchase, origin),
    subscription: await readSubscription(database, workspaceId),
  }
}

async function readSubscription(db: Queryable, workspaceId: string) {
  const subscription = await requireSubscription(db, workspaceId)
  const next = await findPlan(db, subscription.pendingPlanId ?? subscription.planId)
  if (next !== undefined) return subscriptionResponse(subscription, next)
  throw new Problem(planProblems.plan_not_found, 'The plan is no longer in the catalog.')
}
