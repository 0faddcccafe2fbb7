import { AsyncLocalStorage } from 'node:async_hooks'
import { createHash } from 'node:crypto'
import { PASSWORD_LENGTH_MAX, PASSWORD_LENGTH_MIN } from '@talktime/core/passwords/password-rule'
import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import { twoFactor } from 'better-auth/plugins'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'
import type { Secrets } from '../platform/sealed-box.ts'
import { createQueryBuilder } from './better-auth-database.ts'
import { type KnownPasswords, recallHash, recallVerification } from './passwords/known-passwords.ts'

const SESSION_MS = 30 * DAY_MS
const PROLONG_AFTER_MS = DAY_MS
export const RESET_LINK_MS = 30 * MINUTE_MS
export const VERIFICATION_LINK_MS = DAY_MS
/** The header in which better-auth gets the address of a browser. It does not come from outside. */
export const ADDRESS_HEADER = 'x-talktime-address'

export type BetterAuthDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly secrets: Secrets
  /** The origin at which people reach the dashboard. With https cookies are Secure. */
  readonly publicUrl: string | undefined
  /** The name under which authenticator apps list the account. */
  readonly serviceName: string
}

/** What a call of better-auth runs with. */
type Run = { readonly tx: Tx; readonly passwords: KnownPasswords; resetToken?: string }

export type BetterAuth = Awaited<ReturnType<typeof openBetterAuth>>

/**
 * Opens better-auth on our database. Its own HTTP routes are not registered; only ours reach it. Everything that changes
 * something runs inside a transaction of ours.
 */
export async function openBetterAuth(deps: BetterAuthDeps) {
  const runs = new AsyncLocalStorage<Run>()
  const auth = createAuth(deps, runs)
  const context = await auth.$context
  return {
    api: auth.api,
    context,
    /** Runs work of better-auth in a transaction, with what is known about the passwords it asks for. */
    run: <Result>(tx: Tx, work: () => Promise<Result>, passwords: KnownPasswords = {}): Promise<Result> =>
      runs.run({ tx, passwords }, work),
    /** Creates a link's token for a new password, if the address has an account. */
    async createResetToken(tx: Tx, email: string): Promise<string | undefined> {
      const run: Run = { tx, passwords: {} }
      await runs.run(run, () => auth.api.requestPasswordReset({ body: { email } }))
      return run.resetToken
    },
  }
}

function createAuth(
  { database, clock, log, secrets, publicUrl = 'http://localhost', serviceName }: BetterAuthDeps,
  runs: AsyncLocalStorage<Run>,
) {
  function currentRun(): Run {
    const run = runs.getStore()
    invariant(run !== undefined, 'better-auth asks about passwords inside transactions only')
    return run
  }
  return betterAuth({
    appName: serviceName,
    secrets: listSecrets(secrets).all,
    baseURL: publicUrl,
    database: {
      db: createQueryBuilder(database, () => runs.getStore()?.tx),
      type: 'postgres',
      transaction: false,
    },
    user: { modelName: 'users' },
    account: { modelName: 'accounts' },
    // Tokens of links are stored hashed: a copy of the database opens no account.
    verification: { modelName: 'verifications', storeIdentifier: 'hashed' },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_MS / SECOND_MS,
      updateAge: PROLONG_AFTER_MS / SECOND_MS,
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
      resetPasswordTokenExpiresIn: RESET_LINK_MS / SECOND_MS,
      revokeSessionsOnPasswordReset: true,
      async sendResetPassword({ token }) {
        currentRun().resetToken = token
      },
      password: {
        hash: async (password) => recallHash(currentRun().passwords, password),
        verify: async (claim) => recallVerification(currentRun().passwords, claim),
      },
    },
    // Who opens the link of the mail and is the person who signed up is signed in.
    emailVerification: { autoSignInAfterVerification: true },
    plugins: [twoFactor({ issuer: serviceName, schema: { twoFactor: { modelName: 'secondFactors' } } })],
    advanced: {
      cookiePrefix: 'talktime',
      useSecureCookies: publicUrl.startsWith('https:'),
      ipAddress: { ipAddressHeaders: [ADDRESS_HEADER] },
      database: { generateId: () => newUuid(clock.now()) },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (level, message, ...details) => log[level]({ details }, `Sign-in: ${message}`),
    },
  } satisfies BetterAuthOptions)
}

type VersionedSecret = { readonly version: number; readonly value: string }

/** The secrets with which better-auth signs and encrypts. What the previous one encrypted can still be read. */
export function listSecrets({ secret, secretPrevious }: Secrets): {
  readonly current: VersionedSecret
  readonly all: VersionedSecret[]
} {
  const toVersioned = (value: string) => ({ version: versionOf(value), value: `${value} sessions` })
  const current = toVersioned(secret)
  const previous =
    secretPrevious === undefined || secretPrevious === secret ? [] : [toVersioned(secretPrevious)]
  return { current, all: [current, ...previous] }
}

/** A number for a secret, by which better-auth finds it again. It reveals nothing about the secret. */
function versionOf(secret: string): number {
  return createHash('sha256').update(`version of ${secret}`).digest().readUInt32BE()
}

/** The code of an error that better-auth throws, such as INVALID_TOKEN. */
export function readAuthCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('body' in error)) return undefined
  return (error.body as { code?: string } | undefined)?.code
}
