import type { RoomAssembly } from '../access/index.ts'
import type { SubscriptionDeps } from './deps.ts'
import { planChangeFulfillment, renewalFulfillment } from './fulfillment.ts'
import { renew, retryRenewalNow, retryRenewals } from './renew-subscription.ts'
import { subscriptionRoutes } from './routes.ts'

/** Opens the subscriptions room. Cycles are renewed at their boundary from here on. */
export function openSubscriptions(
  deps: SubscriptionDeps & { readonly assembly: RoomAssembly; readonly origin: string },
): void {
  const { ledger, payments, assembly } = deps
  ledger.setBoundaryStep('renew', (tx, unit, atMs, nowMs) => renew(deps, tx, unit, atMs, nowMs))
  payments.register({
    fulfillments: { plan_change: planChangeFulfillment, renewal: renewalFulfillment(deps) },
    methodsChanged: (tx, unit, nowMs) => retryRenewalNow(tx, unit.line.workspaceId, nowMs),
  })
  assembly.routes((http) => subscriptionRoutes({ ...deps, ...http }))
  assembly.chore('Retrying renewals', 5_000, () => retryRenewals(deps))
}
