import type { FastifyRequest } from 'fastify'
import ipaddr from 'ipaddr.js'
import type { Access } from './access.ts'
import { requireKeyScope } from './key-scopes.ts'
import { requireOperator } from './scope.ts'

/**
 * Requires that the sender of a request may read the metrics: an operator's key with the scope `read`, or a program on this machine that reached
 * the server directly. A proxy on this machine looks like such a program, so nobody is trusted without a key where
 * people use a public address, or where the request was passed on or addressed to another name.
 */
export async function requireMetricsReader(
  access: Pick<Access, 'authenticate'>,
  request: FastifyRequest,
  publicUrl: string | undefined,
): Promise<void> {
  const { authorization } = request.headers
  if (authorization === undefined && publicUrl === undefined && isLocal(request)) return
  request.principal = await access.authenticate(request)
  requireOperator(request)
  requireKeyScope(request.principal, 'read')
}

const FORWARDING_HEADERS = ['forwarded', 'via', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip']

function isLocal(request: FastifyRequest): boolean {
  if (FORWARDING_HEADERS.some((name) => request.headers[name] !== undefined)) return false
  return isLoopback(request.raw.socket.remoteAddress ?? '') && isLoopback(request.hostname)
}

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const address = host.replace(/^\[(.*)\]$/, '$1')
  return ipaddr.isValid(address) && ipaddr.process(address).range() === 'loopback'
}
