import type { Clock } from '../../platform/clock.ts'
import type { Tx } from '../../platform/database/database.ts'
import { Problem } from '../../platform/problem.ts'
import { type Browser, headersOf, pickUser, type SignedIn } from '../accounts.ts'
import { type BetterAuth, readAuthCode } from '../better-auth.ts'
import type { HashedPassword } from '../passwords/known-passwords.ts'
import { accessProblems } from '../problems.ts'
import { takeAppCode } from './second-factor-store.ts'
import { endOlderSessions } from './session-store.ts'

/** What a person enters: a code of the authenticator app, or one of their recovery codes. */
export type SecondFactorCode = { readonly code: string } | { readonly recoveryCode: string }

/** What a person needs to set up an authenticator app, shown once. */
export type Enrollment = { readonly otpauthUri: string; readonly recoveryCodes: readonly string[] }

/** Why a code was not accepted. What was counted against it must be committed. */
export type CodeRefusal = { readonly refusal: 'wrong' | 'expired' | 'locked' | 'off' }

/**
 * The second factor of people who sign in: codes of an authenticator app, and recovery codes. Each code works once. A code
 * that was used before throws `second_factor_wrong`, so that nothing of what it would have done is committed.
 */
export type SecondFactors = {
  /** Signs in the person whose password was right, as the browser's cookie says. */
  signIn(tx: Tx, code: SecondFactorCode, browser: Browser): Promise<SignedIn | CodeRefusal>
  /** Begins to turn the second factor on. Undefined: it is on already. */
  enroll(tx: Tx, password: HashedPassword, browser: Browser): Promise<Enrollment | undefined>
  /** Turns it on with a first code, and ends all other sessions. Returns the cookies of the session that goes on. */
  turnOn(tx: Tx, userId: string, code: string, browser: Browser): Promise<readonly string[] | CodeRefusal>
  /** Turns it off. Returns the cookies of the session that goes on. */
  turnOff(tx: Tx, proof: Proof, browser: Browser): Promise<readonly string[] | CodeRefusal>
  /** Replaces the recovery codes. */
  renewRecoveryCodes(tx: Tx, proof: Proof, browser: Browser): Promise<readonly string[] | CodeRefusal>
  /** Counts the recovery codes that are left. */
  countRecoveryCodes(userId: string): Promise<number>
}

export type Proof = { readonly password: HashedPassword; readonly code: SecondFactorCode }

export function createSecondFactors(auth: BetterAuth, clock: Clock): SecondFactors {
  const { api, context, run } = auth
  const pendingCookie = context.createAuthCookie('two_factor').name

  /** Does something that takes the password and a code of the person who is signed in. */
  function proven<Result>(
    tx: Tx,
    { password, code }: Proof,
    browser: Browser,
    work: (asked: { body: { password: string }; headers: Headers }) => Promise<Result>,
  ): Promise<Result | CodeRefusal> {
    const headers = headersOf(browser)
    return orRefusal(async () => {
      await verify(tx, code, headers)
      return run(tx, () => work({ body: { password: password.password }, headers }), { current: password })
    })
  }

  function verify(tx: Tx, code: SecondFactorCode, headers: Headers) {
    if ('code' in code) return verifyAppCode(tx, code.code, headers)
    const body = { code: normalizeRecoveryCode(code.recoveryCode) }
    return run(tx, () => api.verifyBackupCode({ body, headers, returnHeaders: true }))
  }

  /** better-auth accepts a code of the app as often as it comes within its minute and a half. */
  async function verifyAppCode(tx: Tx, code: string, headers: Headers) {
    const verified = await run(tx, () => api.verifyTOTP({ body: { code }, headers, returnHeaders: true }))
    const userId = verified.response.user.id
    if (!(await takeAppCode(tx, { userId, code, atMs: clock.now() }))) throw usedAppCode()
    return verified
  }

  return {
    // A session of somebody else that the browser may have must not stand in for the one that is being opened.
    signIn: (tx, code, browser) =>
      orRefusal(async () => {
        const pending = { ...browser, cookie: pickCookie(browser.cookie, pendingCookie) }
        const { headers, response } = await verify(tx, code, headersOf(pending))
        return { user: pickUser(response.user as never), cookies: headers.getSetCookie() }
      }),
    async enroll(tx, password, browser) {
      const body = { password: password.password, method: 'totp' as const }
      const enrolled = await run(tx, () => api.enableTwoFactor({ body, headers: headersOf(browser) }), {
        current: password,
      }).catch((error: unknown) => {
        if (readAuthCode(error) === 'TOTP_ALREADY_ENABLED') return undefined
        throw error
      })
      if (enrolled === undefined || enrolled.method !== 'totp') return undefined
      return { otpauthUri: enrolled.totpURI, recoveryCodes: enrolled.backupCodes }
    },
    turnOn: (tx, userId, code, browser) =>
      orRefusal(async () => {
        const { headers } = await verify(tx, { code }, headersOf(browser))
        await endOlderSessions(tx, userId)
        return headers.getSetCookie()
      }),
    turnOff: (tx, proof, browser) =>
      proven(tx, proof, browser, async (asked) => {
        const { headers } = await api.disableTwoFactor({ ...asked, returnHeaders: true })
        return headers.getSetCookie()
      }),
    renewRecoveryCodes: (tx, proof, browser) =>
      proven(tx, proof, browser, async (asked) => (await api.generateBackupCodes(asked)).backupCodes),
    async countRecoveryCodes(userId) {
      const { backupCodes } = await api.viewBackupCodes({ body: { userId } })
      return backupCodes.length
    },
  }
}

function usedAppCode(): Problem {
  return new Problem(
    accessProblems.second_factor_wrong,
    'This code was used already. Wait until the app shows the next one, and enter that.',
  )
}

async function orRefusal<Result>(work: () => Promise<Result>): Promise<Result | CodeRefusal> {
  try {
    return await work()
  } catch (error) {
    const refusal = REFUSALS[readAuthCode(error) ?? '']
    if (refusal === undefined) throw error
    return { refusal }
  }
}

/** What better-auth's codes mean. */
const REFUSALS: Readonly<Record<string, CodeRefusal['refusal'] | undefined>> = {
  INVALID_CODE: 'wrong',
  INVALID_BACKUP_CODE: 'wrong',
  INVALID_TWO_FACTOR_COOKIE: 'expired',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'expired',
  ACCOUNT_TEMPORARILY_LOCKED: 'locked',
  TOTP_NOT_ENABLED: 'off',
  BACKUP_CODES_NOT_ENABLED: 'off',
  TWO_FACTOR_NOT_ENABLED: 'off',
}

/** Recovery codes are two groups of five characters. People type them with spaces, or without the hyphen. */
function normalizeRecoveryCode(code: string): string {
  const characters = code.replaceAll(/[^A-Za-z0-9]/g, '')
  return `${characters.slice(0, 5)}-${characters.slice(5)}`
}

function pickCookie(header: string | undefined, name: string): string | undefined {
  return header?.split(/; */).find((cookie) => cookie.startsWith(`${name}=`))
}
