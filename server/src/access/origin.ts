import type { FastifyRequest } from 'fastify'
import { requestOrigin } from '../platform/http/request-origin.ts'
import { Problem } from '../platform/problem.ts'
import { accessProblems } from './problems.ts'

/**
 * Requires that a changing request comes from our own pages. A browser attaches the session cookie to requests that
 * another site triggers, but it also sends Sec-Fetch-Site and Origin, which pages cannot forge.
 *
 * @param options.required whether a request without these headers is refused. It is, if a cookie authorizes it
 * @throws Problem origin_not_allowed
 */
export function requireOwnOrigin(
  request: FastifyRequest,
  { publicUrl, required }: { publicUrl: string | undefined; required: boolean },
): void {
  if (request.method === 'GET' || request.method === 'HEAD') return
  const site = request.headers['sec-fetch-site']
  if (site === 'same-origin') return
  const { origin } = request.headers
  if (origin !== undefined && isOwn(origin, request, publicUrl)) return
  if (origin === undefined && site === undefined && !required) return
  throw new Problem(
    accessProblems.origin_not_allowed,
    'Changes with a session cookie are accepted from Talktime’s own pages only. ' +
      'Programs should send an API key, or the Origin header with this server’s address.',
  )
}

function isOwn(origin: string, request: FastifyRequest, publicUrl: string | undefined): boolean {
  return origin === (publicUrl ?? requestOrigin(request))
}
