import { decideRenewalRetry } from '@talktime/core/billing/renewal'
import { addEvent, type WorkspaceUnit } from '../ledger/index.ts'
import type { Fulfillment, Purchase } from '../payments/index.ts'
import {
  findPlan,
  type Plan,
  recordRenewalState,
  replaceUnpaidPlan,
  requireSubscription,
  type Subscription,
  switchPlan,
} from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import { tellPlanEnded, tellRenewalFailed } from './alerts.ts'
import type { SubscriptionDeps } from './deps.ts'

/** The plan that a workspace falls back to when its own is not paid. */
const FALLBACK_PLAN = 'free'

/** An upgrade that is paid takes effect. */
export const planChangeFulfillment: Fulfillment = {
  async fulfill(tx, unit, purchase, nowMs) {
    const { subscription, plan } = await bought(tx, purchase)
    // Paid is paid: also where the cycle it was reckoned for ended meanwhile, the credits promised are granted.
    const change = { plan, grantMs: purchase.creditsMs, collection: 'card' as const, purchase }
    addEvent(unit, 'subscription')
    return switchPlan(tx, unit, subscription, change, nowMs)
  },
  async failed() {},
}

/** A renewal's credits were granted when the cycle began; paying it only settles what was open. */
export function renewalFulfillment(deps: Pick<SubscriptionDeps, 'chargeUntilBoundary'>): Fulfillment {
  return {
    async fulfill(tx, unit, purchase, nowMs) {
      const { subscription, plan } = await bought(tx, purchase)
      addEvent(unit, 'subscription')
      if (subscription.planId === plan.id) {
        await recordRenewalState(tx, subscription.workspaceId, paid)
        return { grantId: null }
      }
      // Confirmed with the bank after the plan had been taken away: the customer gets it back, with its credits.
      const change = { plan, grantMs: plan.monthlyMs, collection: 'card' as const, purchase }
      return switchPlan(tx, unit, subscription, change, nowMs)
    },
    async failed(tx, unit, purchase, nowMs) {
      const subscription = await requireSubscription(tx, purchase.workspaceId)
      if (subscription.planId === purchase.planId) {
        const why = purchase.failureMessage ?? 'The card was declined.'
        await renewalFailed(deps, tx, unit, subscription, why, nowMs)
      }
    },
  }
}

const paid = { pastDueSinceMs: null, renewalTries: 0, nextRenewalTryMs: null }

/**
 * One more try to have a renewal paid has failed: another one is planned, or the plan ends.
 *
 * @param why a sentence for the customer
 */
export async function renewalFailed(
  deps: Pick<SubscriptionDeps, 'chargeUntilBoundary'>,
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  why: string,
  nowMs: number,
): Promise<void> {
  addEvent(unit, 'subscription')
  const fallback = await findPlan(tx, FALLBACK_PLAN)
  invariant(fallback, `The catalog has a plan "${FALLBACK_PLAN}"`)
  const unpaid = { sinceMs: subscription.pastDueSinceMs, tries: subscription.renewalTries }
  const next = decideRenewalRetry(unpaid, nowMs)
  if (next.kind === 'retry') {
    await recordRenewalState(tx, subscription.workspaceId, {
      pastDueSinceMs: next.sinceMs,
      renewalTries: next.tries,
      nextRenewalTryMs: next.nextTryMs,
    })
    if (next.tries > 1) return
    const failure = { why, sinceMs: next.sinceMs, fallback: fallback.name }
    return tellRenewalFailed(tx, unit, subscription, failure, nowMs)
  }
  await deps.chargeUntilBoundary(tx, unit, nowMs, nowMs)
  await replaceUnpaidPlan(tx, unit, subscription, fallback, nowMs)
  await tellPlanEnded(tx, unit, subscription, fallback, nowMs)
}

async function bought(tx: Tx, purchase: Purchase): Promise<{ subscription: Subscription; plan: Plan }> {
  const subscription = await requireSubscription(tx, purchase.workspaceId)
  const plan = purchase.planId === null ? undefined : await findPlan(tx, purchase.planId)
  invariant(plan, 'A purchase of a plan names one that there is')
  return { subscription, plan }
}
