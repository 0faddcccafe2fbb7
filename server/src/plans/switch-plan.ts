import { computePrice } from '@talktime/core/billing/price'
import type { AuditSource } from '../access/index.ts'
import { addAudit, addGrant, expireMonthly, type WorkspaceUnit } from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { Plan } from './catalog-store.ts'
import { type Subscription, writePlanSwitch } from './subscription-store.ts'
import { computePlanPrice, readTerms } from './terms.ts'

/**
 * Switches the workspace to another plan at once, within its cycle. An unpaid renewal of the plan before counts as
 * paid. The caller holds the workspace's lock and has decided what to grant for the rest of the cycle.
 */
export async function switchPlan(
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  change: {
    readonly plan: Plan
    readonly grantMs: number
    readonly collection: 'card' | 'invoiced'
    /** The purchase that paid for it. Without one, the operator collects the money elsewhere. */
    readonly purchase?: { readonly id: string; readonly amountMinor: number; readonly currency: string }
    readonly by: AuditSource
  },
  nowMs: number,
): Promise<{ readonly grantId: string | null }> {
  const { plan, grantMs, collection, purchase } = change
  const { workspaceId, cycle } = subscription
  await writePlanSwitch(tx, { workspaceId, planId: plan.id, terms: readTerms(plan), collection })
  addAudit(unit, change.by, {
    action: 'subscription.changed',
    target: { kind: 'subscription', id: workspaceId, name: plan.name },
    before: readState(subscription),
    after: { planId: plan.id, pendingPlanId: null, collection },
  })
  if (grantMs === 0) return { grantId: null }
  const { grantId } = await addGrant(
    tx,
    unit,
    {
      kind: 'monthly',
      amountMs: grantMs,
      atMs: nowMs,
      expiresAtMs: cycle.endsAtMs,
      reason: `${plan.name} plan for the rest of the cycle`,
      price: purchase
        ? computePrice(purchase.amountMinor, purchase.currency, grantMs)
        : computePlanPrice(plan),
      ...(purchase && { purchaseId: purchase.id }),
    },
    nowMs,
  )
  return { grantId }
}

/** What the audit log says about a subscription. */
function readState({ planId, pendingPlanId, collection }: Subscription) {
  return { planId, pendingPlanId, collection }
}

/**
 * Replaces a plan in the middle of its cycle because it was not paid. Its remaining monthly credits expire, and those of
 * the new plan are granted. The caller has cut live calls.
 */
export async function replaceUnpaidPlan(
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  plan: Plan,
  nowMs: number,
): Promise<void> {
  await expireMonthly(tx, unit, nowMs)
  const by = { actor: 'system' } as const
  const change = { plan, grantMs: plan.monthlyMs, collection: 'invoiced' as const, by }
  await switchPlan(tx, unit, subscription, change, nowMs)
}
