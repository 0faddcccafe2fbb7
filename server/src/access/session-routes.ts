import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { Access } from './access.ts'
import { announceChange } from './access-changes.ts'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN, type User } from './accounts.ts'
import type { AuditSource } from './audit-entry.ts'
import { browserOf, sessionCacheKey } from './authenticate.ts'
import { acceptInvitation, type ReadMembersMax } from './invitations.ts'
import { addMember } from './member-store.ts'
import type { RequestOrigin } from './principal.ts'
import type { AccessLimits } from './rate-limits.ts'
import { Email, Name } from './request-schemas.ts'
import { originOf } from './scope.ts'
import { readSession, SessionResponse } from './session-response.ts'

/** Creates a workspace and returns its UUID. The workspaces room provides it; this room may not import that one. */
export type CreateWorkspace = (
  tx: Tx,
  workspace: {
    readonly name: string
    readonly timeZone: string
    readonly planId: string
    readonly by: AuditSource
  },
  nowMs: number,
) => Promise<string>

export type SessionRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly limits: AccessLimits
  readonly createWorkspace: CreateWorkspace
  readonly readMembersMax: ReadMembersMax
}

const Password = z
  .string()
  .min(PASSWORD_LENGTH_MIN)
  .max(PASSWORD_LENGTH_MAX)
  .meta({ format: 'password', description: `At least ${PASSWORD_LENGTH_MIN} characters.` })

const SignUpRequest = z.strictObject({
  name: Name,
  email: Email,
  password: Password,
  workspaceName: Name.optional(),
  timeZone: TimeZone.optional(),
  invitation: z.string().max(200).optional().meta({ description: 'The token of an invitation’s link.' }),
})

const SignInRequest = z.strictObject({ email: Email, password: z.string().min(1).max(PASSWORD_LENGTH_MAX) })

const tags = ['Sign-in']
const config = { public: true }

/** Sign-up, sign-in and sign-out. */
export function sessionRoutes(deps: SessionRouteDeps): Routes {
  return async (server) => {
    registerSignUp(server, deps)
    registerSignIn(server, deps)
    registerSignOut(server, deps)
    registerSession(server, deps)
  }
}

function registerSignUp(server: HttpServer, deps: SessionRouteDeps): void {
  const { access, clock, idempotency, limits } = deps
  server.post(
    '/v1/sign-up',
    {
      config,
      schema: {
        tags,
        security: [],
        summary: 'Create an account with a workspace on the Free plan, or join a workspace by invitation',
        body: SignUpRequest,
        response: { 201: SessionResponse },
      },
    },
    async (request, reply) => {
      const { body } = request
      await limits.check(request, reply, body.email)
      const nowMs = clock.now()
      return idempotency.command(request, reply, async (tx) => {
        const { user, cookies } = await access.accounts.signUp(tx, body, browserOf(request))
        await joinFirstWorkspace(deps, tx, user, { ...body, origin: originOf(request) }, nowMs)
        return { status: 201, body: await readSession(tx, user), cookies }
      })
    },
  )
}

type FirstWorkspace = z.infer<typeof SignUpRequest> & { readonly origin: RequestOrigin }

/** Accepts the invitation of a sign-up. Without one, creates a workspace owned by the user. */
async function joinFirstWorkspace(
  { createWorkspace, readMembersMax }: SessionRouteDeps,
  tx: Tx,
  user: User,
  { invitation, workspaceName, timeZone = 'UTC', origin }: FirstWorkspace,
  nowMs: number,
): Promise<void> {
  if (invitation !== undefined) {
    await acceptInvitation(tx, { token: invitation, user, origin }, readMembersMax, nowMs)
    return
  }
  const name = workspaceName ?? `${user.name}’s workspace`
  const by = { actor: { kind: 'user', userId: user.id }, origin } as const
  const workspaceId = await createWorkspace(tx, { name, timeZone, planId: 'free', by }, nowMs)
  await addMember(tx, { workspaceId, userId: user.id, role: 'owner' }, nowMs)
}

function registerSignIn(server: HttpServer, { access, idempotency, limits }: SessionRouteDeps): void {
  server.post(
    '/v1/sign-in',
    {
      config,
      schema: {
        tags,
        security: [],
        summary: 'Sign in',
        body: SignInRequest,
        response: { 200: SessionResponse },
      },
    },
    async (request, reply) => {
      await limits.check(request, reply, request.body.email)
      return idempotency.command(request, reply, async (tx) => {
        const { user, cookies } = await access.accounts.signIn(tx, request.body, browserOf(request))
        return { status: 200, body: await readSession(tx, user), cookies }
      })
    },
  )
}

function registerSignOut(server: HttpServer, deps: SessionRouteDeps): void {
  server.post(
    '/v1/sign-out',
    {
      config,
      schema: { tags, security: [], summary: 'End the session', response: { 204: z.undefined() } },
    },
    async (request, reply) => {
      await signOut(deps, request, reply)
      return undefined
    },
  )
}

async function signOut(
  { access, idempotency }: SessionRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<void> {
  const { accounts } = access
  const name = sessionCacheKey(request, accounts)
  await idempotency.command(request, reply, async (tx) => {
    const cookies = await accounts.signOut(tx, browserOf(request))
    if (name !== undefined) await announceChange(tx, { kind: 'session', name })
    return { status: 204, body: undefined, cookies }
  })
  if (name !== undefined) access.dropCached({ kind: 'session', name })
}

function registerSession(server: HttpServer, { access, database }: SessionRouteDeps): void {
  server.get(
    '/v1/session',
    {
      schema: {
        tags,
        summary: 'Who is signed in',
        description: 'Prolongs the session once a day, so that a session in use never ends.',
        response: { 200: SessionResponse },
      },
    },
    async (request, reply) => {
      const session = await access.accounts.findSession(browserOf(request), { prolong: true })
      if (session === undefined || request.principal?.kind !== 'user') {
        throw new Problem(platformProblems.unauthenticated, 'You are not signed in. Sign in first.')
      }
      if (session.cookies.length > 0) reply.header('set-cookie', session.cookies)
      return readSession(database, session.user)
    },
  )
}
