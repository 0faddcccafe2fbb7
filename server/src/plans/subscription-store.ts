import {
  type BillingCycle,
  computeBillingCycle,
  computeCycleAnchor,
} from '@talktime/core/billing/billing-cycle'
import { computePrice, type Price } from '@talktime/core/billing/price'
import { accessProblems } from '../access/index.ts'
import { addGrant, boundaryNoLaterThan, openWorkspaceLine, type WorkspaceUnit } from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { findPlan, type Plan, requirePlan } from './catalog-store.ts'

/** The plan as it stood when the cycle began: what the workspace has, whatever the catalog says by now. */
export type Terms = Pick<
  Plan,
  'name' | 'priceMinor' | 'currency' | 'monthlyMs' | 'paid' | 'features' | 'limits'
>

export type Subscription = {
  readonly workspaceId: string
  readonly planId: string
  readonly terms: Terms
  readonly anchorLocal: string
  readonly timeZone: string
  readonly cycle: BillingCycle
  /** The plan that begins when the cycle ends; null: the same. */
  readonly pendingPlanId: string | null
  /** card: renewals are charged. invoiced: the operator collects the money elsewhere. */
  readonly collection: 'card' | 'invoiced'
  /** Since when a renewal is unpaid; null: all is paid. */
  readonly pastDueSinceMs: number | null
  readonly renewalTries: number
  readonly nextRenewalTryMs: number | null
}

type SubscriptionRow = Omit<Subscription, 'cycle'> & { number: number; startsAtMs: number; endsAtMs: number }

/**
 * Subscribes a new workspace to a plan from `nowMs` on: its balance line, its first cycle and its first monthly
 * grant. The workspace's row must exist. Throws `invalid_request` for an unknown plan.
 */
export async function openSubscription(
  tx: Tx,
  workspace: { readonly workspaceId: string; readonly planId: string; readonly timeZone: string },
  nowMs: number,
): Promise<void> {
  const plan = await requirePlan(tx, workspace.planId, '/planId')
  const anchorLocal = computeCycleAnchor(nowMs, workspace.timeZone)
  // Read back from its local time, the start could differ by the part of an hour that daylight saving repeats.
  const cycle = { ...computeBillingCycle(anchorLocal, workspace.timeZone, 0), startsAtMs: nowMs }
  await tx.query(
    `insert into subscriptions (workspace_id, plan_id, terms, anchor_local, time_zone,
                                cycle_number, cycle_starts_at_ms, cycle_ends_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [
      workspace.workspaceId,
      plan.id,
      termsOf(plan),
      anchorLocal,
      workspace.timeZone,
      cycle.number,
      cycle.startsAtMs,
      cycle.endsAtMs,
    ],
  )
  await openWorkspaceLine(tx, workspace.workspaceId, nowMs, async (unit) => {
    await grantCycle(tx, unit, termsOf(plan), cycle, nowMs)
    boundaryNoLaterThan(unit, cycle.endsAtMs)
  })
}

/** What a new cycle is: what subscribers to it have to pay is the business of another room. */
export type Renewal = { readonly subscription: Subscription; readonly renewed: boolean }

/**
 * Begins the next billing cycle if the current one ends at `atMs`: on the plan that was chosen for it, at that
 * plan's present terms, its grant included. Undefined where the workspace has no subscription.
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
  const terms = plan === undefined ? before.terms : termsOf(plan)
  const next = computeBillingCycle(before.anchorLocal, before.timeZone, before.cycle.number + 1)
  // It goes on where the last one ended, also when the time zone was changed in between.
  const cycle = { ...next, startsAtMs: before.cycle.endsAtMs }
  const subscription = { ...before, planId, terms, cycle, pendingPlanId: null }
  await tx.query(
    `update subscriptions set plan_id = $2, terms = $3, cycle_number = $4, cycle_starts_at_ms = $5,
            cycle_ends_at_ms = $6, pending_plan_id = null
     where workspace_id = $1`,
    [before.workspaceId, planId, terms, cycle.number, cycle.startsAtMs, cycle.endsAtMs],
  )
  await grantCycle(tx, unit, terms, cycle, nowMs)
  return { subscription, renewed: true }
}

/** The same as the ledger asks for it, where nobody is to be charged for the new cycle. */
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
      price: planPrice(terms),
    },
    nowMs,
  )
}

/** The workspace's subscription; undefined where there is no such workspace. */
export async function findSubscription(
  db: Queryable,
  workspaceId: string,
): Promise<Subscription | undefined> {
  const { rows } = await db.query<SubscriptionRow>(
    `select workspace_id as "workspaceId", plan_id as "planId", terms, anchor_local as "anchorLocal",
            time_zone as "timeZone", cycle_number as number, cycle_starts_at_ms as "startsAtMs",
            cycle_ends_at_ms as "endsAtMs", pending_plan_id as "pendingPlanId", collection,
            past_due_since_ms as "pastDueSinceMs", renewal_tries as "renewalTries",
            next_renewal_try_ms as "nextRenewalTryMs"
     from subscriptions where workspace_id = $1`,
    [workspaceId],
  )
  const row = rows[0]
  if (row === undefined) return undefined
  const { number, startsAtMs, endsAtMs, ...rest } = row
  return { ...rest, cycle: { number, startsAtMs, endsAtMs } }
}

/** The same, where the workspace is known to exist; throws `workspace_not_found` otherwise. */
export async function requireSubscription(db: Queryable, workspaceId: string): Promise<Subscription> {
  const subscription = await findSubscription(db, workspaceId)
  if (subscription === undefined)
    throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return subscription
}

/** What a plan’s credit costs; null: its price is on request. */
export function planPrice({ priceMinor, currency, monthlyMs }: Terms): Price | null {
  return priceMinor === null ? null : computePrice(priceMinor, currency, monthlyMs)
}

export function termsOf(plan: Plan): Terms {
  const { name, priceMinor, currency, monthlyMs, paid, features, limits } = plan
  return { name, priceMinor, currency, monthlyMs, paid, features, limits }
}
