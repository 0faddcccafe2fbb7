import { createServer, type RequestListener, type Server } from 'node:http'
import { SECOND_MS } from '@talktime/core/time/durations'
import { startInterval } from '../interval.ts'
import { answerSlowClient, refuseConnection } from './client-error.ts'
import { type Connections, limitConnections } from './connection-limits.ts'
import { watchSlowClients } from './slow-clients.ts'

/** How long the headers of a request may take to arrive. A connection that sends nothing is closed after this time. */
const HEADERS_MS_MAX = 10 * SECOND_MS
/** How often slow clients are looked for. */
const LOOK_MS = SECOND_MS
/** How long a connection stays open between two requests: longer than proxies keep theirs. */
const KEEP_ALIVE_MS = 72 * SECOND_MS
/** Browsers open six connections, so this is many people behind one address. */
const ANONYMOUS_PER_ADDRESS = 256
/** A client sends its request as soon as it is connected, so one that has sent nothing after this time can wait. */
const ARRIVING_MS = 20

export type GuardedServer = { readonly server: Server; readonly connections: Connections }

/** Creates an HTTP server whose connections are bounded, and which ends clients that are too slow. */
export function createGuardedServer(
  handler: RequestListener,
  options: { readonly connectionsMax: number; readonly publicUrl: string | undefined },
): GuardedServer {
  const { connectionsMax, publicUrl } = options
  const server = createServer(
    {
      headersTimeout: HEADERS_MS_MAX,
      // Bodies are judged by their pace: a file of contacts may take its time.
      requestTimeout: 0,
      connectionsCheckingInterval: LOOK_MS,
      keepAliveTimeout: KEEP_ALIVE_MS,
    },
    handler,
  )
  const limits = { max: connectionsMax, anonymousPerAddress: ANONYMOUS_PER_ADDRESS, arrivingMs: ARRIVING_MS }
  const endSlowClients = watchSlowClients(server, (socket) => answerSlowClient(socket, publicUrl))
  const connections = limitConnections(server, limits, (socket) => refuseConnection(socket, publicUrl))
  let lastMs = performance.now()
  server.on('listening', () => {
    const interval = startInterval(
      LOOK_MS,
      async () => {
        const nowMs = performance.now()
        endSlowClients(nowMs - lastMs)
        lastMs = nowMs
      },
      () => {},
    )
    server.on('close', () => void interval.stop())
  })
  return { server, connections }
}
