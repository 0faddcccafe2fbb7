import type { Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { ADDRESS_HEADER, type BetterAuth, readAuthCode } from './better-auth.ts'
import { type HashedPassword, invalidCredentials } from './passwords/known-passwords.ts'
import type { PasswordHasher } from './passwords/password-hasher.ts'
import { accessProblems } from './problems.ts'
import { isEmailTaken, lockEmail } from './user-store.ts'

/** A person who can sign in. */
export type User = {
  readonly id: string
  readonly name: string
  readonly email: string
  /** Whether the person has shown that mails to the address reach them. */
  readonly emailVerified: boolean
  /** Whether signing in takes a code of an authenticator app besides the password. */
  readonly secondFactor: boolean
}

/** What a browser sends that belongs to its session. */
export type Browser = {
  readonly userAgent: string | undefined
  readonly cookie: string | undefined
  /** Its network address. */
  readonly address: string
}

/** A signed-in user, and the Set-Cookie headers to send to the browser. */
export type SignedIn = { readonly user: User; readonly cookies: readonly string[] }

/** A session with its id. */
export type Session = SignedIn & { readonly sessionId: string }

/** The password was right, and a second factor is still needed. The cookies say which sign-in waits for it. */
export type WaitsForSecondFactor = { readonly user: undefined; readonly cookies: readonly string[] }

/** Users, passwords and sessions. Passwords are hashed and compared before a transaction begins. */
export type Accounts = {
  readonly cookieName: string
  /** Hashes a new password. Do it before a transaction begins: it takes a tenth of a second. */
  hashPassword(password: string): Promise<HashedPassword>
  /** Creates a user and signs them in. Throws `email_taken`. */
  signUp(tx: Tx, account: NewAccount, browser: Browser): Promise<SignedIn>
  /** Signs in with a password that was found right. Throws `invalid_credentials` if it was changed meanwhile. */
  signIn(
    tx: Tx,
    credentials: { readonly email: string; readonly password: HashedPassword },
    browser: Browser,
  ): Promise<SignedIn | WaitsForSecondFactor>
  /** Ends the session of the browser's cookie, if it has one. Returns the Set-Cookie headers that remove the cookie. */
  signOut(tx: Tx, browser: Browser): Promise<readonly string[]>
  /** Creates a user without signing them in. Throws `email_taken`. */
  createUser(tx: Tx, account: NewAccount): Promise<User>
  /** Replaces a user's password. Existing sessions continue. */
  setPassword(tx: Tx, userId: string, password: HashedPassword): Promise<void>
  /**
   * Finds the session of the browser's cookie. Undefined if there is none or it has ended.
   *
   * @param options.prolong whether to prolong a session that is at least a day old, which sets cookies
   */
  findSession(browser: Browser, options: { readonly prolong: boolean }): Promise<Session | undefined>
}

export type NewAccount = { readonly name: string; readonly email: string; readonly password: HashedPassword }

export function createAccounts(auth: BetterAuth, hasher: PasswordHasher): Accounts {
  const { api, context, run } = auth
  return {
    cookieName: context.authCookies.sessionToken.name,
    hashPassword: async (password) => ({ password, hash: await hasher.hash(password) }),
    async signUp(tx, { name, email, password }, browser) {
      await requireFreeEmail(tx, email)
      const body = { name, email, password: password.password }
      const { headers, response } = await run(
        tx,
        () => api.signUpEmail({ body, headers: headersOf(browser), returnHeaders: true }),
        { next: password },
      )
      return { user: pickUser(response.user), cookies: headers.getSetCookie() }
    },
    async signIn(tx, { email, password }, browser) {
      const body = { email, password: password.password }
      const { headers, response } = await run(
        tx,
        () => api.signInEmail({ body, headers: headersOf(browser), returnHeaders: true }),
        { current: password },
      ).catch((error: unknown) => {
        throw readAuthCode(error) === 'INVALID_EMAIL_OR_PASSWORD' ? invalidCredentials() : error
      })
      const cookies = headers.getSetCookie()
      // The plugin for second factors answers so, in place of the session that it has taken back.
      if ('twoFactorRedirect' in response) return { user: undefined, cookies }
      return { user: pickUser(response.user), cookies }
    },
    async signOut(tx, browser) {
      const { headers } = await run(tx, () =>
        api.signOut({ headers: headersOf(browser), returnHeaders: true }),
      )
      return headers.getSetCookie()
    },
    async createUser(tx, { name, email, password }) {
      await requireFreeEmail(tx, email)
      const adapter = context.internalAdapter
      return run(tx, async () => {
        const user = await adapter.createUser(
          { name, email, emailVerified: false },
          { method: 'email-password' },
        )
        const credential = { accountId: user.id, providerId: 'credential', password: password.hash }
        await adapter.linkAccount({ userId: user.id, ...credential })
        return pickUser(user)
      })
    },
    async setPassword(tx, userId, { hash }) {
      await run(tx, () => context.internalAdapter.updatePassword(userId, hash))
    },
    async findSession(browser, { prolong }) {
      const { headers, response } = await api.getSession({
        headers: headersOf(browser),
        query: { disableRefresh: !prolong },
        returnHeaders: true,
      })
      if (response === null) return undefined
      return {
        user: pickUser(response.user),
        sessionId: response.session.id,
        cookies: headers.getSetCookie(),
      }
    },
  }
}

async function requireFreeEmail(tx: Tx, email: string): Promise<void> {
  await lockEmail(tx, email)
  if (!(await isEmailTaken(tx, email))) return
  throw new Problem(
    accessProblems.email_taken,
    `An account with ${email} already exists. Sign in, or use another address.`,
  )
}

/** Picks what we use of a user as better-auth returns it. */
export function pickUser(user: {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly emailVerified: boolean
  readonly twoFactorEnabled?: boolean | null | undefined
}): User {
  const { id, name, email, emailVerified, twoFactorEnabled } = user
  return { id, name, email, emailVerified, secondFactor: twoFactorEnabled === true }
}

/** The headers by which better-auth learns about a browser. */
export function headersOf({ userAgent, cookie, address }: Browser): Headers {
  const headers = new Headers({ [ADDRESS_HEADER]: address })
  if (userAgent !== undefined) headers.set('user-agent', userAgent)
  if (cookie !== undefined) headers.set('cookie', cookie)
  return headers
}
