import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import type { Access } from '../access.ts'
import { readAuthCode } from '../better-auth.ts'
import { resetPasswordMail, securityNoticeMail } from '../mails/account-mails.ts'
import type { HashedPassword } from '../passwords/known-passwords.ts'
import { requireGoodPassword } from '../passwords/password-rules.ts'
import type { RequestOrigin } from '../principal.ts'
import { Email, NewPassword } from '../request-schemas.ts'
import { originOf } from '../scope.ts'
import { type Credential, findCredentialOf } from '../user-store.ts'
import { closeWaysIn, deleteVerificationsOf } from './close-ways-in-store.ts'
import { MailSentResponse } from './confirm-email-routes.ts'
import { recordConfirmedAddress } from './confirmed-address-store.ts'
import { linkNotFound } from './link-problem.ts'
import { recordAccountAction } from './record-account-action.ts'

export type ResetPasswordRouteDeps = {
  readonly access: Access
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
}

const CompleteRequest = z.strictObject({
  token: z.string().min(1).max(200).meta({ description: 'From the link in the mail.' }),
  password: NewPassword,
})

type CompleteRequest = z.infer<typeof CompleteRequest>

const tags = ['Account']

/** Resetting a forgotten password by mail. */
export function resetPasswordRoutes(deps: ResetPasswordRouteDeps): Routes {
  const { access } = deps
  return async (server) => {
    server.post(
      '/v1/password-resets',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Send a mail with a link to set a new password',
          description: 'The link works once, for 30 minutes.',
          body: z.strictObject({ email: Email }),
          response: { 202: MailSentResponse },
        },
      },
      async (request, reply) => {
        const { limits, mails } = access.signIn
        await limits.attempt(reply, [{ kind: 'mailFromNetwork', name: limits.networkOf(request) }])
        const { email } = request.body
        mails.send(async () => {
          const token = await createResetToken(access, email)
          return token === undefined ? undefined : resetPasswordMail(mails.sender, email, token)
        })
        return reply.code(202).send({ status: 'mail_sent', email })
      },
    )
    server.post(
      '/v1/password-resets/complete',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Set a new password by the link in the mail',
          description: 'Ends all sessions of the account and confirms its email address.',
          body: CompleteRequest,
          response: { 204: z.undefined() },
        },
      },
      (request, reply) =>
        access.signIn.gate.admit(request, reply, async () => {
          await completeReset(deps, request, reply, request.body)
          return undefined
        }),
    )
  }
}

/** Creates the token of a link. Undefined if the address has no account. */
export function createResetToken({ signIn }: Access, email: string): Promise<string | undefined> {
  return signIn.database.transaction((tx) => signIn.auth.createResetToken(tx, email))
}

async function completeReset(
  { access, idempotency }: ResetPasswordRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { token, password }: CompleteRequest,
): Promise<void> {
  const { limits, devices, mails } = access.signIn
  await limits.attempt(reply, [{ kind: 'lookup', name: limits.networkOf(request) }])
  const account = await findAccountOfLink(access, token)
  requireGoodPassword(password, account)
  const hashed = await access.accounts.hashPassword(password)
  await idempotency.command(request, reply, async (tx) => {
    await resetPassword(access, tx, { token, account, password: hashed, origin: originOf(request) })
    return { status: 204, body: undefined, cookies: [devices.remember(request, account.userId)] }
  })
  access.dropCached({ kind: 'user', name: account.userId })
  mails.send(() =>
    securityNoticeMail(mails.sender, account.email, {
      title: 'Your password was reset',
      detail: 'The password of your account was reset by a link in a mail, and all sessions were ended.',
    }),
  )
}

/** Finds the account that a link is for, without using the link. Throws `link_not_found`. */
async function findAccountOfLink({ signIn: { auth, database } }: Access, token: string): Promise<Credential> {
  const account = await database.transaction(async (tx) => {
    const link = await auth.run(tx, () =>
      auth.context.internalAdapter.findVerificationValue(`reset-password:${token}`),
    )
    return link === null ? undefined : findCredentialOf(tx, link.value)
  })
  if (account === undefined) throw linkNotFound()
  return account
}

/**
 * Sets the new password, ends all sessions and withdraws all other links of the account. The person who reads the
 * address's mail is its owner: if the address was never confirmed, a stranger may have opened the account, and loses it.
 */
async function resetPassword(
  { signIn: { auth, clock } }: Access,
  tx: Tx,
  reset: {
    readonly token: string
    readonly account: Credential
    readonly password: HashedPassword
    readonly origin: RequestOrigin
  },
): Promise<void> {
  const { token, account, password, origin } = reset
  const { userId } = account
  const atMs = clock.now()
  const body = { token, newPassword: password.password }
  await auth
    .run(tx, () => auth.api.resetPassword({ body }), { next: password })
    .catch((error: unknown) => {
      throw readAuthCode(error) === 'INVALID_TOKEN' ? linkNotFound() : error
    })
  await deleteVerificationsOf(tx, userId)
  if (!account.emailVerified) {
    await closeWaysIn(tx, userId, atMs)
    await recordAccountAction(tx, { action: 'account.claimed', userId, origin, atMs })
  }
  await recordConfirmedAddress(tx, userId)
  await recordAccountAction(tx, { action: 'password.reset', userId, origin, atMs })
}
