import { PASSWORD_LENGTH_MAX } from '@talktime/core/passwords/password-rule'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import { Problem } from '../../platform/problem.ts'
import type { Access } from '../access.ts'
import { headersOf, pickUser } from '../accounts.ts'
import { browserOf } from '../authenticate.ts'
import { confirmAddressMail } from '../mails/account-mails.ts'
import { accessProblems } from '../problems.ts'
import { Email } from '../request-schemas.ts'
import { originOf } from '../scope.ts'
import { readSession, SessionResponse } from '../session-response.ts'
import { checkPassword } from '../sign-in/sign-in.ts'
import { type Credential, findCredential, findCredentialOf } from '../user-store.ts'
import { recordConfirmedAddress } from './confirmed-address-store.ts'
import { linkNotFound } from './link-problem.ts'
import { recordAccountAction } from './record-account-action.ts'
import { createVerificationToken, readVerificationToken } from './verification-token.ts'

export type ConfirmEmailRouteDeps = {
  readonly access: Access
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
}

export const MailSentResponse = z.object({ status: z.literal('mail_sent'), email: z.string() }).meta({
  id: 'MailSent',
  description: 'A mail is sent, if there is reason to. Whether the address has an account is not said.',
})

export type MailSentResponse = z.infer<typeof MailSentResponse>

const ConfirmRequest = z.strictObject({
  token: z.string().min(1).max(2_000).meta({ description: 'From the link in the mail.' }),
  password: z.string().min(1).max(PASSWORD_LENGTH_MAX).optional().meta({
    description: 'Needed where the browser is neither signed in nor the one that signed up.',
  }),
})

type ConfirmRequest = z.infer<typeof ConfirmRequest>

const tags = ['Account']

/** Confirming an email address. */
export function confirmEmailRoutes(deps: ConfirmEmailRouteDeps): Routes {
  const { access } = deps
  return async (server) => {
    server.post(
      '/v1/email-confirmations',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Send the mail that confirms an email address again',
          body: z.strictObject({ email: Email }),
          response: { 202: MailSentResponse },
        },
      },
      async (request, reply) => {
        const { limits } = access.signIn
        await limits.attempt(reply, [{ kind: 'mailFromNetwork', name: limits.networkOf(request) }])
        const { email } = request.body
        sendConfirmation(access, email)
        return reply.code(202).send({ status: 'mail_sent', email })
      },
    )
    server.post(
      '/v1/email-confirmations/confirm',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Confirm an email address by the link in the mail, and sign in',
          body: ConfirmRequest,
          response: { 200: SessionResponse },
        },
      },
      (request, reply) =>
        access.signIn.gate.admit(request, reply, () => confirm(deps, request, reply, request.body)),
    )
  }
}

function sendConfirmation({ signIn: { mails, database, auth } }: Access, email: string): void {
  mails.send(async () => {
    const account = await findCredential(database, email)
    if (account === undefined || account.emailVerified) return undefined
    return confirmAddressMail(mails.sender, email, await createVerificationToken(auth, account))
  })
}

async function confirm(
  { access, idempotency }: ConfirmEmailRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { token, password }: ConfirmRequest,
): Promise<SessionResponse> {
  const { limits, auth, database, devices, clock } = access.signIn
  await limits.attempt(reply, [{ kind: 'lookup', name: limits.networkOf(request) }])
  const claim = await readVerificationToken(auth, token)
  const account = claim && (await findCredentialOf(database, claim.userId))
  if (account === undefined || account.email !== claim?.email) throw linkNotFound()
  if (account.emailVerified) throw alreadyConfirmed()
  await requireSamePerson(access, request, reply, account, password)
  return idempotency.command(request, reply, async (tx) => {
    const browser = browserOf(request)
    const { headers } = await auth.run(tx, () =>
      auth.api.verifyEmail({ query: { token }, headers: headersOf(browser), returnHeaders: true }),
    )
    await recordConfirmedAddress(tx, account.userId)
    await recordAccountAction(tx, {
      action: 'email.confirmed',
      userId: account.userId,
      origin: originOf(request),
      atMs: clock.now(),
    })
    const user = pickUser({
      ...account,
      id: account.userId,
      emailVerified: true,
      twoFactorEnabled: account.secondFactor,
    })
    const cookies = [...headers.getSetCookie(), devices.remember(request, user.id)]
    return { status: 200, body: await readSession(tx, user), cookies }
  })
}

/**
 * Requires that the person who opens the link is the one who signed up. The link alone shows only who reads the mail: somebody
 * else may have signed up with the address, and must not get a confirmed account with a password they know.
 *
 * @throws Problem password_required, invalid_credentials, too_many_requests
 */
async function requireSamePerson(
  access: Access,
  request: FastifyRequest,
  reply: FastifyReply,
  account: Credential,
  password: string | undefined,
): Promise<void> {
  const session = await access.accounts.findSession(browserOf(request), { prolong: false })
  if (session?.user.id === account.userId) return
  // Confirming signs in, and so must not stand in for the second factor.
  if (account.secondFactor) throw passwordRequired('Sign in first, then open the link again.')
  if (access.signIn.signUpProof.isGiven(request, account.hash)) return
  if (password === undefined) {
    throw passwordRequired('Enter the password you chose when you signed up, so that we know it was you.')
  }
  const { attempt } = await checkPassword(access.signIn, request, reply, { email: account.email, password })
  await attempt.succeeded()
}

function passwordRequired(detail: string): Problem {
  return new Problem(accessProblems.password_required, detail)
}

function alreadyConfirmed(): Problem {
  return new Problem(accessProblems.email_already_confirmed, 'This address is confirmed already. Sign in.')
}
