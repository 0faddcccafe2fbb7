import type { RoomAssembly } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import { planRoutes } from './routes.ts'

/** Opens the plans room: its routes. */
export function openPlans(deps: { readonly database: Database; readonly assembly: RoomAssembly }): void {
  deps.assembly.routes(() => planRoutes(deps))
}
