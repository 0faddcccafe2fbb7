import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import type { Access } from './access.ts'
import { type InvitationRow, listInvitations } from './invitation-store.ts'
import { createInvitation, type ReadMembersMax, withdrawInvitation } from './invitations.ts'
import type { MemberRole, Scope } from './principal.ts'
import { accessProblems } from './problems.ts'
import { Email, RoleName } from './request-schemas.ts'
import { requirePerson } from './scope.ts'

const InvitationResponse = z
  .object({
    id: z.string().meta({ example: 'inv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    email: z.string(),
    role: RoleName,
    createdAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Invitation' })

const NewInvitationResponse = InvitationResponse.extend({
  url: z.string().meta({ description: 'The link to send. It is shown only in this response.' }),
}).meta({ id: 'NewInvitation' })

function invitationResponse(row: InvitationRow): z.infer<typeof InvitationResponse> {
  return {
    id: publicId('invitation', row.id),
    email: row.email,
    role: row.role,
    createdAt: instantOf(row.createdAtMs),
    expiresAt: instantOf(row.expiresAtMs),
  }
}

export type InvitationRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly readMembersMax: ReadMembersMax
  /** The origin of links: see `dashboardOrigin`. */
  readonly origin: () => string
}

const tags = ['Members']

/** A workspace's invitations, for its owners and admins. */
export function invitationRoutes(deps: InvitationRouteDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerCreate(server, deps)
    registerWithdraw(server, deps)
  }
}

function registerList(server: HttpServer, { access, database, clock }: InvitationRouteDeps): void {
  server.get(
    '/v1/invitations',
    {
      schema: {
        tags,
        summary: 'Open invitations, newest first',
        querystring: ListQuery,
        response: { 200: listOf(InvitationResponse) },
      },
    },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
      const options = { beforeId, limit: limit + 1 }
      const rows = await listInvitations(database, workspaceId, options, clock.now())
      return buildPage(rows, limit, (row) => [row.id], invitationResponse)
    },
  )
}

function registerCreate(server: HttpServer, deps: InvitationRouteDeps): void {
  const { access, clock, idempotency, readMembersMax } = deps
  server.post(
    '/v1/invitations',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Invite a person for seven days',
        body: z.strictObject({ email: Email, role: RoleName }),
        response: { 201: NewInvitationResponse },
      },
    },
    async (request, reply) => {
      const scope = await access.scopeOf(request)
      requireMayGrant(scope, request.body.role)
      const { workspaceId, actor, origin } = scope
      const invitedBy = actor.kind === 'user' ? actor.userId : null
      const nowMs = clock.now()
      return idempotency.command(
        request,
        reply,
        async (tx) => {
          const invitation = { ...request.body, workspaceId, invitedBy, actor, origin }
          const { row, token } = await createInvitation(tx, invitation, readMembersMax, nowMs)
          const url = `${deps.origin()}/join?token=${token}`
          return { status: 201, body: { ...invitationResponse(row), url } }
        },
        { sealed: true },
      )
    },
  )
}

function registerWithdraw(server: HttpServer, { access, clock, database }: InvitationRouteDeps): void {
  server.delete(
    '/v1/invitations/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Withdraw an invitation',
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const scope = await access.scopeOf(request)
      requirePerson(scope, 'admin')
      const invitationId = parseInvitationId(request.params.id)
      await database.transaction(async (tx) => {
        requireMayGrant(scope, await withdrawInvitation(tx, scope, invitationId, clock.now()))
      })
      reply.code(204)
      return undefined
    },
  )
}

/** Throws `invitation_not_found` for a text that is not an invitation's id. */
function parseInvitationId(id: string): string {
  const uuid = uuidFrom('invitation', id)
  if (uuid !== undefined) return uuid
  throw new Problem(
    accessProblems.invitation_not_found,
    'There is no such open invitation in this workspace.',
  )
}

/** Admins may grant the roles admin and member. Owners and the operator may also grant the role owner. */
function requireMayGrant(scope: Scope, role: MemberRole): void {
  requirePerson(scope, role === 'owner' ? 'owner' : 'admin')
}
