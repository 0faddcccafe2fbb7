import { PASSWORD_LENGTH_MAX } from '@talktime/core/passwords/password-rule'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tx } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import type { Access } from '../access.ts'
import { recordAccountAction } from '../account/record-account-action.ts'
import { commandOrRefusal, readCode, SecondFactorFields } from '../account/second-factor-command.ts'
import { browserOf } from '../authenticate.ts'
import { Email } from '../request-schemas.ts'
import { originOf } from '../scope.ts'
import { readSession, SessionResponse } from '../session-response.ts'
import { checkPassword, requireConfirmedAddress } from './sign-in.ts'

export type SignInRouteDeps = {
  readonly access: Access
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
}

const SignInRequest = z.strictObject({ email: Email, password: z.string().min(1).max(PASSWORD_LENGTH_MAX) })

const SecondFactorRequest = z.strictObject(SecondFactorFields)

const SecondFactorPending = z.object({ status: z.literal('second_factor_required') }).meta({
  id: 'SecondFactorPending',
  description: 'The password was right. Send a code to `/v1/sign-in/second-factor` within ten minutes.',
})

const tags = ['Sign-in']

/** Signing in with a password and, where it is on, a second factor. */
export function signInRoutes(deps: SignInRouteDeps): Routes {
  const { gate } = deps.access.signIn
  return async (server) => {
    server.post(
      '/v1/sign-in',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Sign in',
          body: SignInRequest,
          response: { 200: SessionResponse, 202: SecondFactorPending },
        },
      },
      (request, reply) => gate.admit(request, reply, () => signIn(deps, request, reply, request.body)),
    )
    server.post(
      '/v1/sign-in/second-factor',
      {
        config: { public: true },
        schema: {
          tags,
          security: [],
          summary: 'Finish signing in with a second factor',
          body: SecondFactorRequest,
          response: { 200: SessionResponse },
        },
      },
      (request, reply) => gate.admit(request, reply, () => finishSignIn(deps, request, reply, request.body)),
    )
  }
}

async function signIn(
  { access, idempotency }: SignInRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: z.infer<typeof SignInRequest>,
): Promise<SessionResponse | z.infer<typeof SecondFactorPending>> {
  const { account, password, attempt } = await checkPassword(access.signIn, request, reply, credentials)
  requireConfirmedAddress(access.signIn, account)
  const body = await idempotency.command<SessionResponse | z.infer<typeof SecondFactorPending>>(
    request,
    reply,
    async (tx) => {
      const wish = { email: account.email, password }
      const { user, cookies } = await access.accounts.signIn(tx, wish, browserOf(request))
      if (user === undefined) return { status: 202, body: { status: 'second_factor_required' }, cookies }
      await recordSignIn(access, tx, request, user.id)
      return {
        status: 200,
        body: await readSession(tx, user),
        cookies: [...cookies, access.signIn.devices.remember(request, user.id)],
      }
    },
  )
  await attempt.succeeded()
  return body
}

function recordSignIn(access: Access, tx: Tx, request: FastifyRequest, userId: string): Promise<void> {
  const atMs = access.signIn.clock.now()
  return recordAccountAction(tx, { action: 'session.started', userId, origin: originOf(request), atMs })
}

async function finishSignIn(
  deps: SignInRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  given: z.infer<typeof SecondFactorRequest>,
): Promise<SessionResponse> {
  const { access } = deps
  const { limits, devices } = access.signIn
  const code = readCode(given)
  const attempt = await limits.attempt(reply, [{ kind: 'network', name: limits.networkOf(request) }])
  const body = await commandOrRefusal(deps, request, reply, async (tx) => {
    const outcome = await access.secondFactors.signIn(tx, code, browserOf(request))
    if ('refusal' in outcome) return outcome
    const { user, cookies } = outcome
    await recordSignIn(access, tx, request, user.id)
    return {
      status: 200,
      body: await readSession(tx, user),
      cookies: [...cookies, devices.remember(request, user.id)],
    }
  })
  await attempt.succeeded()
  return body
}
