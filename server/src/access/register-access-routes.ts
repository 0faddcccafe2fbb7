import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { auditLogRoutes } from './audit-log-routes.ts'
import type { RoomAssembly } from './http.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { ReadMembersMax } from './invitations.ts'
import { joinRoutes } from './join-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { memberRoutes } from './member-routes.ts'
import type { RequireOwnerSlot } from './owner-slot.ts'
import { deleteExpiredSignIns } from './retention.ts'
import { type CreateWorkspace, sessionRoutes } from './session-routes.ts'

export type AccessRoutesDeps = {
  readonly database: Database
  readonly clock: Clock
  /** The origin of links: see `dashboardOrigin`. */
  readonly origin: () => string
  readonly createWorkspace: CreateWorkspace
  readonly readMembersMax: ReadMembersMax
  readonly requireOwnerSlot: RequireOwnerSlot
}

/** Registers sign-in, members, invitations and API keys, and the deletion of expired sessions. */
export function registerAccessRoutes(assembly: RoomAssembly, deps: AccessRoutesDeps): void {
  const { database, clock } = deps
  assembly.routes((http) => sessionRoutes({ ...deps, ...http }))
  assembly.routes((http) => memberRoutes({ ...deps, ...http }))
  assembly.routes((http) => invitationRoutes({ ...deps, ...http }))
  assembly.routes((http) => joinRoutes({ ...deps, ...http }))
  assembly.routes((http) => keyRoutes({ ...deps, ...http }))
  assembly.routes((http) => auditLogRoutes({ ...deps, ...http }))
  assembly.chore('Deleting expired sessions', MINUTE_MS, () => deleteExpiredSignIns(database, clock.now()))
}
