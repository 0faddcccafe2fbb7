import { type PlanChange, planChange } from '@talktime/core/plan-change'
import type { Actor } from '../access/index.ts'
import { type Account, lockAccounts, writeAccounts } from '../ledger/index.ts'
import type { Order, PaymentMethod, Purchase } from '../payments/index.ts'
import {
  choosePendingPlan,
  findPlan,
  type Plan,
  requireSubscription,
  type Subscription,
  switchPlan,
} from '../plans/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { SubscriptionParts } from './parts.ts'

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
  if (plan === undefined) throw new Problem('plan_not_found', `There is no plan "${planId}".`)
  const { terms, pendingPlanId, cycle } = subscription
  const current = { planId: subscription.planId, priceMinor: terms.priceMinor, monthlyMs: terms.monthlyMs }
  const wanted = { planId: plan.id, priceMinor: plan.priceMinor, monthlyMs: plan.monthlyMs }
  return { subscription, plan, change: planChange(current, wanted, pendingPlanId, cycle, nowMs) }
}

export type ChangeRequest = {
  readonly workspaceId: string
  readonly planId: string
  readonly actor: Actor
  readonly idempotency?: Order['idempotency']
}

export type ChangeResult = { readonly change: PlanChange['kind']; readonly purchase: Purchase | null }

/**
 * Changes the plan: an upgrade at once, when it is paid; anything else at the end of the cycle. The operator
 * changes plans without a charge: the money is collected elsewhere.
 *
 * @throws Problem plan_not_found, plan_on_request, payment_method_required, payment_pending
 */
export async function changePlan(parts: SubscriptionParts, request: ChangeRequest): Promise<ChangeResult> {
  const { database, clock, boundaries, payments } = parts
  const { workspaceId } = request
  const nowMs = clock.now()
  await boundaries.catchUp([workspaceId], nowMs)
  const decided = await database.transaction(async (tx) => {
    const account = (await lockAccounts(tx, [workspaceId])).get(workspaceId)
    if (account === undefined) throw new Problem('workspace_not_found', 'There is no such workspace.')
    const quote = await quoteChange(tx, workspaceId, request.planId, nowMs)
    const purchase = await carryOut(parts, tx, account, quote, request, nowMs)
    account.changed.set('subscription', new Set())
    await writeAccounts(tx, [account], nowMs)
    return { change: quote.change.kind, purchase }
  })
  parts.onCommitted([workspaceId])
  if (decided.purchase === null) return decided
  return { change: decided.change, purchase: await payments.settle(decided.purchase) }
}

async function carryOut(
  parts: SubscriptionParts,
  tx: Tx,
  account: Account,
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
        await switchPlan(tx, account, subscription, { plan, grantMs, collection: 'invoiced' }, nowMs)
        return null
      }
      const order = await upgradeOrder(parts, tx, quote, change, request)
      return parts.payments.intend(tx, account, order, nowMs)
    }
  }
}

async function upgradeOrder(
  { payments }: SubscriptionParts,
  tx: Tx,
  { plan, subscription }: Quote,
  change: Extract<PlanChange, { kind: 'upgrade' }>,
  request: ChangeRequest,
): Promise<Order> {
  if (plan.priceMinor === null) throw onRequest(plan)
  await requireNothingOpen(tx, subscription)
  const method = await payments.defaultMethod(tx, request.workspaceId)
  if (change.chargeMinor > 0 && method === undefined) throw cardRequired()
  return {
    purpose: 'plan_change',
    origin: 'manual',
    planId: plan.id,
    creditsMs: change.grantMs,
    amountMinor: change.chargeMinor,
    currency: plan.currency,
    description: `${plan.name} plan for the rest of the billing cycle`,
    method: change.chargeMinor > 0 ? (method as PaymentMethod) : null,
    detail: { from: subscription.planId },
    actor: request.actor,
    idempotency: request.idempotency,
  }
}

/** One thing at a time: while a change or a renewal waits for its payment, another would charge twice. */
async function requireNothingOpen(tx: Tx, subscription: Subscription): Promise<void> {
  const { rowCount } = await tx.query(
    `select from purchases
     where workspace_id = $1 and purpose = 'plan_change' and status in ('pending', 'requires_action')`,
    [subscription.workspaceId],
  )
  if (rowCount !== 0) {
    throw new Problem(
      'payment_pending',
      'A change of plan is waiting for its payment. Finish or cancel it first.',
    )
  }
  if (subscription.pastDueSinceMs !== null) {
    throw new Problem('payment_pending', 'The renewal of the present plan is not paid yet. Pay it first.')
  }
}

function onRequest(plan: Plan): Problem {
  return new Problem(
    'plan_on_request',
    `The ${plan.name} plan has no list price. Ask the operator of this service for an offer.`,
  )
}

function cardRequired(): Problem {
  return new Problem('payment_method_required', 'There is no card to charge. Add one first.')
}
