import type { FastifyRequest } from 'fastify'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { Access } from './access.ts'
import type { Session } from './accounts.ts'
import { browserOf } from './authenticate.ts'

/**
 * Requires that a request comes from a person who is signed in.
 *
 * @param otherwise says to the sender of a key who may do this
 * @throws Problem forbidden
 */
export async function requireUser(
  access: Access,
  request: FastifyRequest,
  otherwise: string,
): Promise<Session> {
  const session =
    request.principal?.kind === 'user'
      ? await access.accounts.findSession(browserOf(request), { prolong: false })
      : undefined
  if (session === undefined) throw new Problem(platformProblems.forbidden, otherwise)
  return session
}
