import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Database, Tx } from '../../platform/database/database.ts'
import type { HttpServer, Routes } from '../../platform/http/http-server.ts'
import { Instant, instantOf } from '../../platform/http/instant.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import { Problem } from '../../platform/problem.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'
import type { Access } from '../access.ts'
import { browserOf } from '../authenticate.ts'
import { accessProblems } from '../problems.ts'
import { originOf } from '../scope.ts'
import { requirePersonSession } from './confirm-password.ts'
import { recordAccountAction } from './record-account-action.ts'
import { endAllSessions, endSession, listSessions } from './session-store.ts'

const OwnSessionResponse = z
  .object({
    id: z.string(),
    userAgent: z.string().meta({ description: 'What the browser says it is.' }),
    address: z.string().meta({ description: 'The network address from which the person signed in.' }),
    signedInAt: Instant,
    lastSeenAt: Instant.meta({ description: 'To the minute.' }),
    current: z.boolean().meta({ description: 'Whether the request came from this session.' }),
  })
  .meta({ id: 'OwnSession', description: 'A browser in which you are signed in.' })

const tags = ['Account']

type SessionListDeps = {
  readonly access: Access
  readonly database: Database
  readonly idempotency: Idempotency
}

/** One's own sessions: seen and ended. */
export function sessionListRoutes(deps: SessionListDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerEnd(server, deps)
    registerEndAll(server, deps)
  }
}

function registerList(server: HttpServer, { access, database }: SessionListDeps): void {
  server.get(
    '/v1/account/sessions',
    {
      schema: {
        tags,
        summary: 'Where you are signed in, the last used first',
        response: { 200: z.object({ data: z.array(OwnSessionResponse), nextCursor: z.null() }) },
      },
    },
    async (request) => {
      const { user, sessionId } = await requirePersonSession(access, request)
      const rows = await listSessions(database, user.id)
      const data = rows.map(({ id, userAgent, address, createdAtMs, lastSeenAtMs }) => ({
        id: publicId('session', id),
        userAgent,
        address,
        signedInAt: instantOf(createdAtMs),
        lastSeenAt: instantOf(lastSeenAtMs),
        current: id === sessionId,
      }))
      return { data, nextCursor: null }
    },
  )
}

function registerEnd(server: HttpServer, { access, database }: SessionListDeps): void {
  server.delete(
    '/v1/account/sessions/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'End a session',
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { user } = await requirePersonSession(access, request)
      const sessionId = uuidFrom('session', request.params.id)
      const isEnded =
        sessionId !== undefined &&
        (await database.transaction((tx) =>
          endAndRecord(access, tx, request, { userId: user.id, sessionId }),
        ))
      if (!isEnded) throw new Problem(accessProblems.session_not_found, 'You have no such session.')
      access.dropCached({ kind: 'user', name: user.id })
      reply.code(204)
      return undefined
    },
  )
}

async function endAndRecord(
  { signIn: { clock } }: Access,
  tx: Tx,
  request: FastifyRequest,
  { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
): Promise<boolean> {
  if (!(await endSession(tx, userId, sessionId))) return false
  await recordAccountAction(tx, {
    action: 'session.ended',
    userId,
    sessionId: publicId('session', sessionId),
    origin: originOf(request),
    atMs: clock.now(),
  })
  return true
}

function registerEndAll(server: HttpServer, { access, idempotency }: SessionListDeps): void {
  server.post(
    '/v1/account/sign-out-everywhere',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'End all your sessions, this one included',
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { user } = await requirePersonSession(access, request)
      await idempotency.command(request, reply, async (tx) => {
        const cookies = await access.accounts.signOut(tx, browserOf(request))
        await recordAccountAction(tx, {
          action: 'session.all_ended',
          userId: user.id,
          origin: originOf(request),
          atMs: access.signIn.clock.now(),
        })
        await endAllSessions(tx, user.id)
        return { status: 204, body: undefined, cookies }
      })
      access.dropCached({ kind: 'user', name: user.id })
      return undefined
    },
  )
}
