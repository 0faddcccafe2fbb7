import { z } from 'zod'
import { type Access, accessProblems } from '../access/index.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { invalid, Problem, platformProblems } from '../platform/problem.ts'
import { lastEventSeq } from './event-store.ts'
import type { Listener, Message, Streams } from './streams.ts'

/** Proxies and browsers take a silent connection for a dead one. */
const PING_MS = 15_000
/** A listener that lags this far behind is dropped: it comes back and resumes. */
const BUFFERED_BYTES_MAX = 1024 * 1024

export type LiveRoutes = {
  routes(access: Access): Routes
  /** Ends every stream; new ones are refused. */
  close(): void
}

/** `GET /v1/events`: what happens in the workspace, as server-sent events. */
export function createLiveRoutes(deps: {
  database: Database
  streams: Streams
  /** How often a stream gives a sign of life, and looks whether it may still be read. */
  pingMs?: number
}): LiveRoutes {
  const { database, streams, pingMs = PING_MS } = deps
  const open = new Set<() => void>()
  let closed = false
  const routes =
    (access: Access): Routes =>
    async (server) => {
      server.get(
        '/v1/events',
        {
          // The answer to HEAD would never end.
          exposeHeadRoute: false,
          schema: {
            tags: ['Live'],
            summary: 'Server-sent events',
            description:
              'Events: balance (the balance line), call (a call as it is now), workspace, agent, purchase, payment_method, subscription, auto_reload, alert, campaign (it changed, with its id where there are several: read it anew), reset (events were missed: read everything anew), ping. Resumable by Last-Event-ID for an hour.',
            querystring: z.object({
              workspace: z
                .string()
                .optional()
                .meta({ description: 'Instead of the header, which EventSource cannot send.' }),
            }),
          },
        },
        async (request, reply) => {
          const named = request.query.workspace
          const { workspaceId } = await access.scopeOf(request, { named })
          const newest = await lastEventSeq(database, workspaceId)
          if (newest === undefined)
            throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
          const seq = resumeAt(request.headers['last-event-id'], newest)
          if (closed)
            throw new Problem(platformProblems.unavailable, 'The server is being stopped. Try again shortly.')
          const { raw } = reply
          reply.hijack()
          // Whoever left in the meantime closes no stream any more.
          if (raw.destroyed) return
          raw.writeHead(200, {
            'content-type': 'text/event-stream; charset=utf-8',
            'cache-control': 'no-store',
            // nginx would hold events back otherwise.
            'x-accel-buffering': 'no',
            'request-id': request.id,
          })
          const write = (text: string) => {
            if (raw.writableEnded || raw.destroyed) return
            raw.write(text)
            if (raw.writableLength > BUFFERED_BYTES_MAX) raw.destroy()
          }
          const end = () => raw.end()
          const listener: Listener = {
            workspaceId,
            seq,
            send: (messages) => write(messages.map(textOf).join('')),
          }
          /** A key may have been revoked, a session or a membership may have ended since the stream began. */
          async function mayStillRead(): Promise<boolean> {
            request.principal = await access.authenticate(request)
            return (await access.scopeOf(request, { named })).workspaceId === workspaceId
          }
          const pings = setInterval(() => {
            mayStillRead().then((may) => (may ? write('event: ping\ndata: {}\n\n') : end()), end)
          }, pingMs)
          open.add(end)
          raw.on('close', () => {
            clearInterval(pings)
            open.delete(end)
            streams.remove(listener)
          })
          write('retry: 2000\n\n')
          streams.add(listener)
        },
      )
    }
  return {
    routes,
    close() {
      closed = true
      for (const end of open) end()
    },
  }
}

function resumeAt(header: string | string[] | undefined, newest: number): number {
  if (header === undefined) return newest
  const seq = Number(header)
  if (!Number.isSafeInteger(seq) || seq < 0) {
    throw invalid('/Last-Event-ID', 'The header Last-Event-ID must be the id of an event of this stream.')
  }
  return Math.min(seq, newest)
}

function textOf({ event, data, id }: Message): string {
  const idLine = id === undefined ? '' : `id: ${id}\n`
  return `${idLine}event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
}
