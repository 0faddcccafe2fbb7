import { SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import { bringRenewalForward } from '../plans/index.ts'
import type { SubscriptionDeps } from './deps.ts'
import { createPlanChangeFulfillment, createRenewalFulfillment } from './fulfillment.ts'
import { renewAtBoundary, retryRenewals } from './renew-subscription.ts'
import { subscriptionRoutes } from './routes.ts'

/** Opens the subscriptions room. From here on, cycles are renewed and charged at their boundaries. */
export function openSubscriptions(
  deps: SubscriptionDeps & { readonly assembly: RoomAssembly; readonly origin: string },
): void {
  const { ledger, payments, assembly } = deps
  ledger.setBoundaryStep('renew', (tx, unit, atMs, nowMs) => renewAtBoundary(deps, tx, unit, atMs, nowMs))
  payments.register({
    fulfillments: { plan_change: createPlanChangeFulfillment(deps), renewal: createRenewalFulfillment(deps) },
    // An unpaid renewal is charged to a new card at once.
    onMethodsChanged: (tx, unit, nowMs) => bringRenewalForward(tx, unit.line.workspaceId, nowMs),
  })
  assembly.routes((http) => subscriptionRoutes({ ...deps, ...http }))
  assembly.chore('Retrying renewals', 5 * SECOND_MS, () => retryRenewals(deps))
}
