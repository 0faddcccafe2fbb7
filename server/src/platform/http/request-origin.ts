import { isIPv6, type Socket } from 'node:net'
import type { FastifyRequest } from 'fastify'

/** The origin that a request was sent to, such as https://talktime.example.com, as far as the request tells. */
export function requestOrigin(request: FastifyRequest): string {
  // HTTP/1.0 knows no Host header.
  return request.host ? `${request.protocol}://${request.host}` : socketOrigin(request.socket)
}

/** The origin of this server as a connection reached it. */
export function socketOrigin({ localAddress = '127.0.0.1', localPort }: Socket): string {
  return `http://${isIPv6(localAddress) ? `[${localAddress}]` : localAddress}:${localPort}`
}
