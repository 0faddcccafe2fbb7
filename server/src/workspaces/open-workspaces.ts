import type { RoomAssembly } from '../access/index.ts'
import { type WorkspaceRouteDeps, workspaceRoutes } from './routes.ts'
import { suspendRoutes } from './suspend-routes.ts'

export type WorkspacesDeps = Omit<WorkspaceRouteDeps, 'access' | 'idempotency'> & {
  readonly assembly: RoomAssembly
}

/** Registers the routes for workspaces and their settings. */
export function openWorkspaces(deps: WorkspacesDeps): void {
  deps.assembly.routes((http) => workspaceRoutes({ ...deps, ...http }))
  deps.assembly.routes((http) => suspendRoutes({ ...deps, ...http }))
}
