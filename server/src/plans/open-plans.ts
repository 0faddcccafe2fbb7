import type { RoomAssembly } from '../access/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { planRoutes } from './routes.ts'

/** Opens the plans room: its routes. */
export function openPlans(deps: {
  readonly database: Database
  readonly clock: Clock
  readonly assembly: RoomAssembly
}): void {
  deps.assembly.routes(() => planRoutes(deps))
}
