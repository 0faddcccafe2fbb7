import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import type { Access } from './access.ts'
import { acceptInvitation, type ReadMembersMax, requireInvitation } from './invitations.ts'
import type { RequireOwnerSlot } from './owner-slot.ts'
import { RoleName } from './request-schemas.ts'
import { requireUser } from './require-user.ts'
import { originOf } from './scope.ts'
import { readSession, SessionResponse } from './session-response.ts'

const InvitationLookupResponse = z.object({ workspaceName: z.string(), email: z.string(), role: RoleName })

const Token = z.string().min(1).max(200)

type JoinRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly readMembersMax: ReadMembersMax
  readonly requireOwnerSlot: RequireOwnerSlot
}

const tags = ['Members']

/** Invitations, for the people who received their link. */
export function joinRoutes(deps: JoinRouteDeps): Routes {
  return async (server) => {
    registerLookup(server, deps)
    registerAccept(server, deps)
  }
}

function registerLookup(server: HttpServer, { access, database, clock }: JoinRouteDeps): void {
  server.get(
    '/v1/invitations/lookup',
    {
      config: { public: true },
      schema: {
        tags,
        security: [],
        summary: 'What an invitation’s link is for',
        querystring: z.object({ token: Token }),
        response: { 200: InvitationLookupResponse },
      },
    },
    async (request, reply) => {
      await countLookup(access, request, reply)
      return requireInvitation(database, request.query.token, clock.now())
    },
  )
}

function registerAccept(server: HttpServer, deps: JoinRouteDeps): void {
  const { access, clock, idempotency, readMembersMax, requireOwnerSlot } = deps
  server.post(
    '/v1/invitations/accept',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Join the inviting workspace as the signed-in user',
        body: z.strictObject({ token: Token }),
        response: { 200: SessionResponse },
      },
    },
    async (request, reply) => {
      await countLookup(access, request, reply)
      const { user } = await requireUser(
        access,
        request,
        'A key cannot accept an invitation. Sign in as the person who joins.',
      )
      const nowMs = clock.now()
      const body = await idempotency.command(request, reply, async (tx) => {
        const acceptance = { token: request.body.token, user, origin: originOf(request) }
        const member = await acceptInvitation(tx, acceptance, readMembersMax, nowMs)
        if (member.role === 'owner') await requireOwnerSlot(tx, member)
        return { status: 200, body: await readSession(tx, user) }
      })
      access.dropCached({ kind: 'user', name: user.id })
      return body
    },
  )
}

/** Keeps tokens from being guessed. */
async function countLookup(
  { signIn: { limits } }: Access,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  await limits.attempt(reply, [{ kind: 'lookup', name: limits.networkOf(request) }])
}
