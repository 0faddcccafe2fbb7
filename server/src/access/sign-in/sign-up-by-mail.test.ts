import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cookieOf } from '../../../test/app.ts'
import { goodPassword, type MailedApp, mailedApp } from '../../../test/mailed-people.ts'

let t: MailedApp
beforeAll(async () => {
  t = await mailedApp()
})
afterAll(() => t.close())

const signUp = (email: string, changes: Record<string, string> = {}) =>
  t.request('POST', '/v1/sign-up', { body: { name: 'Ada', email, password: goodPassword, ...changes } })

const confirm = (body: Record<string, string>, cookie?: string) =>
  t.request('POST', '/v1/email-confirmations/confirm', { body, ...(cookie !== undefined && { cookie }) })

const signIn = (email: string, password = goodPassword) =>
  t.request('POST', '/v1/sign-in', { body: { email, password } })

const isWaiting = async (email: string) =>
  (
    await t.database.query<{ waits: boolean }>(
      `select w.awaits_verification as waits from workspaces w join members m on m.workspace_id = w.id
       join users u on u.id = m.user_id where u.email = $1`,
      [email],
    )
  ).rows.map(({ waits }) => waits)

describe('a new address', () => {
  test('gets a mail; the workspace waits until the link is opened in the browser that signed up', async () => {
    const answer = await signUp('new@example.com')
    expect(answer).toMatchObject({ status: 202, body: { status: 'mail_sent', email: 'new@example.com' } })
    expect(String(answer.headers['set-cookie'])).not.toContain('session_token')
    expect(await isWaiting('new@example.com')).toEqual([true])
    const [mail = ''] = await t.mailsTo('new@example.com')
    expect(mail).toMatch(/^Subject: Confirm your email address for Talktime\r?$/m)
    const confirmed = await confirm({ token: await t.tokenTo('new@example.com') }, cookieOf(answer))
    expect(confirmed).toMatchObject({
      status: 200,
      body: { user: { email: 'new@example.com', emailConfirmed: true }, workspaces: [{ role: 'owner' }] },
    })
    expect(await isWaiting('new@example.com')).toEqual([false])
    const cookie = cookieOf(confirmed)
    expect((await t.request('GET', '/v1/workspace', { cookie })).body.awaitsVerification).toBe(false)
  })

  test('cannot be signed in to before, and the answer is that of a wrong password', async () => {
    await signUp('early@example.com')
    const right = await signIn('early@example.com')
    const wrong = await signIn('early@example.com', 'another password')
    const unknown = await signIn('nobody@example.com')
    for (const { body } of [right, wrong, unknown]) {
      expect({ ...body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
    }
    expect(right).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
    // The right password has the mail sent again.
    expect(await t.mailsTo('early@example.com')).toHaveLength(2)
  })

  test('is confirmed in another browser with the password, and not by the link alone', async () => {
    await signUp('phone@example.com')
    const token = await t.tokenTo('phone@example.com')
    expect(await confirm({ token })).toMatchObject({ status: 401, body: { code: 'password_required' } })
    expect((await confirm({ token, password: 'a wrong guess' })).body.code).toBe('invalid_credentials')
    expect((await confirm({ token, password: goodPassword })).status).toBe(200)
    expect((await confirm({ token, password: goodPassword })).body.code).toBe('email_already_confirmed')
    expect((await signIn('phone@example.com')).status).toBe(200)
  })

  test('gets the mail again on request, and only a few an hour', async () => {
    await signUp('again@example.com')
    const ask = () => t.request('POST', '/v1/email-confirmations', { body: { email: 'again@example.com' } })
    for (let asked = 0; asked < 8; asked += 1) {
      expect(await ask()).toMatchObject({ status: 202, body: { status: 'mail_sent' } })
      await t.app.access.signIn.mails.idle()
    }
    expect(await t.mailsTo('again@example.com')).toHaveLength(4)
  })

  test.each(['', 'nonsense', 'eyJhbGciOiJIUzI1NiJ9.e30.AAAA'])(
    'the token %j confirms nothing',
    async (token) => {
      expect([400, 404]).toContain((await confirm({ token })).status)
    },
  )
})

describe('an address that has an account', () => {
  test('gets the same answer, another mail, and stays as it is', async () => {
    const { cookie } = await t.join('known@example.com')
    const fresh = await signUp('fresh@example.com')
    const known = await signUp('known@example.com', { password: 'somebody else entirely' })
    expect(known.status).toBe(fresh.status)
    expect(known.body).toEqual({ ...fresh.body, email: 'known@example.com' })
    const shapeOf = ({ headers }: typeof known) =>
      [headers['set-cookie'] ?? []]
        .flat()
        .map((one) => String(one).replace(/=[^;]+/, `=${String(one).length}`))
    expect(shapeOf(known)).toEqual(shapeOf(fresh))
    const mail = (await t.mailsTo('known@example.com')).at(-1)
    expect(mail).toMatch(/^Subject: You already have an account at Talktime\r?$/m)
    expect((await t.request('GET', '/v1/workspace', { cookie })).status).toBe(200)
    expect((await signIn('known@example.com')).status).toBe(200)
  })

  test('is answered at the earliest when a new address would be', async () => {
    await t.join('timed@example.com')
    for (const email of ['timed@example.com', 'untimed@example.com', 'timed@example.com']) {
      const startedMs = performance.now()
      await signUp(email)
      expect(performance.now() - startedMs).toBeGreaterThan(200)
    }
  })

  test('a stranger who opened it loses it to the person who reads the mail', async () => {
    const email = 'owner@example.com'
    const stranger = await signUp(email, { password: 'the stranger knows this' })
    const rightful = await signUp(email)
    const mail = (await t.mailsTo(email)).at(-1)
    expect(mail).toMatch(/^Subject: Set a password for your account at Talktime\r?$/m)
    // The link that the stranger's sign-up sent confirms nothing in the owner's browser.
    const token = await t.tokenTo(email)
    const reset = await t.request('POST', '/v1/password-resets/complete', {
      body: { token, password: goodPassword },
      cookie: cookieOf(rightful),
    })
    expect(reset.status).toBe(204)
    expect((await signIn(email)).status).toBe(200)
    expect((await signIn(email, 'the stranger knows this')).status).toBe(401)
    expect(cookieOf(stranger)).not.toBe(cookieOf(rightful))
  })

  test('the stranger’s own link does not confirm the account in the owner’s browser', async () => {
    const email = 'trap@example.com'
    await signUp(email, { password: 'the stranger knows this' })
    const token = await t.tokenTo(email)
    const rightful = await signUp(email)
    expect(await confirm({ token }, cookieOf(rightful))).toMatchObject({
      status: 401,
      body: { code: 'password_required' },
    })
  })
})

test('two sign-ups at once with one address create one account', async () => {
  const answers = await Promise.all([1, 2, 3].map(() => signUp('twins@example.com')))
  expect(answers.map(({ status }) => status)).toEqual([202, 202, 202])
  const { rows } = await t.database.query(`select from users where email = 'twins@example.com'`)
  expect(rows).toHaveLength(1)
})
