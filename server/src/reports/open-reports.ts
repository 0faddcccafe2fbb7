import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import { createBudgets } from './budgets.ts'
import { cancelAbandonedTimeZoneChanges } from './change-time-zone.ts'
import { createUsageRoutes, type UsageRouteDeps } from './routes.ts'

export type ReportsDeps = Omit<UsageRouteDeps, 'access'> & { readonly assembly: RoomAssembly }

/** Opens the reports of usage, the alerts of budgets, and the cleanup of changes of time zone. */
export function openReports(deps: ReportsDeps): void {
  const { clock, assembly } = deps
  const budgets = createBudgets(deps)
  assembly.routes((http) => createUsageRoutes({ ...deps, ...http }))
  assembly.chore('Checking budgets', 2 * SECOND_MS, () => budgets.checkDue())
  assembly.chore('Finding budgets that were missed', HOUR_MS, () => budgets.checkMissed())
  assembly.chore('Canceling abandoned changes of time zone', MINUTE_MS, () =>
    cancelAbandonedTimeZoneChanges(deps, clock.now()),
  )
}
