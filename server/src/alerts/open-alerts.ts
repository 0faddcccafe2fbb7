import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { Ledger, WorkspaceCommit } from '../ledger/index.ts'
import type { Commits } from '../platform/commits.ts'
import { createDeliverer } from './delivery/deliverer.ts'
import { deliveryRoutes } from './delivery/delivery-routes.ts'
import type { DelivererDeps } from './deps.ts'
import { alertRoutes } from './inbox/routes.ts'
import { alertSettingsRoutes } from './inbox/settings-routes.ts'
import { deleteExpiredAlerts } from './retention.ts'
import { webhookCommandRoutes } from './webhooks/webhook-command-routes.ts'
import { webhookRoutes } from './webhooks/webhook-routes.ts'

export type AlertsDeps = DelivererDeps & {
  readonly ledger: Ledger
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
}

/** Opens the alerts room. The deliveries of an alert are sent as soon as it is committed. */
export function openAlerts(deps: AlertsDeps): void {
  const { database, clock, commits, assembly } = deps
  const deliverer = createDeliverer(deps)
  commits.subscribe((committed) => {
    if (committed.some(({ topics }) => topics.has('alert'))) deliverer.wake()
  })
  assembly.routes((http) => alertRoutes({ ...deps, ...http }))
  assembly.routes((http) => alertSettingsRoutes({ ...deps, ...http }))
  assembly.routes((http) => deliveryRoutes({ ...deps, ...http }))
  assembly.routes((http) => webhookRoutes({ ...deps, ...http }))
  assembly.routes((http) => webhookCommandRoutes({ ...deps, ...http }))
  // Retries, and alerts that other processes committed and did not deliver.
  assembly.chore('Delivering alerts', SECOND_MS, async () => deliverer.wake())
  assembly.chore('Deleting expired alerts', MINUTE_MS, () => deleteExpiredAlerts(database, clock.now()))
  assembly.worker({ idle: deliverer.idle, close: deliverer.close })
}
