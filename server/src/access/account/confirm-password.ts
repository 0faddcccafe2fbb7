import type { FastifyReply, FastifyRequest } from 'fastify'
import { invalid } from '../../platform/problem.ts'
import type { Access } from '../access.ts'
import type { Session } from '../accounts.ts'
import type { HashedPassword } from '../passwords/known-passwords.ts'
import { requireUser } from '../require-user.ts'
import { type Credential, findCredentialOf } from '../user-store.ts'

/** A person who is signed in and has just entered their password again. */
export type ConfirmedPerson = {
  readonly session: Session
  readonly account: Credential
  readonly password: HashedPassword
}

/**
 * Requires that a request comes from a signed-in person who entered their password: a browser that was left open must not
 * be enough to take an account over.
 *
 * @throws Problem forbidden, too_many_requests; invalid_request at `pointer` if the password is wrong
 */
export async function confirmPassword(
  access: Access,
  request: FastifyRequest,
  reply: FastifyReply,
  password: string,
  pointer = '/password',
): Promise<ConfirmedPerson> {
  const session = await requirePersonSession(access, request)
  const { limits, passwords, database } = access.signIn
  const attempt = await limits.attempt(reply, [{ kind: 'person', name: session.user.id }])
  const account = await findCredentialOf(database, session.user.id)
  const isRight = await passwords.verify(account?.hash, password)
  if (!isRight || account === undefined) throw invalid(pointer, 'This is not your current password.')
  await attempt.succeeded()
  return { session, account, password: { password, hash: account.hash } }
}

/** The session of a request about the person's own account. Throws `forbidden` for keys. */
export function requirePersonSession(access: Access, request: FastifyRequest): Promise<Session> {
  return requireUser(access, request, 'A key has no account. Sign in as the person whose account it is.')
}
