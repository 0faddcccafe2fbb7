import { type BillingCycle, billingCycle, cycleAnchor } from '@talktime/core/billing-cycle'
import {
  type Account,
  addGrant,
  boundaryNoLaterThan,
  lockAccounts,
  openLine,
  writeAccounts,
} from '../ledger/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { invariant, Problem } from '../platform/problem.ts'
import { findPlan, type Plan, requirePlan } from './catalogue.ts'

/** The plan as it stood when the cycle began: what the workspace has, whatever the catalogue says by now. */
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
  const anchorLocal = cycleAnchor(nowMs, workspace.timeZone)
  // Read back from its local time, the start could differ by the part of an hour that daylight saving repeats.
  const cycle = { ...billingCycle(anchorLocal, workspace.timeZone, 0), startsAtMs: nowMs }
  await openLine(tx, workspace.workspaceId, nowMs)
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
  const account = (await lockAccounts(tx, [workspace.workspaceId])).get(workspace.workspaceId)
  invariant(account, 'A subscribed workspace has a balance line')
  await grantCycle(tx, account, termsOf(plan), cycle, nowMs)
  boundaryNoLaterThan(account, cycle.endsAtMs)
  await writeAccounts(tx, [account], nowMs)
}

/** Begins the next billing cycle if the current one ends at `atMs`; its grant included. */
export async function renewSubscription(
  tx: Tx,
  account: Account,
  atMs: number,
  nowMs: number,
): Promise<{ cycleEndsAtMs: number | null }> {
  const subscription = await findSubscription(tx, account.line.workspaceId)
  if (subscription === undefined) return { cycleEndsAtMs: null }
  if (subscription.cycle.endsAtMs > atMs) return { cycleEndsAtMs: subscription.cycle.endsAtMs }
  const plan = await findPlan(tx, subscription.planId)
  const terms = plan === undefined ? subscription.terms : termsOf(plan)
  const cycle = billingCycle(subscription.anchorLocal, subscription.timeZone, subscription.cycle.number + 1)
  await tx.query(
    `update subscriptions set terms = $2, cycle_number = $3, cycle_starts_at_ms = $4, cycle_ends_at_ms = $5
     where workspace_id = $1`,
    [subscription.workspaceId, terms, cycle.number, cycle.startsAtMs, cycle.endsAtMs],
  )
  await grantCycle(tx, account, terms, cycle, nowMs)
  return { cycleEndsAtMs: cycle.endsAtMs }
}

async function grantCycle(
  tx: Tx,
  account: Account,
  terms: Terms,
  cycle: BillingCycle,
  nowMs: number,
): Promise<void> {
  if (terms.monthlyMs === 0) return
  await addGrant(
    tx,
    account,
    {
      kind: 'monthly',
      amountMs: terms.monthlyMs,
      atMs: cycle.startsAtMs,
      expiresAtMs: cycle.endsAtMs,
      reason: `${terms.name} plan`,
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
            cycle_ends_at_ms as "endsAtMs"
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
  if (subscription === undefined) throw new Problem('workspace_not_found', 'There is no such workspace.')
  return subscription
}

function termsOf(plan: Plan): Terms {
  const { name, priceMinor, currency, monthlyMs, paid, features, limits } = plan
  return { name, priceMinor, currency, monthlyMs, paid, features, limits }
}
