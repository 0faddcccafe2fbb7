import type { BillingCycle } from '@talktime/core/billing/billing-cycle'
import { accessProblems } from '../access/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { Terms } from './terms.ts'

export type Subscription = {
  readonly workspaceId: string
  readonly planId: string
  readonly terms: Terms
  /** The local date and time at which the first cycle started; later cycles start at the same time of day. */
  readonly anchorLocal: string
  readonly timeZone: string
  readonly cycle: BillingCycle
  /** The plan chosen for the next cycle; `null`: the plan stays. */
  readonly pendingPlanId: string | null
  /** `card`: renewals are charged. `invoiced`: the operator collects the money elsewhere. */
  readonly collection: 'card' | 'invoiced'
  /** Since when a renewal is unpaid; `null` if none is. */
  readonly pastDueSinceMs: number | null
  readonly renewalTries: number
  readonly nextRenewalTryMs: number | null
}

type SubscriptionRow = Omit<Subscription, 'cycle'> & { number: number; startsAtMs: number; endsAtMs: number }

/** Finds the workspace's subscription; `undefined` if there is no such workspace. */
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

/**
 * Reads the workspace's subscription.
 *
 * @throws Problem `workspace_not_found`
 */
export async function requireSubscription(db: Queryable, workspaceId: string): Promise<Subscription> {
  const subscription = await findSubscription(db, workspaceId)
  if (subscription !== undefined) return subscription
  throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
}

export async function insertSubscription(
  tx: Tx,
  subscription: Pick<Subscription, 'workspaceId' | 'planId' | 'terms' | 'anchorLocal' | 'timeZone' | 'cycle'>,
): Promise<void> {
  const { workspaceId, planId, terms, anchorLocal, timeZone, cycle } = subscription
  await tx.query(
    `insert into subscriptions (workspace_id, plan_id, terms, anchor_local, time_zone,
                                cycle_number, cycle_starts_at_ms, cycle_ends_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8)`,
    [workspaceId, planId, terms, anchorLocal, timeZone, cycle.number, cycle.startsAtMs, cycle.endsAtMs],
  )
}

/** Writes the next cycle of a subscription with its plan and terms. No plan is pending after it. */
export async function writeNextCycle(
  tx: Tx,
  { workspaceId, planId, terms, cycle }: Pick<Subscription, 'workspaceId' | 'planId' | 'terms' | 'cycle'>,
): Promise<void> {
  await tx.query(
    `update subscriptions set plan_id = $2, terms = $3, cycle_number = $4, cycle_starts_at_ms = $5,
            cycle_ends_at_ms = $6, pending_plan_id = null
     where workspace_id = $1`,
    [workspaceId, planId, terms, cycle.number, cycle.startsAtMs, cycle.endsAtMs],
  )
}

/** Writes another plan for the current cycle. No plan is pending and no renewal is unpaid after it. */
export async function writePlanSwitch(
  tx: Tx,
  {
    workspaceId,
    planId,
    terms,
    collection,
  }: Pick<Subscription, 'workspaceId' | 'planId' | 'terms' | 'collection'>,
): Promise<void> {
  await tx.query(
    `update subscriptions set plan_id = $2, terms = $3, collection = $4, pending_plan_id = null,
            past_due_since_ms = null, renewal_tries = 0, next_renewal_try_ms = null
     where workspace_id = $1`,
    [workspaceId, planId, terms, collection],
  )
}

/** Chooses the plan that begins when the cycle ends. `null` takes the choice back. */
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

/** Changes the time zone of the cycles that have not begun yet. */
export async function changeCycleTimeZone(
  db: Queryable,
  workspaceId: string,
  timeZone: string,
): Promise<void> {
  await db.query('update subscriptions set time_zone = $2 where workspace_id = $1', [workspaceId, timeZone])
}

/** Records how the payment of the current cycle stands. */
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

/** Lists at most `limit` workspaces whose unpaid renewal is due to be charged again at `nowMs`. */
export async function listDueRenewals(db: Queryable, nowMs: number, limit: number): Promise<string[]> {
  const { rows } = await db.query<{ workspaceId: string }>(
    `select workspace_id as "workspaceId" from subscriptions
     where next_renewal_try_ms <= $1 order by next_renewal_try_ms limit $2`,
    [nowMs, limit],
  )
  return rows.map(({ workspaceId }) => workspaceId)
}

/** Makes the next attempt to charge an unpaid renewal due at `nowMs`, if it was due later. */
export async function bringRenewalForward(db: Queryable, workspaceId: string, nowMs: number): Promise<void> {
  await db.query(
    `update subscriptions set next_renewal_try_ms = $2
     where workspace_id = $1 and past_due_since_ms is not null and next_renewal_try_ms > $2`,
    [workspaceId, nowMs],
  )
}
