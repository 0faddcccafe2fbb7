import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import { type Access, browserOf, sessionName } from './access.ts'
import { passwordLengthMax, passwordLengthMin, type User } from './accounts.ts'
import { announceChange } from './changes.ts'
import { acceptInvitation, type MembersMaxOf } from './invitations.ts'
import { addMember, namedMembershipsOf } from './members.ts'
import type { AccessLimits } from './rate-limits.ts'
import { Email, Name, RoleName } from './request-schemas.ts'

/** Makes a workspace and returns its UUID: the workspaces room's, which this room does not know. */
export type CreateWorkspace = (
  tx: Tx,
  workspace: { readonly name: string; readonly timeZone: string; readonly planId: string },
  nowMs: number,
) => Promise<string>

export type SessionRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly limits: AccessLimits
  readonly createWorkspace: CreateWorkspace
  readonly membersMaxOf: MembersMaxOf
}

export const SessionResponse = z
  .object({
    user: z.object({ id: z.string(), name: z.string(), email: z.string() }),
    workspaces: z.array(z.object({ id: z.string(), name: z.string(), role: RoleName, demo: z.boolean() })),
  })
  .meta({ id: 'Session', description: 'Who is signed in, and the workspaces they are in.' })

export type SessionResponse = z.infer<typeof SessionResponse>

const Password = z
  .string()
  .min(passwordLengthMin)
  .max(passwordLengthMax)
  .meta({ format: 'password', description: `At least ${passwordLengthMin} characters.` })

const SignUp = z.strictObject({
  name: Name,
  email: Email,
  password: Password,
  workspaceName: Name.optional(),
  timeZone: TimeZone.optional(),
  invitation: z.string().max(200).optional().meta({ description: 'The token of an invitation’s link.' }),
})

const SignIn = z.strictObject({ email: Email, password: z.string().min(1).max(passwordLengthMax) })

/** What a signed-in user sees of themselves. */
export async function sessionResponse(db: Queryable, user: User): Promise<SessionResponse> {
  const memberships = await namedMembershipsOf(db, user.id)
  return {
    user: { id: publicId('user', user.id), name: user.name, email: user.email },
    workspaces: memberships.map(({ workspaceId, name, role, demo }) => ({
      id: publicId('workspace', workspaceId),
      name,
      role,
      demo,
    })),
  }
}

/** Sign-up, sign-in and sign-out of people. */
export function sessionRoutes(deps: SessionRouteDeps): Routes {
  const { access, database, clock, idempotency, limits } = deps
  const { accounts } = access
  const tags = ['Sign-in']
  const anyone = { config: { public: true } }

  async function firstWorkspace(tx: Tx, user: User, body: z.infer<typeof SignUp>, nowMs: number) {
    const { invitation, workspaceName, timeZone } = body
    if (invitation !== undefined) {
      return acceptInvitation(tx, { token: invitation, userId: user.id }, deps.membersMaxOf, nowMs)
    }
    const workspaceId = await deps.createWorkspace(
      tx,
      { name: workspaceName ?? `${user.name}’s workspace`, timeZone: timeZone ?? 'UTC', planId: 'free' },
      nowMs,
    )
    await addMember(tx, { workspaceId, userId: user.id, role: 'owner' }, nowMs)
  }

  async function signOut(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const name = sessionName(request, accounts)
    await idempotency.command(request, reply, async (tx) => {
      const cookies = await accounts.signOut(tx, browserOf(request))
      if (name !== undefined) await announceChange(tx, { kind: 'session', name })
      return { status: 204, body: undefined, cookies }
    })
    if (name !== undefined) access.forget({ kind: 'session', name })
  }

  return async (server) => {
    server.post(
      '/v1/sign-up',
      {
        ...anyone,
        schema: {
          tags,
          security: [],
          summary: 'Make an account, and a workspace on the plan Free or by an invitation',
          body: SignUp,
          response: { 201: SessionResponse },
        },
      },
      async (request, reply) => {
        const { body } = request
        await limits.check(request, reply, body.email)
        const nowMs = clock.now()
        return idempotency.command(request, reply, async (tx) => {
          const { user, cookies } = await accounts.signUp(tx, body, browserOf(request))
          await firstWorkspace(tx, user, body, nowMs)
          return { status: 201, body: await sessionResponse(tx, user), cookies }
        })
      },
    )

    server.post(
      '/v1/sign-in',
      {
        ...anyone,
        schema: { tags, security: [], summary: 'Sign in', body: SignIn, response: { 200: SessionResponse } },
      },
      async (request, reply) => {
        await limits.check(request, reply, request.body.email)
        return idempotency.command(request, reply, async (tx) => {
          const { user, cookies } = await accounts.signIn(tx, request.body, browserOf(request))
          return { status: 200, body: await sessionResponse(tx, user), cookies }
        })
      },
    )

    server.post(
      '/v1/sign-out',
      {
        ...anyone,
        schema: { tags, security: [], summary: 'End the session', response: { 204: z.undefined() } },
      },
      async (request, reply) => {
        await signOut(request, reply)
        return undefined
      },
    )

    server.get(
      '/v1/session',
      {
        schema: {
          tags,
          summary: 'Who is signed in',
          description: 'A session that is in use never ends: this prolongs it once a day.',
          response: { 200: SessionResponse },
        },
      },
      async (request, reply) => {
        const session = await accounts.session(browserOf(request), true)
        if (session === undefined || request.principal?.kind !== 'user') {
          throw new Problem(platformProblems.unauthenticated, 'Nobody is signed in here. Sign in first.')
        }
        if (session.cookies.length > 0) reply.header('set-cookie', session.cookies)
        return sessionResponse(database, session.user)
      },
    )
  }
}
