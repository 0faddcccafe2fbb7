import { listWrittenMails, mailFolder, readWrittenMail } from '../src/platform/mail/mail-folder.ts'
import { uuidFrom } from '../src/public-ids.ts'
import { cookieOf, type TestAnswer, type TestApp, type TestPerson, testPassword } from './app.ts'
import { readToken } from './mailed-people.ts'
import { readAppCode, readNextAppCode } from './totp.ts'

// What people do to their own accounts. Each action has a person of its own: most of them end sessions.

const headers = { 'user-agent': 'Audited/1.0' }

type Account = { readonly person: TestPerson; readonly cookie: string; readonly otpauthUri: string }

const post = (t: TestApp, path: string, cookie: string, body?: unknown) =>
  t.request('POST', path, { cookie, headers, ...(body !== undefined && { body }) })

const signIn = (t: TestApp, { email }: TestPerson) =>
  post(t, '/v1/sign-in', '', { email, password: testPassword })

/** Asks for a mail, and returns the token of its link. */
async function askForToken(t: TestApp, path: string, email: string): Promise<string> {
  // Mails sort by their time. No other has this one.
  await t.app.access.signIn.mails.idle()
  t.clock.advance(1)
  await t.request('POST', path, { body: { email } })
  await t.app.access.signIn.mails.idle()
  const folder = mailFolder(t.dataDir)
  const [id = ''] = await listWrittenMails(folder)
  return readToken((await readWrittenMail(folder, id))?.text ?? '')
}

/** A person who has begun to turn the second factor on. */
async function beginEnrollment(t: TestApp): Promise<Account> {
  const person = await t.signUp()
  const begun = await post(t, '/v1/account/second-factor', person.cookie, { password: testPassword })
  return { person, cookie: person.cookie, otpauthUri: String(begun.body.otpauthUri) }
}

const confirm = (t: TestApp, { cookie, otpauthUri }: Account) =>
  post(t, '/v1/account/second-factor/confirm', cookie, { code: readAppCode(otpauthUri) })

async function enroll(t: TestApp): Promise<Account> {
  const account = await beginEnrollment(t)
  return { ...account, cookie: cookieOf(await confirm(t, account)) }
}

const prove = ({ otpauthUri }: Account) => ({
  password: testPassword,
  code: readNextAppCode(otpauthUri),
})

type Act = (t: TestApp) => Promise<TestAnswer>

/** Routes about one's own account, the action that each writes to the audit log, and the request that does it. */
export const auditedAccountActions: readonly (readonly [
  `POST /${string}` | `DELETE /${string}`,
  string,
  Act,
])[] = [
  ['POST /v1/sign-in', 'session.started', async (t) => signIn(t, await t.signUp())],
  [
    'POST /v1/sign-in/second-factor',
    'session.started',
    async (t) => {
      const account = await enroll(t)
      const pending = cookieOf(await signIn(t, account.person))
      return post(t, '/v1/sign-in/second-factor', pending, { code: readNextAppCode(account.otpauthUri) })
    },
  ],
  [
    'POST /v1/email-confirmations/confirm',
    'email.confirmed',
    async (t) => {
      const { email, cookie } = await t.signUp()
      const token = await askForToken(t, '/v1/email-confirmations', email)
      return post(t, '/v1/email-confirmations/confirm', cookie, { token })
    },
  ],
  [
    'POST /v1/password-resets/complete',
    'password.reset',
    async (t) => {
      const { email } = await t.signUp()
      const token = await askForToken(t, '/v1/password-resets', email)
      const body = { token, password: 'pebble lantern tundra' }
      return post(t, '/v1/password-resets/complete', '', body)
    },
  ],
  [
    'POST /v1/account/password',
    'password.changed',
    async (t) => {
      const body = { currentPassword: testPassword, password: 'pebble lantern tundra' }
      return post(t, '/v1/account/password', (await t.signUp()).cookie, body)
    },
  ],
  [
    'POST /v1/account/delete',
    'account.deleted',
    async (t) => {
      const { cookie, userId } = await t.signUp()
      const role = `update members set role = 'member' where user_id = $1`
      await t.database.query(role, [uuidFrom('user', userId)])
      return post(t, '/v1/account/delete', cookie, { password: testPassword })
    },
  ],
  [
    'DELETE /v1/account/sessions/{id}',
    'session.ended',
    async (t) => {
      const { cookie } = await t.signUp()
      const { body } = await t.request('GET', '/v1/account/sessions', { cookie })
      return t.request('DELETE', `/v1/account/sessions/${body.data[0]?.id}`, { cookie, headers })
    },
  ],
  [
    'POST /v1/account/sign-out-everywhere',
    'session.all_ended',
    async (t) => post(t, '/v1/account/sign-out-everywhere', (await t.signUp()).cookie),
  ],
  [
    'POST /v1/account/second-factor/confirm',
    'second_factor.turned_on',
    async (t) => confirm(t, await beginEnrollment(t)),
  ],
  [
    'POST /v1/account/second-factor/recovery-codes',
    'recovery_codes.replaced',
    async (t) => {
      const account = await enroll(t)
      return post(t, '/v1/account/second-factor/recovery-codes', account.cookie, prove(account))
    },
  ],
  [
    'POST /v1/account/second-factor/turn-off',
    'second_factor.turned_off',
    async (t) => {
      const account = await enroll(t)
      return post(t, '/v1/account/second-factor/turn-off', account.cookie, prove(account))
    },
  ],
]
