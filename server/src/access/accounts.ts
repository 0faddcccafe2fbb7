import { AsyncLocalStorage } from 'node:async_hooks'
import { DAY_MS } from '@talktime/core/time/durations'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import type { FastifyBaseLogger } from 'fastify'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { createQueryBuilder } from './better-auth-database.ts'
import { accessProblems } from './problems.ts'
import { isEmailTaken, lockEmail } from './user-store.ts'

/** A person who can sign in. */
export type User = { readonly id: string; readonly name: string; readonly email: string }

/** What a browser sends that belongs to its session. */
export type Browser = { readonly userAgent: string | undefined; readonly cookie: string | undefined }

/** A signed-in user, and the Set-Cookie headers to send to the browser. */
export type SignedIn = { readonly user: User; readonly cookies: readonly string[] }

/**
 * Users, passwords and sessions. better-auth keeps them in the tables users, accounts and sessions. Its own HTTP
 * routes are not registered; only ours reach it.
 */
export type Accounts = {
  readonly cookieName: string
  /** Creates a user and signs them in. Throws `email_taken`. */
  signUp(tx: Tx, account: NewAccount, browser: Browser): Promise<SignedIn>
  /** Throws `invalid_credentials`, whether the email address or the password is wrong. */
  signIn(tx: Tx, credentials: { email: string; password: string }, browser: Browser): Promise<SignedIn>
  /** Ends the session of the browser's cookie, if it has one. Returns the Set-Cookie headers that remove the cookie. */
  signOut(tx: Tx, browser: Browser): Promise<readonly string[]>
  /** Creates a user without signing them in, for the command line. Throws `email_taken`. */
  createUser(tx: Tx, account: NewAccount): Promise<User>
  /** Replaces a user's password. Existing sessions continue. */
  setPassword(tx: Tx, userId: string, password: string): Promise<void>
  /**
   * Finds the session of the browser's cookie. Undefined if there is none or it has ended.
   *
   * @param options.prolong whether to prolong a session that is at least a day old, which sets cookies
   */
  findSession(browser: Browser, options: { readonly prolong: boolean }): Promise<SignedIn | undefined>
}

export type NewAccount = { readonly name: string; readonly email: string; readonly password: string }

const SESSION_MS = 30 * DAY_MS
const PROLONG_AFTER_MS = DAY_MS
export const PASSWORD_LENGTH_MIN = 10
export const PASSWORD_LENGTH_MAX = 128

type AccountsOptions = {
  readonly database: Database
  readonly clock: Clock
  readonly log: FastifyBaseLogger
  readonly secret: string
  /** The origin at which people reach the dashboard. With https the cookie is Secure. */
  readonly publicUrl: string | undefined
}

export async function openAccounts(options: AccountsOptions): Promise<Accounts> {
  const transactions = new AsyncLocalStorage<Tx>()
  const auth = createAuth(options, transactions)
  const context = await auth.$context
  return {
    cookieName: context.authCookies.sessionToken.name,
    async signUp(tx, { name, email, password }, browser) {
      await requireFreeEmail(tx, email)
      const request = { body: { name, email, password }, headers: headersOf(browser) }
      const { headers, response } = await transactions.run(tx, () =>
        auth.api.signUpEmail({ ...request, returnHeaders: true }),
      )
      return { user: pickUser(response.user), cookies: headers.getSetCookie() }
    },
    async signIn(tx, { email, password }, browser) {
      const request = { body: { email, password }, headers: headersOf(browser) }
      const { headers, response } = await transactions
        .run(tx, () => auth.api.signInEmail({ ...request, returnHeaders: true }))
        .catch((error: unknown) => {
          throw isWrongCredentials(error) ? invalidCredentials() : error
        })
      return { user: pickUser(response.user), cookies: headers.getSetCookie() }
    },
    async signOut(tx, browser) {
      const { headers } = await transactions.run(tx, () =>
        auth.api.signOut({ headers: headersOf(browser), returnHeaders: true }),
      )
      return headers.getSetCookie()
    },
    async createUser(tx, { name, email, password }) {
      await requireFreeEmail(tx, email)
      const adapter = context.internalAdapter
      return transactions.run(tx, async () => {
        const user = await adapter.createUser(
          { name, email, emailVerified: false },
          { method: 'email-password' },
        )
        const hash = await context.password.hash(password)
        const credential = { accountId: user.id, providerId: 'credential', password: hash }
        await adapter.linkAccount({ userId: user.id, ...credential })
        return pickUser(user)
      })
    },
    async setPassword(tx, userId, password) {
      const hash = await context.password.hash(password)
      await transactions.run(tx, () => context.internalAdapter.updatePassword(userId, hash))
    },
    async findSession(browser, { prolong }) {
      const { headers, response } = await auth.api.getSession({
        headers: headersOf(browser),
        query: { disableRefresh: !prolong },
        returnHeaders: true,
      })
      if (response === null) return undefined
      return { user: pickUser(response.user), cookies: headers.getSetCookie() }
    },
  }
}

function createAuth(
  { database, clock, log, secret, publicUrl = 'http://localhost' }: AccountsOptions,
  transactions: AsyncLocalStorage<Tx>,
) {
  return betterAuth({
    secret: `${secret} sessions`,
    baseURL: publicUrl,
    database: { db: createQueryBuilder(database, transactions), type: 'postgres', transaction: false },
    user: { modelName: 'users' },
    account: { modelName: 'accounts' },
    verification: { modelName: 'verifications' },
    session: {
      modelName: 'sessions',
      expiresIn: SESSION_MS / 1000,
      updateAge: PROLONG_AFTER_MS / 1000,
    },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: PASSWORD_LENGTH_MIN,
      maxPasswordLength: PASSWORD_LENGTH_MAX,
    },
    advanced: {
      cookiePrefix: 'talktime',
      useSecureCookies: publicUrl.startsWith('https:'),
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

async function requireFreeEmail(tx: Tx, email: string): Promise<void> {
  await lockEmail(tx, email)
  if (!(await isEmailTaken(tx, email))) return
  throw new Problem(
    accessProblems.email_taken,
    `An account with ${email} already exists. Sign in, or use another address.`,
  )
}

function invalidCredentials(): Problem {
  return new Problem(
    accessProblems.invalid_credentials,
    'The email address or the password is wrong. Check both and try again.',
  )
}

function pickUser({ id, name, email }: User): User {
  return { id, name, email }
}

function headersOf({ userAgent, cookie }: Browser): Headers {
  const headers = new Headers()
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  if (cookie !== undefined) headers.set('cookie', cookie)
  return headers
}

function isWrongCredentials(error: unknown): boolean {
  if (!(error instanceof Error) || !('body' in error)) return false
  const body = error.body as { code?: unknown } | undefined
  return body?.code === 'INVALID_EMAIL_OR_PASSWORD'
}
