import { decidePlanChange, type PlanChange } from '@talktime/core/billing/plan-change'
import type { Actor } from '../access/index.ts'
import { addEvent, type Change, type WorkspaceUnit } from '../ledger/index.ts'
import { findPurchaseByKey, type Order, type Purchase, paymentProblems } from '../payments/index.ts'
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

/** What a change of plan would mean now. */
export type Quote = {
  readonly subscription: Subscription
  readonly plan: Plan
  readonly change: PlanChange
}

/** Throws `plan_not_found`, `workspace_not_found`. Boundaries must have been caught up with. */
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
  const current = { planId: subscription.planId, priceMinor: terms.priceMinor, monthlyMs: terms.monthlyMs }
  const wanted = { planId: plan.id, priceMinor: plan.priceMinor, monthlyMs: plan.monthlyMs }
  return { subscription, plan, change: decidePlanChange(current, wanted, pendingPlanId, cycle, nowMs) }
}

export type ChangeRequest = {
  readonly workspaceId: string
  readonly planId: string
  readonly actor: Actor
  readonly idempotency?: IdempotencyRef | undefined
}

export type ChangeResult = {
  readonly change: PlanChange['kind']
  readonly purchase: Purchase | null
  /** The same request had been carried out before. */
  readonly replayed: boolean
}

/**
 * Changes the plan: an upgrade at once, when it is paid; anything else at the end of the cycle. The operator
 * changes plans without a charge: the money is collected elsewhere.
 *
 * @throws Problem plan_not_found, plan_on_request, payment_method_required, payment_pending
 */
export async function changePlan(deps: SubscriptionDeps, request: ChangeRequest): Promise<ChangeResult> {
  const { ledger, payments } = deps
  const { workspaceId } = request
  const decided = await ledger.changeWorkspace(workspaceId, (change) => decideChange(deps, change, request), {
    once: createOncePerKey(request),
  })
  if (decided.purchase === null) return decided
  return { ...decided, purchase: await payments.charge(decided.purchase) }
}

async function decideChange(
  deps: SubscriptionDeps,
  { tx, unit, nowMs }: Change,
  request: ChangeRequest,
): Promise<ChangeResult> {
  const quote = await quoteChange(tx, request.workspaceId, request.planId, nowMs)
  const purchase = await carryOut(deps, tx, unit, quote, request, nowMs)
  addEvent(unit, 'subscription')
  return { change: quote.change.kind, purchase, replayed: false }
}

/** A repeat is answered with what the first request changed and with its purchase as it is by then. */
function createOncePerKey({ workspaceId, idempotency }: ChangeRequest): Once<ChangeResult> | undefined {
  return createOnce<ChangeResult>(idempotency, {
    async show(tx, record) {
      const purchase = idempotency && (await findPurchaseByKey(tx, workspaceId, idempotency))
      if (record === undefined && purchase === undefined) return undefined
      const { change }: Pick<ChangeResult, 'change'> = record
        ? JSON.parse(record.body)
        : { change: 'upgrade' }
      return { change, purchase: purchase ?? null, replayed: true }
    },
    answerOf: ({ change }) => ({ status: 200, body: JSON.stringify({ change }) }),
  })
}

async function carryOut(
  deps: SubscriptionDeps,
  tx: Tx,
  unit: WorkspaceUnit,
  quote: Quote,
  request: ChangeRequest,
  nowMs: number,
): Promise<Purchase | null> {
  const { change, plan, subscription } = quote
  const byOperator = request.actor.kind === 'operator'
  switch (change.kind) {
    case 'none':
      return null
    case 'keep':
      await choosePendingPlan(tx, request.workspaceId, null)
      return null
    case 'downgrade':
      await choosePendingPlan(tx, request.workspaceId, plan.id)
      return null
    case 'upgrade': {
      if (byOperator) {
        const { grantMs } = change
        await switchPlan(tx, unit, subscription, { plan, grantMs, collection: 'invoiced' }, nowMs)
        return null
      }
      const order = await upgradeOrder(deps, tx, quote, change, request)
      return deps.payments.createPurchase(tx, unit, order, nowMs)
    }
  }
}

async function upgradeOrder(
  deps: SubscriptionDeps,
  tx: Tx,
  quote: Quote,
  change: Extract<PlanChange, { kind: 'upgrade' }>,
  request: ChangeRequest,
): Promise<Order> {
  const refusal = await refuseUpgrade(deps, tx, quote)
  if (refusal !== null) throw refusal
  const { plan, subscription } = quote
  const method = await deps.payments.defaultMethod(tx, request.workspaceId)
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
    idempotency: request.idempotency,
  }
}

/**
 * Why an upgrade cannot be bought now; null: it can. One thing at a time: while a change or a renewal waits for its
 * payment, another would charge twice.
 */
export async function refuseUpgrade(
  { payments }: SubscriptionDeps,
  db: Queryable,
  { subscription, plan, change }: Quote,
): Promise<Problem | null> {
  const { workspaceId } = subscription
  if (plan.priceMinor === null) {
    const detail = `The ${plan.name} plan has no list price. Ask the operator of this service for an offer.`
    return new Problem(subscriptionProblems.plan_on_request, detail)
  }
  const { rowCount: open } = await db.query(
    `select from purchases
     where workspace_id = $1 and purpose = 'plan_change' and status in ('pending', 'requires_action')`,
    [workspaceId],
  )
  if (open !== 0) {
    return new Problem(
      paymentProblems.payment_pending,
      'A change of plan is waiting for its payment. Finish or cancel it first.',
    )
  }
  if (subscription.pastDueSinceMs !== null) {
    return new Problem(
      paymentProblems.payment_pending,
      'The renewal of the present plan is not paid yet. Pay it first.',
    )
  }
  const costs = change.kind === 'upgrade' && change.chargeMinor > 0
  if (costs && (await payments.defaultMethod(db, workspaceId)) === undefined) {
    return new Problem(paymentProblems.payment_method_required, 'There is no card to charge. Add one first.')
  }
  return null
}
