import { MINUTE_MS } from '@talktime/core/time/durations'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import { createIdempotency } from '../platform/idempotency/idempotency.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import { accountRoutes } from './account/account-routes.ts'
import { confirmEmailRoutes } from './account/confirm-email-routes.ts'
import { resetPasswordRoutes } from './account/reset-password-routes.ts'
import { secondFactorRoutes } from './account/second-factor-routes.ts'
import { sessionListRoutes } from './account/session-list-routes.ts'
import { auditLogRoutes } from './audit-log-routes.ts'
import type { Http, RoomAssembly } from './http.ts'
import { invitationRoutes } from './invitation-routes.ts'
import type { ReadMembersMax } from './invitations.ts'
import { joinRoutes } from './join-routes.ts'
import { keyRoutes } from './key-routes.ts'
import { memberRoutes } from './member-routes.ts'
import type { RequireOwnerSlot } from './owner-slot.ts'
import { deleteExpiredSignIns } from './retention.ts'
import { sessionRoutes } from './session-routes.ts'
import { signInRoutes } from './sign-in/sign-in-routes.ts'
import { type CreateWorkspace, signUpRoutes } from './sign-in/sign-up-routes.ts'

export type AccessRoutesDeps = {
  readonly database: Database
  readonly clock: Clock
  /** The origin of links: see `dashboardOrigin`. */
  readonly origin: () => string
  readonly secrets: Secrets
  readonly createWorkspace: CreateWorkspace
  readonly readMembersMax: ReadMembersMax
  readonly requireOwnerSlot: RequireOwnerSlot
}

/** Registers sign-in, members, invitations and API keys, and the deletion of expired sessions. */
export function registerAccessRoutes(assembly: RoomAssembly, deps: AccessRoutesDeps): void {
  const { database, clock } = deps
  /** What signing in and up queries goes through connections of its own. */
  const withOwnConnections = ({ access }: Http) => ({
    ...deps,
    access,
    idempotency: createIdempotency({ ...deps, database: access.signIn.database }),
  })
  assembly.routes((http) => signUpRoutes(withOwnConnections(http)))
  assembly.routes((http) => signInRoutes(withOwnConnections(http)))
  assembly.routes((http) => confirmEmailRoutes(withOwnConnections(http)))
  assembly.routes((http) => resetPasswordRoutes(withOwnConnections(http)))
  assembly.routes((http) => accountRoutes(withOwnConnections(http)))
  assembly.routes((http) => secondFactorRoutes(withOwnConnections(http)))
  assembly.routes((http) => sessionListRoutes({ ...deps, ...http }))
  assembly.routes((http) => sessionRoutes({ ...deps, ...http }))
  assembly.routes((http) => memberRoutes({ ...deps, ...http }))
  assembly.routes((http) => invitationRoutes({ ...deps, ...http }))
  assembly.routes((http) => joinRoutes({ ...deps, ...http }))
  assembly.routes((http) => keyRoutes({ ...deps, ...http }))
  assembly.routes((http) => auditLogRoutes({ ...deps, ...http }))
  assembly.chore('Deleting expired sessions', MINUTE_MS, () => deleteExpiredSignIns(database, clock.now()))
}
