import { assertNever } from '@talktime/core/exhaustive'
import type { FastifyRequest } from 'fastify'
import { networkOf } from '../platform/http/connection-limits.ts'

/**
 * Names the sender of a request, whose share of the server is bounded: the workspace of a key, a person, or the network
 * address of a request that needs neither. Undefined for the operator's keys that name no workspace, because they act
 * for all of them.
 */
export function nameSender(request: FastifyRequest): string | undefined {
  const { principal } = request
  if (principal === null) return `address ${networkOf(request.ip)}`
  switch (principal.kind) {
    case 'key':
      return `workspace ${principal.workspaceId}`
    case 'user':
      return `user ${principal.userId}`
    case 'operator': {
      const named = request.headers['talktime-workspace']
      return named === undefined ? undefined : `operator ${String(named)}`
    }
    default:
      return assertNever(principal)
  }
}
