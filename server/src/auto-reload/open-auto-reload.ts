import { SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import type { EventTopic, WorkspaceCommit } from '../ledger/index.ts'
import type { Commits } from '../platform/commits.ts'
import { raiseReloadDoneAlert } from './alerts.ts'
import { type AutoReload, createAutoReload } from './auto-reload.ts'
import type { AutoReloadDeps } from './deps.ts'
import type { ForecastOvernight } from './recommendation.ts'
import { autoReloadRoutes } from './routes.ts'

/** The topics of changes, besides the balance, that a decision depends on. The credit watch follows the balance. */
const WAKING_TOPICS: readonly EventTopic[] = ['purchase', 'payment_method', 'subscription']

export type OpenAutoReloadDeps = AutoReloadDeps & {
  readonly commits: Commits<WorkspaceCommit>
  readonly assembly: RoomAssembly
  readonly forecastOvernight: ForecastOvernight
}

/** Opens the auto-reload room: its routes, its chore, and its worker that wakes when a workspace changes. */
export function openAutoReload(deps: OpenAutoReloadDeps): AutoReload {
  const { commits, payments, assembly } = deps
  const autoReload = createAutoReload(deps)
  payments.register({ onSucceeded: raiseReloadDoneAlert })
  commits.subscribe((committed) => {
    const changed = committed.filter(({ topics }) => WAKING_TOPICS.some((topic) => topics.has(topic)))
    autoReload.wake(changed.map(({ workspaceId }) => workspaceId))
  })
  assembly.routes((http) => autoReloadRoutes({ ...deps, ...http, autoReload }))
  assembly.chore('Looking for reloads that are due', SECOND_MS, () => autoReload.wakeDue())
  assembly.worker({ idle: autoReload.idle, close: autoReload.close })
  return autoReload
}
