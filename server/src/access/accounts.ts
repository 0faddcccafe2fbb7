import { AsyncLocalStorage } from 'node:async_hooks'
import { type BetterAuthOptions, betterAuth } from 'better-auth'
import type { FastifyBaseLogger } from 'fastify'
import { CamelCasePlugin, Kysely, PostgresDialect } from 'kysely'
import type pg from 'pg'
import type { Database, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { accessProblems } from './problems.ts'

/** A person's account. */
export type User = { readonly id: string; readonly name: string; readonly email: string }

/** What a browser sends that is kept beside its session. */
export type Browser = { readonly userAgent: string | undefined; readonly cookie: string | undefined }

/** Signed in: the user, and the Set-Cookie headers that say so. */
export type SignedIn = { readonly user: User; readonly cookies: readonly string[] }

/**
 * People's accounts, passwords and sessions, kept by better-auth in the tables users, accounts and sessions. Nothing
 * of it is reachable over HTTP but through our own routes.
 */
export type Accounts = {
  readonly cookieName: string
  /** Makes an account and signs it in. Throws `email_taken`. */
  signUp(tx: Tx, account: NewAccount, browser: Browser): Promise<SignedIn>
  /** Throws `invalid_credentials`, whichever of the two is wrong. */
  signIn(tx: Tx, credentials: { email: string; password: string }, browser: Browser): Promise<SignedIn>
  /** Ends the session of a cookie, if it has one. Returns the Set-Cookie headers that remove it. */
  signOut(tx: Tx, browser: Browser): Promise<readonly string[]>
  /** Makes an account without signing it in: for the command line. Throws `email_taken`. */
  createUser(tx: Tx, account: NewAccount): Promise<User>
  /** Gives an account another password. Who is signed in stays signed in. */
  setPassword(tx: Tx, userId: string, password: string): Promise<void>
  /**
   * Whose session the cookie is; undefined where it is none or has ended.
   *
   * @param renew whether a session that is a day old is prolonged: then there are cookies to set
   */
  session(browser: Browser, renew: boolean): Promise<SignedIn | undefined>
}

export type NewAccount = { readonly name: string; readonly email: string; readonly password: string }

const sessionSeconds = 30 * 24 * 60 * 60
const renewedAfterSeconds = 24 * 60 * 60
export const passwordLengthMin = 10
export const passwordLengthMax = 128

export async function openAccounts(options: {
  database: Database
  log: FastifyBaseLogger
  secret: string
  /** The origin people see; https makes the cookie Secure. */
  publicUrl: string | undefined
}): Promise<Accounts> {
  const { database, log, secret } = options
  const origin = options.publicUrl ?? 'http://localhost'
  const transactions = new AsyncLocalStorage<Tx>()
  const auth = betterAuth({
    secret: `${secret} sessions`,
    baseURL: origin,
    database: { db: kyselyOver(database, transactions), type: 'postgres', transaction: false },
    user: { modelName: 'users' },
    account: { modelName: 'accounts' },
    verification: { modelName: 'verifications' },
    session: { modelName: 'sessions', expiresIn: sessionSeconds, updateAge: renewedAfterSeconds },
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLengthMin,
      maxPasswordLength: passwordLengthMax,
    },
    advanced: {
      cookiePrefix: 'talktime',
      useSecureCookies: origin.startsWith('https:'),
      database: { generateId: () => newUuid(Date.now()) },
    },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: {
      level: 'error',
      log: (level, message, ...details) => log[level]({ details }, `Sign-in: ${message}`),
    },
  } satisfies BetterAuthOptions)
  const context = await auth.$context

  /** The email address stays locked until the transaction ends, so that of two sign-ups at once one is told. */
  async function requireFreeEmail(tx: Tx, email: string): Promise<void> {
    await tx.query("select pg_advisory_xact_lock(hashtextextended('sign-up ' || $1, 0))", [email])
    const { rows } = await tx.query('select from users where email = $1', [email])
    if (rows.length === 0) return
    throw new Problem(
      accessProblems.email_taken,
      `${email} has an account already. Sign in, or use another address.`,
    )
  }

  return {
    cookieName: context.authCookies.sessionToken.name,
    async signUp(tx, { name, email, password }, browser) {
      await requireFreeEmail(tx, email)
      const { headers, response } = await transactions.run(tx, () =>
        auth.api.signUpEmail({
          body: { name, email, password },
          headers: headersOf(browser),
          returnHeaders: true,
        }),
      )
      return { user: userOf(response.user), cookies: headers.getSetCookie() }
    },
    async signIn(tx, { email, password }, browser) {
      try {
        const { headers, response } = await transactions.run(tx, () =>
          auth.api.signInEmail({
            body: { email, password },
            headers: headersOf(browser),
            returnHeaders: true,
          }),
        )
        return { user: userOf(response.user), cookies: headers.getSetCookie() }
      } catch (error) {
        if (!isWrongCredentials(error)) throw error
        throw new Problem(
          accessProblems.invalid_credentials,
          'The email address or the password is wrong. Check both and try again.',
        )
      }
    },
    async signOut(tx, browser) {
      const { headers } = await transactions.run(tx, () =>
        auth.api.signOut({ headers: headersOf(browser), returnHeaders: true }),
      )
      return headers.getSetCookie()
    },
    async createUser(tx, { name, email, password }) {
      await requireFreeEmail(tx, email)
      return transactions.run(tx, async () => {
        const user = await context.internalAdapter.createUser(
          { name, email, emailVerified: false },
          { method: 'email-password' },
        )
        await context.internalAdapter.linkAccount({
          userId: user.id,
          accountId: user.id,
          providerId: 'credential',
          password: await context.password.hash(password),
        })
        return userOf(user)
      })
    },
    async setPassword(tx, userId, password) {
      const hash = await context.password.hash(password)
      await transactions.run(tx, () => context.internalAdapter.updatePassword(userId, hash))
    },
    async session(browser, renew) {
      const { headers, response } = await auth.api.getSession({
        headers: headersOf(browser),
        query: { disableRefresh: !renew },
        returnHeaders: true,
      })
      if (response === null) return undefined
      return { user: userOf(response.user), cookies: headers.getSetCookie() }
    },
  }
}

function userOf({ id, name, email }: User): User {
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

/**
 * A query builder on our pool. What better-auth does inside `transactions.run(tx, …)` happens in that transaction,
 * so that a user, its first workspace and the answer to an idempotent request exist together or not at all.
 */
function kyselyOver(database: Database, transactions: AsyncLocalStorage<Tx>) {
  const dialect = new PostgresDialect({
    pool: {
      async connect() {
        const tx = transactions.getStore()
        if (tx === undefined) return database.pool.connect()
        // The transaction gives its connection back itself.
        return { query: tx.query.bind(tx), release: () => {} } as unknown as pg.PoolClient
      },
      end: async () => {},
      options: {},
    },
  })
  return new Kysely({ dialect, plugins: [new CamelCasePlugin()] })
}
