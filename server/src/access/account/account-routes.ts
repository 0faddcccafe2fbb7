import { PASSWORD_LENGTH_MAX } from '@talktime/core/passwords/password-rule'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import { publicId } from '../../public-ids.ts'
import type { Access } from '../access.ts'
import { headersOf } from '../accounts.ts'
import { browserOf } from '../authenticate.ts'
import { securityNoticeMail } from '../mails/account-mails.ts'
import { listNamedMemberships } from '../member-store.ts'
import { requireGoodPassword } from '../passwords/password-rules.ts'
import { NewPassword } from '../request-schemas.ts'
import { originOf } from '../scope.ts'
import { deleteVerificationsOf } from './close-ways-in-store.ts'
import { confirmPassword, requirePersonSession } from './confirm-password.ts'
import { deleteAccount } from './delete-account.ts'
import { recordAccountAction } from './record-account-action.ts'
import { endOlderSessions } from './session-store.ts'

export type AccountRouteDeps = {
  readonly access: Access
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
}

export const CurrentPassword = z.string().min(1).max(PASSWORD_LENGTH_MAX).meta({ format: 'password' })

const AccountResponse = z
  .object({
    id: z.string(),
    name: z.string(),
    email: z.string(),
    emailConfirmed: z.boolean(),
    secondFactor: z.object({
      enabled: z.boolean(),
      recoveryCodesLeft: z.number().int(),
      requiredBy: z
        .array(z.string())
        .meta({ description: 'The names of the workspaces that require a second factor of their members.' }),
    }),
  })
  .meta({ id: 'Account', description: 'The account of the person who is signed in.' })

const tags = ['Account']

/** One's own account: what it is, its password, and its deletion. */
export function accountRoutes(deps: AccountRouteDeps): Routes {
  const { access } = deps
  return async (server) => {
    server.get(
      '/v1/account',
      { schema: { tags, summary: 'Your account', response: { 200: AccountResponse } } },
      (request) => readAccount(access, request),
    )
    server.post(
      '/v1/account/password',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Change your password',
          description: 'Ends all other sessions of the account.',
          body: z.strictObject({ currentPassword: CurrentPassword, password: NewPassword }),
          response: { 204: z.undefined() },
        },
      },
      (request, reply) =>
        access.signIn.gate.admit(request, reply, () => changePassword(deps, request, reply, request.body)),
    )
    server.post(
      '/v1/account/delete',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Delete your account',
          description: 'Refused while you are the only owner of a workspace.',
          body: z.strictObject({ password: CurrentPassword }),
          response: { 204: z.undefined() },
        },
      },
      (request, reply) =>
        access.signIn.gate.admit(request, reply, async () => {
          await deleteAccount(deps, request, reply, request.body)
          return undefined
        }),
    )
  }
}

async function readAccount(
  access: Access,
  request: FastifyRequest,
): Promise<z.infer<typeof AccountResponse>> {
  const { user } = await requirePersonSession(access, request)
  const memberships = await listNamedMemberships(access.signIn.database, user.id)
  return {
    id: publicId('user', user.id),
    name: user.name,
    email: user.email,
    emailConfirmed: user.emailVerified,
    secondFactor: {
      enabled: user.secondFactor,
      recoveryCodesLeft: user.secondFactor ? await access.secondFactors.countRecoveryCodes(user.id) : 0,
      requiredBy: memberships.filter((one) => one.requiresSecondFactor).map(({ name }) => name),
    },
  }
}

async function changePassword(
  { access, idempotency }: AccountRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { currentPassword, password }: { readonly currentPassword: string; readonly password: string },
): Promise<undefined> {
  const { auth, mails, clock } = access.signIn
  const confirmed = await confirmPassword(access, request, reply, currentPassword, '/currentPassword')
  const { account } = confirmed
  requireGoodPassword(password, account)
  const next = await access.accounts.hashPassword(password)
  const body = { currentPassword, newPassword: password, revokeOtherSessions: true }
  await idempotency.command(request, reply, async (tx) => {
    const { headers } = await auth.run(
      tx,
      () => auth.api.changePassword({ body, headers: headersOf(browserOf(request)), returnHeaders: true }),
      { current: confirmed.password, next },
    )
    await deleteVerificationsOf(tx, account.userId)
    await endOlderSessions(tx, account.userId)
    await recordAccountAction(tx, {
      action: 'password.changed',
      userId: account.userId,
      origin: originOf(request),
      atMs: clock.now(),
    })
    return { status: 204, body: undefined, cookies: headers.getSetCookie() }
  })
  access.dropCached({ kind: 'user', name: account.userId })
  mails.send(() =>
    securityNoticeMail(mails.sender, account.email, {
      title: 'Your password was changed',
      detail: 'The password of your account was changed, and all other sessions were ended.',
    }),
  )
  return undefined
}
