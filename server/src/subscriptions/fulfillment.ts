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
import { raisePlanEndedAlert, raiseRenewalFailedAlert } from './alerts.ts'
import type { SubscriptionDeps } from './deps.ts'

/** The plan that a workspace falls back to when its own is not paid. */
const FALLBACK_PLAN = 'free'

/** The renewal state of a cycle that is paid. */
const PAID = { pastDueSinceMs: null, renewalTries: 0, nextRenewalTryMs: null }

/** Creates the fulfillment of changes of plan. It puts a paid upgrade into effect. */
export function createPlanChangeFulfillment({
  termsChanged,
}: Pick<SubscriptionDeps, 'termsChanged'>): Fulfillment {
  return {
    async fulfill(tx, unit, purchase, nowMs) {
      const { subscription, plan } = await loadPurchasedPlan(tx, purchase)
      // The promised credits are granted even if the cycle for which they were computed has ended meanwhile.
      const by = { actor: purchase.actor ?? 'system' } as const
      const change = { plan, grantMs: purchase.creditsMs, collection: 'card' as const, purchase, by }
      addEvent(unit, 'subscription')
      const switched = await switchPlan(tx, unit, subscription, change, nowMs)
      await termsChanged(tx, unit, nowMs)
      return switched
    },
    async handleFailure() {},
  }
}

type RenewalDeps = Pick<SubscriptionDeps, 'chargeUntilBoundary' | 'termsChanged'>

/** Creates the fulfillment of renewals. A cycle's credits are granted when it begins; a payment only closes the debt. */
export function createRenewalFulfillment(deps: RenewalDeps): Fulfillment {
  return {
    async fulfill(tx, unit, purchase, nowMs) {
      const { subscription, plan } = await loadPurchasedPlan(tx, purchase)
      addEvent(unit, 'subscription')
      if (subscription.planId === plan.id) {
        await recordRenewalState(tx, subscription.workspaceId, PAID)
        return { grantId: null }
      }
      // The customer confirmed with the bank after the plan had ended: they get it back, with its credits.
      const by = { actor: 'system' } as const
      const change = { plan, grantMs: plan.monthlyMs, collection: 'card' as const, purchase, by }
      const switched = await switchPlan(tx, unit, subscription, change, nowMs)
      await deps.termsChanged(tx, unit, nowMs)
      return switched
    },
    async handleFailure(tx, unit, purchase, nowMs) {
      const subscription = await requireSubscription(tx, purchase.workspaceId)
      if (subscription.planId === purchase.planId) {
        const why = purchase.failureMessage ?? 'The card was declined.'
        await handleUnpaidRenewal(deps, tx, unit, subscription, why, nowMs)
      }
    },
  }
}

/**
 * Handles an attempt to charge a renewal that failed: another attempt is planned, or the plan ends.
 *
 * @param why a sentence for the customer
 */
export async function handleUnpaidRenewal(
  deps: RenewalDeps,
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
    return raiseRenewalFailedAlert(tx, unit, subscription, failure, nowMs)
  }
  await deps.chargeUntilBoundary(tx, unit, nowMs, nowMs)
  await replaceUnpaidPlan(tx, unit, subscription, fallback, nowMs)
  await deps.termsChanged(tx, unit, nowMs)
  await raisePlanEndedAlert(tx, unit, subscription, fallback, nowMs)
}

async function loadPurchasedPlan(
  tx: Tx,
  purchase: Purchase,
): Promise<{ subscription: Subscription; plan: Plan }> {
  const subscription = await requireSubscription(tx, purchase.workspaceId)
  const plan = purchase.planId === null ? undefined : await findPlan(tx, purchase.planId)
  invariant(plan, 'A purchase of a plan names a plan of the catalog')
  return { subscription, plan }
}
