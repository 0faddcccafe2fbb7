import { computePrice } from '@talktime/core/billing/price'
import { addGrant, expireMonthly, type WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import type { Plan } from './catalog-store.ts'
import { planPrice, type Subscription, termsOf } from './subscription-store.ts'

/**
 * Puts the workspace on another plan at once, within its cycle. The caller holds the workspace's line and has
 * decided what is granted for the rest of the cycle. Whatever was unpaid of the plan before is settled by it.
 */
export async function switchPlan(
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  change: {
    readonly plan: Plan
    readonly grantMs: number
    readonly collection: 'card' | 'invoiced'
    /** What paid for it; without: the operator collects the money elsewhere. */
    readonly purchase?: { readonly id: string; readonly amountMinor: number; readonly currency: string }
  },
  nowMs: number,
): Promise<{ readonly grantId: string | null }> {
  const { plan, grantMs, collection, purchase } = change
  await tx.query(
    `update subscriptions set plan_id = $2, terms = $3, collection = $4, pending_plan_id = null,
            past_due_since_ms = null, renewal_tries = 0, next_renewal_try_ms = null
     where workspace_id = $1`,
    [subscription.workspaceId, plan.id, termsOf(plan), collection],
  )
  if (grantMs === 0) return { grantId: null }
  const { grantId } = await addGrant(
    tx,
    unit,
    {
      kind: 'monthly',
      amountMs: grantMs,
      atMs: nowMs,
      expiresAtMs: subscription.cycle.endsAtMs,
      reason: `${plan.name} plan for the rest of the cycle`,
      price: purchase ? computePrice(purchase.amountMinor, purchase.currency, grantMs) : planPrice(plan),
      ...(purchase && { purchaseId: purchase.id }),
    },
    nowMs,
  )
  return { grantId }
}

/**
 * Takes the plan away in the middle of its cycle because it was not paid: what is left of its monthly credits
 * expires, and those of the plan that takes its place are granted. Live calls have been cut by the caller.
 */
export async function replaceUnpaidPlan(
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  plan: Plan,
  nowMs: number,
): Promise<void> {
  await expireMonthly(tx, unit, nowMs)
  const change = { plan, grantMs: plan.monthlyMs, collection: 'invoiced' as const }
  await switchPlan(tx, unit, subscription, change, nowMs)
}

/** Chooses the plan that begins when the cycle ends; null takes the choice back. */
export async function choosePendingPlan(
  db: Queryable,
  workspaceId: string,
  planId: string | null,
): Promise<void> {
  await db.query('update subscriptions set pending_plan_id = $2 where workspace_id = $1', [
    workspaceId,
    planId,
  ])
}

/** Reckons the cycles that begin from now on in another time zone. */
export async function changeCycleTimeZone(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
): Promise<void> {
  await db.query('update subscriptions set time_zone = $2 where workspace_id = $1', [workspaceId, timeZone])
}

/** Keeps how the payment of the cycle stands. */
export async function recordRenewalState(
  db: Queryable,
  workspaceId: string,
  state: Pick<Subscription, 'pastDueSinceMs' | 'renewalTries' | 'nextRenewalTryMs'>,
): Promise<void> {
  await db.query(
    `update subscriptions set past_due_since_ms = $2, renewal_tries = $3, next_renewal_try_ms = $4
     where workspace_id = $1`,
    [workspaceId, state.pastDueSinceMs, state.renewalTries, state.nextRenewalTryMs],
  )
}
