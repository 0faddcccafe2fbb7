import { assertNever } from '@talktime/core/exhaustive'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Tx } from '../../platform/database/database.ts'
import type { Answer, Idempotency } from '../../platform/idempotency/idempotency.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import type { Access } from '../access.ts'
import { accessProblems } from '../problems.ts'
import type { CodeRefusal, SecondFactorCode } from './second-factors.ts'

export type SecondFactorRouteDeps = {
  readonly access: Access
  /** On the connections for signing in. */
  readonly idempotency: Idempotency
}

export const AppCode = z
  .string()
  .transform((text) => text.replaceAll(/\s/g, ''))
  .pipe(z.string().regex(/^\d{6}$/, '"code" must be the six digits that the authenticator app shows.'))
  .meta({ example: '492039' })

/** A code of the authenticator app or a recovery code: exactly one of them. */
export const SecondFactorFields = {
  code: AppCode.optional().meta({ description: 'The six digits that the authenticator app shows.' }),
  recoveryCode: z.string().trim().min(1).max(40).optional().meta({ description: 'An unused recovery code.' }),
}

/** Reads which of the two codes was given. Throws `invalid_request` unless it is exactly one. */
export function readCode(given: {
  readonly code?: string | undefined
  readonly recoveryCode?: string | undefined
}): SecondFactorCode {
  const { code, recoveryCode } = given
  if (code !== undefined && recoveryCode === undefined) return { code }
  if (recoveryCode !== undefined && code === undefined) return { recoveryCode }
  throw invalid('/code', 'Send either "code", from the authenticator app, or "recoveryCode".')
}

/**
 * Runs a command that may refuse a code. What was counted against the code is committed then, and the refusal is thrown
 * afterwards.
 */
export async function commandOrRefusal<Body>(
  { access, idempotency }: SecondFactorRouteDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  work: (tx: Tx) => Promise<Answer<Body> | CodeRefusal>,
  options: { readonly sealed?: boolean } = {},
): Promise<Body> {
  const { database, clock } = access.signIn
  return idempotency.commandIn<Body>(
    request,
    reply,
    async (once, serialize) => {
      const outcome = await database.transaction(async (tx) => {
        const before = await once?.replay(tx)
        if (before) return { sent: before.result }
        const answer = await work(tx)
        if ('refusal' in answer) return answer
        const sent = serialize(answer)
        await once?.keep(tx, sent, clock.now())
        return { sent }
      })
      if ('refusal' in outcome) throw describeRefusal(reply, outcome)
      return outcome.sent
    },
    options,
  )
}

const LOCKED_SECONDS = 900

function describeRefusal(reply: FastifyReply, { refusal }: CodeRefusal): Problem {
  switch (refusal) {
    case 'wrong':
      return new Problem(
        accessProblems.second_factor_wrong,
        'This code is wrong. Enter the one that the app shows now.',
      )
    case 'expired':
      return new Problem(
        accessProblems.sign_in_expired,
        'This took too long, or too many codes were wrong. Sign in again.',
      )
    case 'off':
      return new Problem(accessProblems.second_factor_off, 'The second factor of this account is off.')
    case 'locked':
      reply.header('retry-after', String(LOCKED_SECONDS))
      return new Problem(
        accessProblems.second_factor_locked,
        'Too many wrong codes were entered for this account. Try again in 15 minutes.',
      )
    default:
      return assertNever(refusal)
  }
}
