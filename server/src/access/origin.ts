import type { FastifyRequest } from 'fastify'
import { Problem } from '../platform/problem.ts'
import { accessProblems } from './problems.ts'

/**
 * Whether a request that changes something comes from our own pages. Browsers send a session's cookie with whatever
 * another site makes them send, but they say where it comes from, and pages cannot change what they say.
 *
 * @param required without these headers it is no browser: refused where the cookie is what authorizes
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
    'Requests with a session cookie that change something are taken from Talktime’s own pages alone. ' +
      'Programs send an API key, or the header Origin with this server’s address.',
  )
}

function isOwn(origin: string, request: FastifyRequest, publicUrl: string | undefined): boolean {
  if (publicUrl !== undefined && origin === publicUrl) return true
  return URL.canParse(origin) && new URL(origin).host === request.headers.host
}
