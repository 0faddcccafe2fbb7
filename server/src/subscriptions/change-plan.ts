import { decidePlanChange, type PlanChange } from '@talktime/core/billing/plan-change'
import { assertNever } from '@talktime/core/exhaustive'
import type { Actor, RequestOrigin } from '../access/index.ts'
import { addAudit, addEvent, type Change, type WorkspaceUnit } from '../ledger/index.ts'
import {
  findPurchaseByKey,
  hasOpenPurchase,
  type Order,
  type Purchase,
  paymentProblems,
} from '../payments/index.ts'
import {
  choosePendingPlan,
  findPlan,
  type Plan,
  planProblems,
  requireSubscription,
  type Subscription,
  switchPlan,
} from '../plans/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import type { IdempotencyRef } from '../platform/idempotency/idempotency-store.ts'
import { createOnce, type Once } from '../platform/idempotency/once.ts'
import { Problem } from '../platform/problem.ts'
import type { SubscriptionDeps } from './deps.ts'
import { subscriptionProblems } from './problems.ts'

/** What a change of plan would do now. */
export type Quote = {
  readonly subscription: Subscription
  readonly plan: Plan
  readonly change: PlanChange
}

/**
 * Computes what a change to a plan would do now. Boundaries that are due must have been passed.
 *
 * @throws Problem `plan_not_found`, `workspace_not_found`
 */
export async function quoteChange(
  db: Queryable,
  workspaceId: string,
  planId: string,
  nowMs: number,
): Promise<Quote> {
  const subscription = await requireSubscription(db, workspaceId)
  const plan = await findPlan(db, planId)
  if (plan === undefined) throw new Problem(planProblems.plan_not_found, `There is no plan "${planId}".`)
  const { terms, pendingPlanId, cycle } = subscription
  const { priceMinor, currency, monthlyMs } = terms
  const current = { planId: subscription.planId, priceMinor, currency, monthlyMs }
  const wanted = { ...plan, planId: plan.id }
  return { subscription, plan, change: decidePlanChange(current, wanted, pendingPlanId, cycle, nowMs) }
}

export type PlanChangeRequest = {
  readonly workspaceId: string
  readonly planId: string
  readonly actor: Actor
  readonly origin?: RequestOrigin
  readonly idempotency?: IdempotencyRef | undefined
}

export type PlanChangeResult = {
  readonly change: PlanChange['kind']
  readonly purchase: Purchase | null
  /** Whether an earlier request with the same idempotency key made the change. */
  readonly replayed: boolean
}

/**
 * Changes the plan. An upgrade takes effect as soon as it is paid, any other change at the end of the cycle. An operator
 * changes plans without a charge, because the money is collected elsewhere.
 *
 * @throws Problem `plan_not_found`, `plan_on_request`, `payment_method_required`, `payment_pending`
 */
export async function changePlan(
  deps: SubscriptionDeps,
  request: PlanChangeRequest,
): Promise<PlanChangeResult> {
  const { ledger, payments } = deps
  const { workspaceId } = request
  const result = await ledger.changeWorkspace(workspaceId, (change) => applyRequest(deps, change, request), {
    once: createOncePerKey(request),
  })
  if (result.purchase === null) return result
  return { ...result, purchase: await payments.charge(result.purchase) }
}

async function applyRequest(
  deps: SubscriptionDeps,
  { tx, unit, nowMs }: Change,
  request: PlanChangeRequest,
): Promise<PlanChangeResult> {
  const quote = await quoteChange(tx, request.workspaceId, request.planId, nowMs)
  const purchase = await applyChange(deps, tx, unit, quote, request, nowMs)
  addEvent(unit, 'subscription')
  return { change: quote.change.kind, purchase, replayed: false }
}

/** A repeat gets what the first request changed, with its purchase in its current state. */
function createOncePerKey({
  workspaceId,
  idempotency,
}: PlanChangeRequest): Once<PlanChangeResult> | undefined {
  return createOnce<PlanChangeResult>(idempotency, {
    async show(tx, record) {
      const purchase = idempotency && (await findPurchaseByKey(tx, workspaceId, idempotency))
      if (record === undefined && purchase === undefined) return undefined
      const { change }: Pick<PlanChangeResult, 'change'> = record
        ? JSON.parse(record.body)
        : { change: 'upgrade' }
      return { change, purchase: purchase ?? null, replayed: true }
    },
    answerOf: ({ change }) => ({ status: 200, body: JSON.stringify({ change }) }),
  })
}

/** Makes a change of plan. Returns the purchase that pays for an upgrade. */
async function applyChange(
  deps: SubscriptionDeps,
  tx: Tx,
  unit: WorkspaceUnit,
  quote: Quote,
  request: PlanChangeRequest,
  nowMs: number,
): Promise<Purchase | null> {
  const { change, plan, subscription } = quote
  const byOperator = request.actor.kind === 'operator'
  switch (change.kind) {
    case 'none':
      return null
    case 'keep':
    case 'downgrade': {
      const pendingPlanId = change.kind === 'keep' ? null : plan.id
      await choosePendingPlan(tx, request.workspaceId, pendingPlanId)
      addAudit(unit, request, {
        action: 'subscription.changed',
        target: { kind: 'subscription', id: request.workspaceId },
        before: { pendingPlanId: subscription.pendingPlanId },
        after: { pendingPlanId },
      })
      return null
    }
    case 'upgrade': {
      if (byOperator) {
        const { grantMs } = change
        const chosen = { plan, grantMs, collection: 'invoiced', by: request } as const
        await switchPlan(tx, unit, subscription, chosen, nowMs)
        await deps.termsChanged(tx, unit, nowMs)
        return null
      }
      const order = await createUpgradeOrder(deps, tx, quote, change, request)
      return deps.payments.createPurchase(tx, unit, order, nowMs)
    }
    default:
      return assertNever(change)
  }
}

async function createUpgradeOrder(
  deps: SubscriptionDeps,
  tx: Tx,
  quote: Quote,
  change: Extract<PlanChange, { kind: 'upgrade' }>,
  request: PlanChangeRequest,
): Promise<Order> {
  const refusal = await findUpgradeRefusal(deps, tx, quote)
  if (refusal !== null) throw refusal
  const { plan, subscription } = quote
  const method = await deps.payments.findDefaultMethod(tx, request.workspaceId)
  return {
    purpose: 'plan_change',
    origin: 'manual',
    planId: plan.id,
    creditsMs: change.grantMs,
    amountMinor: change.chargeMinor,
    currency: plan.currency,
    description: `${plan.name} plan for the rest of the billing cycle`,
    method: change.chargeMinor > 0 ? (method ?? null) : null,
    detail: { from: subscription.planId },
    actor: request.actor,
    requestOrigin: request.origin,
    idempotency: request.idempotency,
  }
}

/**
 * Finds the reason why an upgrade cannot be bought now; `null` if it can. While a change or a renewal waits for its
 * payment, another purchase would charge twice.
 */
export async function findUpgradeRefusal(
  { payments }: SubscriptionDeps,
  db: Queryable,
  { subscription, plan, change }: Quote,
): Promise<Problem | null> {
  const { workspaceId } = subscription
  if (plan.priceMinor === null) {
    const detail = `The ${plan.name} plan has no list price. Ask the operator of this service for an offer.`
    return new Problem(subscriptionProblems.plan_on_request, detail)
  }
  if (await hasOpenPurchase(db, workspaceId, 'plan_change')) {
    return new Problem(
      paymentProblems.payment_pending,
      'A change of plan is waiting for its payment. Finish or cancel it first.',
    )
  }
  if (subscription.pastDueSinceMs !== null) {
    return new Problem(
      paymentProblems.payment_pending,
      'The renewal of the current plan is not paid yet. Pay it first.',
    )
  }
  const costs = change.kind === 'upgrade' && change.chargeMinor > 0
  if (costs && (await payments.findDefaultMethod(db, workspaceId)) === undefined) {
    return new Problem(paymentProblems.payment_method_required, 'There is no card to charge. Add one first.')
  }
  return null
}
