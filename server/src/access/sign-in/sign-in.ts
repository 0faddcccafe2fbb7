import type { FastifyReply, FastifyRequest } from 'fastify'
import { Problem } from '../../platform/problem.ts'
import { createVerificationToken } from '../account/verification-token.ts'
import type { Attempt, Counted } from '../limits/limits.ts'
import { confirmAddressMail } from '../mails/account-mails.ts'
import { type HashedPassword, invalidCredentials } from '../passwords/known-passwords.ts'
import { accessProblems } from '../problems.ts'
import { type Credential, findCredential } from '../user-store.ts'
import type { SignInTools } from './tools.ts'

/** An account whose password was given, and the attempt that was counted for it. */
export type CheckedPassword = {
  readonly account: Credential
  readonly password: HashedPassword
  readonly attempt: Attempt
}

/**
 * Counts an attempt to sign in and compares the password, outside any transaction.
 *
 * @throws Problem too_many_requests, invalid_credentials
 */
export async function checkPassword(
  tools: SignInTools,
  request: FastifyRequest,
  reply: FastifyReply,
  { email, password }: { readonly email: string; readonly password: string },
): Promise<CheckedPassword> {
  const account = await findCredential(tools.database, email)
  const attempt = await tools.limits.attempt(reply, listCounted(tools, request, email, account))
  const isRight = await tools.passwords.verify(account?.hash, password)
  if (!isRight || account === undefined) throw refuse(tools)
  return { account, password: { password, hash: account.hash }, attempt }
}

/**
 * Requires that the account's address is confirmed, where it must be. The answer is that of a wrong password: a
 * stranger who signs up with an address and then tries to sign in must not learn whether it had an account. The person gets the mail
 * again.
 *
 * @throws Problem invalid_credentials
 */
export function requireConfirmedAddress(tools: SignInTools, account: Credential): void {
  if (!tools.verifiesEmail || !account.awaitsVerification) return
  tools.mails.send(async () =>
    confirmAddressMail(tools.mails.sender, account.email, await createVerificationToken(tools.auth, account)),
  )
  throw refuse(tools)
}

/**
 * Lists what an attempt to sign in is counted for. A browser in which the account's person signed in before has a count of
 * its own. Guesses from elsewhere use up other counts, and cannot keep that person out.
 */
function listCounted(
  { limits, devices }: SignInTools,
  request: FastifyRequest,
  email: string,
  account: Credential | undefined,
): Counted[] {
  const device = account && devices.nameFor(request, account.userId)
  if (device !== undefined) return [{ kind: 'device', name: `${device} ${email}` }]
  const network = limits.networkOf(request)
  return [
    { kind: 'accountFromNetwork', name: `${network} ${email}` },
    { kind: 'network', name: network },
    { kind: 'account', name: email },
  ]
}

function refuse({ verifiesEmail }: SignInTools): Problem {
  if (!verifiesEmail) return invalidCredentials()
  return new Problem(
    accessProblems.invalid_credentials,
    'The email address or the password is wrong, or the address is not confirmed yet. ' +
      'Check both. If you have just signed up, open the link in the mail we sent you.',
  )
}
