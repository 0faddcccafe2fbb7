import type { RoomAssembly } from '../access/index.ts'
import type { EventTopic, WorkspaceCommit } from '../ledger/index.ts'
import type { Commits } from '../platform/commits.ts'
import { raiseReloadDone } from './alerts.ts'
import { type AutoReload, createAutoReload } from './auto-reload.ts'
import type { AutoReloadDeps } from './deps.ts'
import type { ForecastOvernight } from './recommendation.ts'
import { autoReloadRoutes } from './routes.ts'

/** What a decision rests on besides the balance, which the credit watch follows. */
const WAKING_TOPICS: readonly EventTopic[] = ['purchase', 'payment_method', 'subscription']

export type OpenAutoReloadDeps = AutoReloadDeps & {
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
  readonly forecastOvernight: ForecastOvernight
}

export function openAutoReload(deps: OpenAutoReloadDeps): AutoReload {
  const { commits, payments, assembly } = deps
  const autoReload = createAutoReload(deps)
  payments.register({ succeeded: raiseReloadDone })
  commits.subscribe((committed) => {
    const moved = committed.filter(({ topics }) => WAKING_TOPICS.some((topic) => topics.has(topic)))
    autoReload.wake(moved.map(({ workspaceId }) => workspaceId))
  })
  assembly.routes((http) => autoReloadRoutes({ ...deps, ...http, autoReload }))
  assembly.chore('Looking for reloads that are due', 1_000, () => autoReload.wakeDue())
  assembly.worker({ idle: autoReload.idle, close: autoReload.close })
  return autoReload
}
