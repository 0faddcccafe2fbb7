import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import { declinedProblem, purchaseResponse } from '../payments/index.ts'
import { findPlan, planProblems, requireSubscription } from '../plans/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { changePlan, quoteChange, refuseUpgrade } from './change-plan.ts'
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

/** A workspace's plan: how it stands, what a change would do, and the change. */
export function subscriptionRoutes(deps: SubscriptionRouteDeps): Routes {
  const { access, database, clock, ledger, idempotency } = deps
  return async (server) => {
    server.get(
      '/v1/subscription',
      {
        schema: { tags: ['Plans'], summary: 'The workspace’s plan', response: { 200: SubscriptionResponse } },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        await ledger.catchUpIfDue(workspaceId)
        return readSubscription(database, workspaceId)
      },
    )

    server.post(
      '/v1/subscription/preview',
      {
        schema: {
          tags: ['Plans'],
          summary: 'What a change of plan would do',
          body: PlanChoice,
          response: { 200: PreviewResponse },
        },
      },
      async (request) => {
        const { workspaceId, actor } = await access.scopeOf(request)
        await ledger.catchUpIfDue(workspaceId)
        const nowMs = clock.now()
        const quote = await quoteChange(database, workspaceId, request.body.planId, nowMs)
        const upgrades = quote.change.kind === 'upgrade' && actor.kind !== 'operator'
        const refusal = upgrades ? await refuseUpgrade(deps, database, quote) : null
        return previewResponse(quote, refusal?.detail ?? null, nowMs)
      },
    )

    server.post(
      '/v1/subscription',
      {
        schema: {
          tags: ['Plans'],
          summary: 'Change the plan',
          description: 'An upgrade takes effect when it is paid, anything else when the billing cycle ends.',
          body: PlanChoice,
          response: { 200: ChangedResponse },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId, actor } = scope
        const changed = await changePlan(deps, {
          workspaceId,
          planId: request.body.planId,
          actor,
          idempotency: idempotency.idempotencyOf(request),
        })
        if (changed.replayed) reply.header('idempotent-replayed', 'true')
        if (changed.purchase?.status === 'failed') throw declinedProblem(changed.purchase)
        return {
          change: changed.change,
          purchase: changed.purchase && purchaseResponse(changed.purchase, deps.origin),
          subscription: await readSubscription(database, workspaceId),
        }
      },
    )
  }
}

async function readSubscription(db: Queryable, workspaceId: string) {
  const subscription = await requireSubscription(db, workspaceId)
  const next = await findPlan(db, subscription.pendingPlanId ?? subscription.planId)
  if (next === undefined)
    throw new Problem(planProblems.plan_not_found, 'The plan is no longer in the catalogue.')
  return subscriptionResponse(subscription, next)
}
