import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import { type Access, browserOf } from './access.ts'
import {
  acceptInvitation,
  type InvitationRow,
  invite,
  listInvitations,
  lookUpInvitation,
  type MembersMaxOf,
  withdrawInvitation,
} from './invitations.ts'
import type { MemberRole, Scope } from './principal.ts'
import { accessProblems } from './problems.ts'
import type { AccessLimits } from './rate-limits.ts'
import { Email, RoleName } from './request-schemas.ts'
import { requirePerson } from './scope.ts'
import { SessionResponse, sessionResponse } from './session-routes.ts'

const InvitationResponse = z
  .object({
    id: z.string().meta({ example: 'inv_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    email: z.string(),
    role: RoleName,
    createdAt: Instant,
    expiresAt: Instant,
  })
  .meta({ id: 'Invitation' })

const NewInvitationRequest = InvitationResponse.extend({
  url: z.string().meta({ description: 'The link to send. It is shown this once.' }),
}).meta({ id: 'NewInvitation' })

const LookupRequest = z.object({ workspaceName: z.string(), email: z.string(), role: RoleName })

const Token = z.string().min(1).max(200)

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
  readonly limits: AccessLimits
  readonly membersMaxOf: MembersMaxOf
  readonly publicUrl: string | undefined
}

/** Invitations to a workspace. */
export function invitationRoutes(deps: InvitationRouteDeps): Routes {
  const { access, database, clock, idempotency, limits, membersMaxOf } = deps
  const tags = ['Members']

  function linkOf(request: FastifyRequest, token: string): string {
    const origin = deps.publicUrl ?? `${request.protocol}://${request.host}`
    return `${origin}/join?token=${token}`
  }

  return async (server) => {
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

    server.post(
      '/v1/invitations',
      {
        schema: {
          tags,
          summary: 'Invite somebody, for seven days',
          body: z.strictObject({ email: Email, role: RoleName }),
          response: { 201: NewInvitationRequest },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireMayGive(scope, request.body.role)
        const { workspaceId, actor } = scope
        const invitedBy = actor.kind === 'user' ? actor.userId : null
        const nowMs = clock.now()
        return idempotency.command(
          request,
          reply,
          async (tx) => {
            const invitation = { ...request.body, workspaceId, invitedBy }
            const { row, token } = await invite(tx, invitation, membersMaxOf, nowMs)
            return { status: 201, body: { ...invitationResponse(row), url: linkOf(request, token) } }
          },
          { sealed: true },
        )
      },
    )

    server.delete(
      '/v1/invitations/:id',
      {
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
        const invitationId = uuidFrom('invitation', request.params.id)
        if (invitationId === undefined) {
          throw new Problem(
            accessProblems.invitation_not_found,
            'There is no such open invitation in this workspace.',
          )
        }
        await database.transaction(async (tx) => {
          requireMayGive(scope, await withdrawInvitation(tx, scope.workspaceId, invitationId))
        })
        reply.code(204)
        return undefined
      },
    )

    server.get(
      '/v1/invitations/lookup',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'What an invitation’s link is for',
          querystring: z.object({ token: Token }),
          response: { 200: LookupRequest },
        },
      },
      async (request, reply) => {
        await limits.check(request, reply)
        return lookUpInvitation(database, request.query.token, clock.now())
      },
    )

    server.post(
      '/v1/invitations/accept',
      {
        schema: {
          tags,
          summary: 'Join the inviting workspace with the account that is signed in',
          body: z.strictObject({ token: Token }),
          response: { 200: SessionResponse },
        },
      },
      async (request, reply) => {
        await limits.check(request, reply)
        const session = await whoJoins(request)
        const nowMs = clock.now()
        const body = await idempotency.command(request, reply, async (tx) => {
          const acceptance = { token: request.body.token, userId: session.id }
          await acceptInvitation(tx, acceptance, membersMaxOf, nowMs)
          return { status: 200, body: await sessionResponse(tx, session) }
        })
        access.forget({ kind: 'user', name: session.id })
        return body
      },
    )
  }

  async function whoJoins(request: FastifyRequest) {
    const session =
      request.principal?.kind === 'user'
        ? await access.accounts.session(browserOf(request), false)
        : undefined
    if (session !== undefined) return session.user
    throw new Problem(
      platformProblems.forbidden,
      'A key cannot accept an invitation. Sign in as the person who joins.',
    )
  }
}

/** Admins let in admins and members; owners, and the operator, owners too. */
function requireMayGive(scope: Scope, role: MemberRole): void {
  requirePerson(scope, role === 'owner' ? 'owner' : 'admin')
}
