import type { WorkspaceUnit } from '../ledger/index.ts'
import { findRenewalToConfirm, type Payments, type Purchase } from '../payments/index.ts'
import {
  listDueRenewals,
  recordRenewalState,
  renewCycle,
  requireSubscription,
  type Subscription,
} from '../plans/index.ts'
import type { Tx } from '../platform/database/database.ts'
import type { SubscriptionDeps } from './deps.ts'
import { handleUnpaidRenewal } from './fulfillment.ts'

type RenewalDeps = Pick<SubscriptionDeps, 'chargeUntilBoundary' | 'termsChanged'> & {
  readonly payments: Pick<Payments, 'createPurchase' | 'findDefaultMethod'>
}

/** Begins a workspace's next billing cycle if one begins at `atMs`, and creates the purchase that pays for it. */
export async function renewAtBoundary(
  deps: RenewalDeps,
  tx: Tx,
  unit: WorkspaceUnit,
  atMs: number,
  nowMs: number,
): Promise<{ cycleEndsAtMs: number | null }> {
  const renewal = await renewCycle(tx, unit, atMs, nowMs)
  if (renewal === undefined) return { cycleEndsAtMs: null }
  const { subscription, renewed } = renewal
  if (renewed) await deps.termsChanged(tx, unit, nowMs)
  // Cycles that passed while the server was down could not be used: they are granted and expire, but are not charged.
  if (renewed && isCharged(subscription) && subscription.cycle.endsAtMs > nowMs) {
    await createRenewalPurchase(deps, tx, unit, subscription, nowMs)
  }
  return { cycleEndsAtMs: subscription.cycle.endsAtMs }
}

/** Whether renewals of a subscription are charged to a card. */
export function isCharged({ collection, terms }: Subscription): boolean {
  return collection === 'card' && terms.priceMinor !== null && terms.priceMinor > 0
}

async function createRenewalPurchase(
  deps: RenewalDeps,
  tx: Tx,
  unit: WorkspaceUnit,
  subscription: Subscription,
  nowMs: number,
): Promise<Purchase | null> {
  const { workspaceId, terms, planId } = subscription
  const method = await deps.payments.findDefaultMethod(tx, workspaceId)
  if (method === undefined) {
    await handleUnpaidRenewal(deps, tx, unit, subscription, 'There is no card to charge.', nowMs)
    return null
  }
  return deps.payments.createPurchase(
    tx,
    unit,
    {
      purpose: 'renewal',
      origin: 'renewal',
      planId,
      // The credits are granted with the cycle, not with the payment.
      creditsMs: 0,
      amountMinor: terms.priceMinor ?? 0,
      currency: terms.currency,
      description: `${terms.name} plan, ${formatCycleDays(subscription)}`,
      method,
      chargedBy: 'worker',
    },
    nowMs,
  )
}

/** The cycle's first and last local day, for the receipt: "2026-11-22 to 2026-12-21". */
function formatCycleDays({ cycle, timeZone }: Subscription): string {
  const formatDay = (atMs: number) =>
    Temporal.Instant.fromEpochMilliseconds(atMs).toZonedDateTimeISO(timeZone).toPlainDate().toString()
  return `${formatDay(cycle.startsAtMs)} to ${formatDay(cycle.endsAtMs - 1)}`
}

/** Charges at most `limit` unpaid renewals that are due again. Returns how many there were. */
export async function retryRenewals(deps: SubscriptionDeps, limit = 20): Promise<number> {
  const due = await listDueRenewals(deps.database, deps.clock.now(), limit)
  for (const workspaceId of due) await retryRenewal(deps, workspaceId)
  return due.length
}

/** Charges the workspace's unpaid renewal again if it is due. */
export async function retryRenewal(deps: SubscriptionDeps, workspaceId: string): Promise<void> {
  const { database, ledger, payments } = deps
  const waiting = await findRenewalToConfirm(database, workspaceId)
  // An attempt that waits for the customer's bank is canceled before the next one, unless it turns out to be paid.
  if (waiting !== undefined && (await payments.cancel(waiting)).status === 'succeeded') return
  const purchase = await ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
    const subscription = await requireSubscription(tx, workspaceId)
    if (subscription.nextRenewalTryMs === null || subscription.nextRenewalTryMs > nowMs) return null
    // No other attempt begins until this one is decided.
    await recordRenewalState(tx, workspaceId, { ...subscription, nextRenewalTryMs: null })
    return createRenewalPurchase(deps, tx, unit, subscription, nowMs)
  })
  if (purchase !== null) await payments.charge(purchase)
}
