import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { Access } from './access.ts'
import { announceChange } from './access-changes.ts'
import { browserOf, sessionCacheKey } from './authenticate.ts'
import { readSession, SessionResponse } from './session-response.ts'

export type SessionRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly idempotency: Idempotency
}

const tags = ['Sign-in']

/** The session that a browser has. */
export function sessionRoutes(deps: SessionRouteDeps): Routes {
  return async (server) => {
    registerSignOut(server, deps)
    registerSession(server, deps)
  }
}

function registerSignOut(server: HttpServer, deps: SessionRouteDeps): void {
  server.post(
    '/v1/sign-out',
    {
      config: { public: true },
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
