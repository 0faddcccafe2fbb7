import type { RoomAssembly } from '../access/index.ts'
import { precomputePriceSplits } from '../costs/index.ts'
import { closeMonths, dropAbandonedTimeZoneChanges } from '../usage/index.ts'
import { createBudgets } from './budgets.ts'
import { type UsageDeps, usageRoutes } from './routes.ts'

export type ReportsDeps = Omit<UsageDeps, 'access'> & { readonly assembly: RoomAssembly }

/** Opens what shows usage, and the rooms below that keep it. */
export function openReports(deps: ReportsDeps): void {
  const { database, clock, assembly } = deps
  const budgets = createBudgets(deps)
  assembly.routes((http) => usageRoutes({ ...deps, ...http }))
  assembly.chore('Looking at budgets', 2_000, () => budgets.lookAtDue())
  assembly.chore('Looking for budgets that were missed', 3_600_000, () => budgets.lookAtMissed())
  assembly.chore('Splitting days on which the price changed', 5_000, () => precomputePriceSplits(database))
  assembly.chore('Closing months that are over', 60_000, () => closeMonths(deps, clock.now()))
  assembly.chore('Dropping abandoned changes of time zone', 60_000, () =>
    dropAbandonedTimeZoneChanges(deps, clock.now()),
  )
}
