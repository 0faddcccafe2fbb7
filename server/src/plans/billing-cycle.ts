import {
  type BillingCycle,
  computeBillingCycle,
  computeCycleAnchor,
} from '@talktime/core/billing/billing-cycle'
import {
  addAudit,
  addGrant,
  boundaryNoLaterThan,
  openWorkspaceLine,
  type WorkspaceUnit,
} from '../ledger/index.ts'
import type { Tx } from '../platform/database/database.ts'
import { findPlan, requirePlan } from './catalog-store.ts'
import {
  findSubscription,
  insertSubscription,
  type Subscription,
  writeNextCycle,
} from './subscription-store.ts'
import { computePlanPrice, readTerms, type Terms } from './terms.ts'

/**
 * Subscribes a new workspace to a plan from `nowMs` on: opens its balance line, its first cycle and its first monthly
 * grant. The workspace's row must exist.
 *
 * @throws Problem `invalid_request` for an unknown plan
 */
export async function openSubscription(
  tx: Tx,
  workspace: { readonly workspaceId: string; readonly planId: string; readonly timeZone: string },
  nowMs: number,
): Promise<void> {
  const { workspaceId, timeZone } = workspace
  const plan = await requirePlan(tx, workspace.planId, '/planId')
  const terms = readTerms(plan)
  const anchorLocal = computeCycleAnchor(nowMs, timeZone)
  // Converted back from local time, the start could be off by the hour that daylight saving time repeats.
  const cycle = { ...computeBillingCycle(anchorLocal, timeZone, 0), startsAtMs: nowMs }
  await insertSubscription(tx, { workspaceId, planId: plan.id, terms, anchorLocal, timeZone, cycle })
  await openWorkspaceLine(tx, workspaceId, nowMs, async (unit) => {
    await grantCycle(tx, unit, terms, cycle, nowMs)
    boundaryNoLaterThan(unit, cycle.endsAtMs)
  })
}

/** A subscription after a boundary, and whether a new cycle began there. Charging for it is another room's business. */
export type Renewal = { readonly subscription: Subscription; readonly renewed: boolean }

/**
 * Begins the next billing cycle if the current one ends at `atMs`: on the plan chosen for it, at that plan's current
 * terms, with its grant. Returns `undefined` if the workspace has no subscription.
 */
export async function renewCycle(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<Renewal | undefined> {
  const before = await findSubscription(tx, unit.line.workspaceId)
  if (before === undefined) return undefined
  if (before.cycle.endsAtMs > atMs) return { subscription: before, renewed: false }
  const planId = before.pendingPlanId ?? before.planId
  const plan = await findPlan(tx, planId)
  const terms = plan === undefined ? before.terms : readTerms(plan)
  const next = computeBillingCycle(before.anchorLocal, before.timeZone, before.cycle.number + 1)
  // The new cycle begins where the last one ended, even if the time zone has changed in between.
  const cycle = { ...next, startsAtMs: before.cycle.endsAtMs }
  const subscription = { ...before, planId, terms, cycle, pendingPlanId: null }
  await writeNextCycle(tx, subscription)
  await grantCycle(tx, unit, terms, cycle, nowMs)
  addAudit(
    unit,
    { actor: 'system' },
    {
      action: 'subscription.changed',
      target: { kind: 'subscription', id: subscription.workspaceId, name: terms.name },
      before: { planId: before.planId, terms: before.terms },
      after: { planId, terms },
    },
  )
  return { subscription, renewed: true }
}

/** `renewCycle` in the form of the ledger's boundary step, for compositions that charge nobody for the new cycle. */
export async function renewSubscription(
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<{ cycleEndsAtMs: number | null }> {
  const renewal = await renewCycle(tx, unit, atMs, nowMs)
  return { cycleEndsAtMs: renewal?.subscription.cycle.endsAtMs ?? null }
}

async function grantCycle(
  tx: Tx,
  unit: WorkspaceUnit,
  terms: Terms,
  cycle: BillingCycle,
  nowMs: number,
): Promise<void> {
  if (terms.monthlyMs === 0) return
  await addGrant(
    tx,
    unit,
    {
      kind: 'monthly',
      amountMs: terms.monthlyMs,
      atMs: cycle.startsAtMs,
      expiresAtMs: cycle.endsAtMs,
      reason: `${terms.name} plan`,
      price: computePlanPrice(terms),
    },
    nowMs,
  )
}
