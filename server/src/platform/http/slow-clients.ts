import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { SECOND_MS } from '@talktime/core/time/durations'

export type PaceLimits = {
  /** The least bytes per second that a client sends of a body, or takes of an answer. */
  readonly bytesPerSecondMin: number
  /** How long a client may stay below it while it sends, in milliseconds. */
  readonly sendingMsMax: number
  /** How long a client may stay below it while it reads, in milliseconds. */
  readonly readingMsMax: number
}

export const PACE_LIMITS: PaceLimits = {
  bytesPerSecondMin: 4_096,
  sendingMsMax: 15 * SECOND_MS,
  readingMsMax: 120 * SECOND_MS,
}

/** What a connection is doing, and how slowly. */
type Exchange = {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  bytesReceived: number
  bytesTaken: number
  /** For how long the client has been too slow; time in which it is fast enough makes up for it. */
  sendingSlowMs: number
  readingSlowMs: number
}

/** Looks at all connections and ends those whose client is too slow. `elapsedMs`: the time since the last look. */
export type EndSlowClients = (elapsedMs: number) => void

/**
 * Watches the requests of a server. A client that sends its body slower than a person could type, or stops in the
 * middle, holds a connection and whatever the request has taken. The time in which the server itself does not read is
 * not the client's.
 *
 * @param answerSlow answers a request whose body does not arrive; must end the socket
 */
export function watchSlowClients(
  server: Server,
  answerSlow: (socket: Socket) => void,
  limits: PaceLimits = PACE_LIMITS,
): EndSlowClients {
  const exchanges = new Map<Socket, Exchange>()

  server.on('connection', (socket: Socket) => socket.once('close', () => exchanges.delete(socket)))
  server.prependListener('request', (request, response) => {
    const { socket } = request
    exchanges.set(socket, {
      request,
      response,
      bytesReceived: socket.bytesRead,
      bytesTaken: countTaken(socket),
      sendingSlowMs: 0,
      readingSlowMs: 0,
    })
  })

  function endSlowSender(socket: Socket, exchange: Exchange): void {
    if (exchange.response.headersSent) socket.destroy()
    else answerSlow(socket)
    exchanges.delete(socket)
  }

  return (elapsedMs) => {
    for (const [socket, exchange] of exchanges) {
      addSlowTime(socket, exchange, elapsedMs, limits.bytesPerSecondMin)
      if (exchange.sendingSlowMs > limits.sendingMsMax) endSlowSender(socket, exchange)
      else if (exchange.readingSlowMs > limits.readingMsMax) socket.destroy()
      else if (exchange.request.complete && exchange.response.writableFinished) exchanges.delete(socket)
    }
  }
}

function addSlowTime(socket: Socket, exchange: Exchange, elapsedMs: number, bytesPerSecondMin: number): void {
  const bytesMin = (bytesPerSecondMin * elapsedMs) / SECOND_MS
  const { request, bytesReceived, bytesTaken } = exchange
  exchange.bytesReceived = socket.bytesRead
  exchange.bytesTaken = countTaken(socket)
  // Bytes that wait to be read show that the server is the slower one.
  const isSendingSlowly =
    !request.complete && request.readableLength === 0 && socket.bytesRead - bytesReceived < bytesMin
  const isReadingSlowly = socket.writableLength > 0 && exchange.bytesTaken - bytesTaken < bytesMin
  exchange.sendingSlowMs = countSlowTime(exchange.sendingSlowMs, isSendingSlowly, elapsedMs)
  exchange.readingSlowMs = countSlowTime(exchange.readingSlowMs, isReadingSlowly, elapsedMs)
}

function countSlowTime(slowMs: number, isSlow: boolean, elapsedMs: number): number {
  return isSlow ? slowMs + elapsedMs : Math.max(0, slowMs - elapsedMs)
}

/** The bytes that the client's side has accepted. Node.js counts those that still wait as written, too. */
function countTaken(socket: Socket): number {
  return socket.bytesWritten - socket.writableLength
}
