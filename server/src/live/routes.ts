import { SECOND_MS } from '@talktime/core/time/durations'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, accessProblems } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { createOverloaded, invalid, Problem, platformProblems } from '../platform/problem.ts'
import { createSlots } from '../platform/slots.ts'
import { readLastEventSeq } from './event-store.ts'
import { openEventStream } from './event-stream.ts'
import type { Streams } from './streams.ts'

/** Proxies and browsers take a connection for dead when it is silent for longer. */
const PING_MS = 15 * SECOND_MS

/** How many streams may be open at once, in all and of one workspace. Each open dashboard has one. */
const STREAMS = { max: 2_048, ownerMax: 256 }

export type LiveRoutes = {
  routes(access: Access): Routes
  /** Ends every stream. New ones are refused. */
  close(): void
}

export type LiveRouteDeps = {
  readonly database: Database
  readonly streams: Streams
  /** How often a stream is pinged, and its listener's access checked, in milliseconds. */
  readonly pingMs?: number
}

const eventsSchema = {
  tags: ['Live'],
  summary: 'Server-sent events',
  description:
    'Events: balance (the balance line); call (a call as it is now); workspace, agent, purchase, payment_method, subscription, auto_reload, alert and campaign (it changed, with its id where there are several: read it again); reset (events were missed: read everything again); ping. A stream can be resumed with Last-Event-ID for an hour.',
  querystring: z.object({
    workspace: z
      .string()
      .optional()
      .meta({ description: 'Instead of the header, which EventSource cannot send.' }),
  }),
}

/** Creates the route `GET /v1/events`: what happens in the workspace, as server-sent events. */
export function createLiveRoutes({ database, streams, pingMs = PING_MS }: LiveRouteDeps): LiveRoutes {
  /** Ends one stream each. */
  const open = new Set<() => void>()
  const slots = createSlots(STREAMS)
  let isClosed = false

  async function answer(
    access: Access,
    request: FastifyRequest,
    reply: FastifyReply,
    named: string | undefined,
  ): Promise<void> {
    const { workspaceId } = await access.scopeOf(request, { named })
    const newest = await readLastEventSeq(database, workspaceId)
    if (newest === undefined) {
      throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
    }
    const seq = parseLastEventId(request.headers['last-event-id'], newest)
    if (isClosed)
      throw new Problem(platformProblems.unavailable, 'The server is shutting down. Retry shortly.')
    /** A key may be revoked, and a session or a membership may end, while the stream is open. */
    const mayStillRead = async () => {
      request.principal = await access.authenticate(request)
      return (await access.scopeOf(request, { named })).workspaceId === workspaceId
    }
    const free = slots.take(workspaceId)
    if (free === undefined) throw createOverloaded('Too many streams are open. Close one, or retry shortly.')
    reply.hijack()
    const { raw } = reply
    raw.once('close', free)
    // A client that has left already closes no stream anymore.
    if (raw.destroyed) return free()
    const stream = openEventStream(raw, request.id, { pingMs, mayStillRead })
    const listener = { workspaceId, seq, send: stream.send }
    open.add(stream.end)
    raw.on('close', () => {
      open.delete(stream.end)
      streams.remove(listener)
    })
    streams.add(listener)
  }

  return {
    routes: (access) => async (server) => {
      // The answer to HEAD would never end.
      const options = { exposeHeadRoute: false, config: { importance: 'own' }, schema: eventsSchema } as const
      server.get('/v1/events', options, (request, reply) =>
        answer(access, request, reply, request.query.workspace),
      )
    },
    close() {
      isClosed = true
      for (const end of open) end()
    },
  }
}

/** Returns the event to resume after. An event that does not exist yet is taken for the newest. */
function parseLastEventId(header: string | string[] | undefined, newest: number): number {
  if (header === undefined) return newest
  const seq = Number(header)
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw invalid('/Last-Event-ID', 'The header Last-Event-ID must be the id of an event of this stream.')
  }
  return Math.min(seq, newest)
}
