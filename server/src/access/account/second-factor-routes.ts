import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Problem } from '../../platform/problem.ts'
import type { Access } from '../access.ts'
import { browserOf } from '../authenticate.ts'
import { securityNoticeMail } from '../mails/account-mails.ts'
import { listNamedMemberships } from '../member-store.ts'
import { accessProblems } from '../problems.ts'
import { originOf } from '../scope.ts'
import { CurrentPassword } from './account-routes.ts'
import { type ConfirmedPerson, confirmPassword, requirePersonSession } from './confirm-password.ts'
import { type AccountAction, recordAccountAction } from './record-account-action.ts'
import {
  AppCode,
  commandOrRefusal,
  readCode,
  SecondFactorFields,
  type SecondFactorRouteDeps,
} from './second-factor-command.ts'

const ProofRequest = z.strictObject({ password: CurrentPassword, ...SecondFactorFields })

const RecoveryCodes = z
  .array(z.string())
  .meta({ description: 'Each replaces a code of the app once. Shown only now: keep them in a safe place.' })

const EnrollmentResponse = z
  .object({
    otpauthUri: z.string().meta({ description: 'For the QR code that the authenticator app reads.' }),
    recoveryCodes: RecoveryCodes,
  })
  .meta({ id: 'SecondFactorEnrollment' })

const tags = ['Account']

/** Turning one's second factor on and off. */
export function secondFactorRoutes(deps: SecondFactorRouteDeps): Routes {
  const { access } = deps
  const { gate } = access.signIn
  return async (server) => {
    server.post(
      '/v1/account/second-factor',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Begin to turn on the second factor',
          description: 'It is on once `/v1/account/second-factor/confirm` gets a first code.',
          body: z.strictObject({ password: CurrentPassword }),
          response: { 201: EnrollmentResponse },
        },
      },
      (request, reply) =>
        gate.admit(request, reply, () => enroll(deps, request, reply, request.body.password)),
    )
    server.post(
      '/v1/account/second-factor/confirm',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Turn on the second factor with a first code',
          description: 'Ends all other sessions.',
          body: z.strictObject({ code: AppCode }),
          response: { 204: z.undefined() },
        },
      },
      (request, reply) => gate.admit(request, reply, () => turnOn(deps, request, reply, request.body.code)),
    )
    server.post(
      '/v1/account/second-factor/recovery-codes',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Replace the recovery codes',
          body: ProofRequest,
          response: { 201: z.object({ recoveryCodes: RecoveryCodes }) },
        },
      },
      (request, reply) =>
        gate.admit(request, reply, () => renewRecoveryCodes(deps, request, reply, request.body)),
    )
    server.post(
      '/v1/account/second-factor/turn-off',
      {
        config: { keyScope: 'admin' },
        schema: {
          tags,
          summary: 'Turn off the second factor',
          body: ProofRequest,
          response: { 204: z.undefined() },
        },
      },
      (request, reply) => gate.admit(request, reply, () => turnOff(deps, request, reply, request.body)),
    )
  }
}

async function enroll(
  { access, idempotency }: SecondFactorRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  given: string,
): Promise<z.infer<typeof EnrollmentResponse>> {
  const { password } = await confirmPassword(access, request, reply, given)
  return idempotency.command(
    request,
    reply,
    async (tx) => {
      const enrollment = await access.secondFactors.enroll(tx, password, browserOf(request))
      if (enrollment === undefined) {
        throw new Problem(accessProblems.second_factor_on, 'The second factor of your account is on already.')
      }
      const { otpauthUri, recoveryCodes } = enrollment
      return { status: 201, body: { otpauthUri, recoveryCodes: [...recoveryCodes] } }
    },
    { sealed: true },
  )
}

async function turnOn(
  deps: SecondFactorRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  code: string,
): Promise<undefined> {
  const { access } = deps
  const { user } = await requirePersonSession(access, request)
  const attempt = await access.signIn.limits.attempt(reply, [{ kind: 'person', name: user.id }])
  await commandOrRefusal(deps, request, reply, async (tx) => {
    const cookies = await access.secondFactors.turnOn(tx, user.id, code, browserOf(request))
    if ('refusal' in cookies) return cookies
    await record(access, tx, request, { action: 'second_factor.turned_on', userId: user.id })
    return { status: 204, body: undefined, cookies }
  })
  await attempt.succeeded()
  finish(access, user, {
    title: 'Your second factor was turned on',
    detail:
      'Signing in to your account now takes a code of your authenticator app. All other sessions were ended.',
  })
  return undefined
}

async function renewRecoveryCodes(
  deps: SecondFactorRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  given: z.infer<typeof ProofRequest>,
): Promise<{ recoveryCodes: string[] }> {
  const { access } = deps
  const { account, password } = await confirmPassword(access, request, reply, given.password)
  const proof = { password, code: readCode(given) }
  const body = await commandOrRefusal(
    deps,
    request,
    reply,
    async (tx) => {
      const codes = await access.secondFactors.renewRecoveryCodes(tx, proof, browserOf(request))
      if ('refusal' in codes) return codes
      await record(access, tx, request, { action: 'recovery_codes.replaced', userId: account.userId })
      return { status: 201, body: { recoveryCodes: [...codes] } }
    },
    { sealed: true },
  )
  finish(
    access,
    { id: account.userId, email: account.email },
    {
      title: 'Your recovery codes were replaced',
      detail: 'New recovery codes were made for your account. The old ones no longer work.',
    },
  )
  return body
}

async function turnOff(
  deps: SecondFactorRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  given: z.infer<typeof ProofRequest>,
): Promise<undefined> {
  const { access } = deps
  const confirmed = await confirmPassword(access, request, reply, given.password)
  await requireNotNeeded(access, confirmed)
  const proof = { password: confirmed.password, code: readCode(given) }
  await commandOrRefusal(deps, request, reply, async (tx) => {
    const cookies = await access.secondFactors.turnOff(tx, proof, browserOf(request))
    if ('refusal' in cookies) return cookies
    await record(access, tx, request, {
      action: 'second_factor.turned_off',
      userId: confirmed.account.userId,
    })
    return { status: 204, body: undefined, cookies }
  })
  finish(access, confirmed.session.user, {
    title: 'Your second factor was turned off',
    detail: 'Signing in to your account now takes the password alone.',
  })
  return undefined
}

function record(
  { signIn }: Access,
  tx: Tx,
  request: FastifyRequest,
  action: Pick<AccountAction, 'action' | 'userId'>,
): Promise<void> {
  return recordAccountAction(tx, { ...action, origin: originOf(request), atMs: signIn.clock.now() })
}

/** Throws `second_factor_needed` if a workspace of the person requires a second factor. */
async function requireNotNeeded({ signIn }: Access, { account }: ConfirmedPerson): Promise<void> {
  const memberships = await listNamedMemberships(signIn.database, account.userId)
  const names = memberships.filter((one) => one.requiresSecondFactor).map(({ name }) => name)
  if (names.length === 0) return
  throw new Problem(
    accessProblems.second_factor_needed,
    `${new Intl.ListFormat('en').format(names)} requires a second factor of its members. ` +
      'Ask an owner to change that, or leave the workspace first.',
  )
}

/** Drops what is cached about the person and mails them, so that they notice a change by somebody else. */
function finish(
  access: Access,
  person: { readonly id: string; readonly email: string },
  notice: { readonly title: string; readonly detail: string },
): void {
  const { mails } = access.signIn
  access.dropCached({ kind: 'user', name: person.id })
  mails.send(() => securityNoticeMail(mails.sender, person.email, notice))
}
