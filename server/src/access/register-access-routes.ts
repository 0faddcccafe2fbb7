import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { RoomAssembly } from './http.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { MembersMaxOf } from './invitations.ts'
import { keyRoutes } from './key-routes.ts'
import { memberRoutes } from './member-routes.ts'
import { deleteExpiredSignIns } from './retention.ts'
import { type CreateWorkspace, sessionRoutes } from './session-routes.ts'

export type AccessRoutesDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly publicUrl: string | undefined
  readonly createWorkspace: CreateWorkspace
  readonly membersMaxOf: MembersMaxOf
}

/** Registers signing in, members, invitations and API keys. */
export function registerAccessRoutes(assembly: RoomAssembly, deps: AccessRoutesDeps): void {
  const { database, clock } = deps
  assembly.routes((http) => sessionRoutes({ ...deps, ...http }))
  assembly.routes((http) => memberRoutes({ ...deps, ...http }))
  assembly.routes((http) => invitationRoutes({ ...deps, ...http }))
  assembly.routes((http) => keyRoutes({ ...deps, ...http }))
  assembly.chore('Deleting expired sessions', 60_000, () => deleteExpiredSignIns(database, clock.now()))
}
