import type { WorkspaceUnit } from '../ledger/index.ts'
import type { Payments, Purchase } from '../payments/index.ts'
import { recordRenewalState, renewCycle, requireSubscription, type Subscription } from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { SubscriptionDeps } from './deps.ts'
import { renewalFailed } from './fulfillment.ts'

/** Begins a workspace's next billing cycle where one begins at `atMs`, and has it charged. */
export async function renew(
  deps: Pick<SubscriptionDeps, 'chargeUntilBoundary'> & {
    readonly payments: Pick<Payments, 'createPurchase' | 'defaultMethod'>
  },
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<{ cycleEndsAtMs: number | null }> {
  const renewal = await renewCycle(tx, unit, atMs, nowMs)
  if (renewal === undefined) return { cycleEndsAtMs: null }
  const { subscription, renewed } = renewal
  // Cycles that passed while the server was away could not be used: they are granted and expire, but not charged.
  if (renewed && isCharged(subscription) && subscription.cycle.endsAtMs > nowMs) {
    await createRenewalPurchase(deps, tx, unit, subscription, nowMs)
  }
  return { cycleEndsAtMs: subscription.cycle.endsAtMs }
}

export function isCharged({ collection, terms }: Subscription): boolean {
  return collection === 'card' && terms.priceMinor !== null && terms.priceMinor > 0
}

async function createRenewalPurchase(
  deps: Parameters<typeof renew>[0],
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  nowMs: number,
): Promise<Purchase | null> {
  const { workspaceId, terms, planId } = subscription
  const method = await deps.payments.defaultMethod(tx, workspaceId)
  if (method === undefined) {
    await renewalFailed(deps, tx, unit, subscription, 'There is no card to charge.', nowMs)
    return null
  }
  return deps.payments.createPurchase(
    tx,
    unit,
    {
      purpose: 'renewal',
      origin: 'renewal',
      planId,
      // Granted with the cycle, not with the payment.
      creditsMs: 0,
      amountMinor: terms.priceMinor ?? 0,
      currency: terms.currency,
      description: `${terms.name} plan, ${localDates(subscription)}`,
      method,
      chargedBy: 'worker',
    },
    nowMs,
  )
}

/** The cycle's first and last local day, for the receipt. */
function localDates({ cycle, timeZone }: Subscription): string {
  const day = (atMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
  return `${day(cycle.startsAtMs)} to ${day(cycle.endsAtMs - 1)}`
}

/** Tries unpaid renewals again whose time has come; at most `limit`. Returns how many there were. */
export async function retryRenewals(deps: SubscriptionDeps, limit = 20): Promise<number> {
  const { rows } = await deps.database.query<{ workspaceId: string }>(
    `select workspace_id as "workspaceId" from subscriptions
     where next_renewal_try_ms <= $1 order by next_renewal_try_ms limit $2`,
    [deps.clock.now(), limit],
  )
  for (const { workspaceId } of rows) await retryRenewal(deps, workspaceId)
  return rows.length
}

/** Tries the workspace's unpaid renewal again if it is time to. */
export async function retryRenewal(deps: SubscriptionDeps, workspaceId: string): Promise<void> {
  const { ledger, payments } = deps
  const open = await openRenewal(deps, workspaceId)
  // A try that waits for the customer's bank is given up for the next one; if it was paid after all, all is well.
  if (open !== undefined && (await payments.cancel(open)).status === 'succeeded') return
  const purchase = await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const subscription = await requireSubscription(tx, workspaceId)
    if (subscription.nextRenewalTryMs === null || subscription.nextRenewalTryMs > nowMs) return null
    // Taken: there is no other attempt until this one is decided.
    await recordRenewalState(tx, workspaceId, { ...subscription, nextRenewalTryMs: null })
    return createRenewalPurchase(deps, tx, unit, subscription, nowMs)
  })
  if (purchase !== null) await payments.charge(purchase)
}

async function openRenewal(deps: SubscriptionDeps, workspaceId: string) {
  const { rows } = await deps.database.query<{ workspaceId: string; id: string }>(
    `select workspace_id as "workspaceId", id from purchases
     where workspace_id = $1 and purpose = 'renewal' and status = 'requires_action'`,
    [workspaceId],
  )
  return rows[0]
}

/** A new card: an unpaid renewal is tried with it at once. */
export async function retryRenewalNow(tx: Tx, workspaceId: string, nowMs: number): Promise<void> {
  await tx.query(
    `update subscriptions set next_renewal_try_ms = $2
     where workspace_id = $1 and past_due_since_ms is not null and next_renewal_try_ms > $2`,
    [workspaceId, nowMs],
  )
}
