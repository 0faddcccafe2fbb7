import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp, testPassword } from '../../test/app.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

const ada = { name: 'Ada', email: 'Ada@Example.com', password: testPassword }

test('201: signing up creates an account and a workspace on the Free plan, and signs in', async () => {
  const answer = await t.request('POST', '/v1/sign-up', { body: { ...ada, timeZone: 'asia/kolkata' } })
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    user: {
      id: expect.stringMatching(/^usr_[0-9a-f]{32}$/),
      name: 'Ada',
      email: 'ada@example.com',
      emailConfirmed: false,
      secondFactor: false,
    },
    workspaces: [
      {
        id: expect.stringMatching(/^ws_/),
        name: 'Ada’s workspace',
        role: 'owner',
        demo: false,
        requiresSecondFactor: false,
      },
    ],
  })
  const cookie = cookieOf(answer)
  expect((await t.request('GET', '/v1/session', { cookie })).body).toEqual(answer.body)
  expect((await t.request('GET', '/v1/workspace', { cookie })).body).toMatchObject({
    name: 'Ada’s workspace',
    planId: 'free',
    timeZone: 'Asia/Kolkata',
    role: 'owner',
  })
})

test('201: the workspace’s name can be chosen', async () => {
  const body = { ...ada, email: 'acme@example.com', workspaceName: ' Acme GmbH ' }
  const answer = await t.request('POST', '/v1/sign-up', { body })
  expect(answer.body.workspaces).toMatchObject([{ name: 'Acme GmbH' }])
})

test('the session cookie is HttpOnly and SameSite=Lax', async () => {
  const answer = await t.request('POST', '/v1/sign-in', { body: signIn() })
  const [cookie] = [answer.headers['set-cookie'] ?? []].flat()
  expect(cookie).toMatch(/^talktime\.session_token=[^;]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/)
})

test('with an https public URL the cookie is Secure', async () => {
  const config = { host: '127.0.0.1', port: 0, secret: 'a secret for tests, long enough' }
  const secure = await t.addProcess({ config: { ...config, publicUrl: 'https://talktime.example.com' } })
  const answer = await secure.request('POST', '/v1/sign-in', { body: signIn() })
  expect(String(answer.headers['set-cookie'])).toMatch(/^__Secure-talktime\.session_token=.*; Secure/)
  expect((await secure.request('GET', '/v1/session', { cookie: cookieOf(answer) })).status).toBe(200)
})

const signIn = (changes: Record<string, string> = {}) => ({
  email: ' ADA@example.com',
  password: testPassword,
  ...changes,
})

test('200: signing in ignores the case of the email address', async () => {
  const answer = await t.request('POST', '/v1/sign-in', { body: signIn() })
  expect(answer.status).toBe(200)
  expect(answer.body).toMatchObject({ user: { email: 'ada@example.com' }, workspaces: [{ role: 'owner' }] })
})

test('401: a wrong password and an unknown address get the same answer', async () => {
  const wrong = await t.request('POST', '/v1/sign-in', { body: signIn({ password: 'wrong horse' }) })
  const unknown = await t.request('POST', '/v1/sign-in', { body: signIn({ email: 'nobody@example.com' }) })
  expect(wrong.body).toMatchObject({ status: 401, code: 'invalid_credentials' })
  expect(wrong.headers['set-cookie']).toBeUndefined()
  expect({ ...unknown.body, requestId: '' }).toEqual({ ...wrong.body, requestId: '' })
})

test('409: an email address has one account, even if several people sign up with it at once', async () => {
  expect((await t.request('POST', '/v1/sign-up', { body: ada })).body.code).toBe('email_taken')
  const body = { ...ada, email: 'twins@example.com' }
  const answers = await Promise.all([1, 2, 3].map(() => t.request('POST', '/v1/sign-up', { body })))
  expect(answers.map(({ status }) => status).sort()).toEqual([201, 409, 409])
})

test.each([
  ['a short password', { password: 'too short' }, '/password'],
  ['an invalid email address', { email: 'ada' }, '/email'],
  ['an unknown time zone', { timeZone: 'Middle/Earth' }, '/timeZone'],
  ['an empty name', { name: '' }, '/name'],
])('400: signing up with %s', async (_what, change, pointer) => {
  const answer = await t.request('POST', '/v1/sign-up', {
    body: { ...ada, email: 'new@example.com', ...change },
  })
  expect(answer.status).toBe(400)
  expect(answer.body.errors).toMatchObject([{ pointer }])
})

test('a sign-up that fails leaves nothing behind', async () => {
  const body = { ...ada, email: 'left@example.com' }
  const failed = await t.request('POST', '/v1/sign-up', { body: { ...body, invitation: 'no such token' } })
  expect(failed.body).toMatchObject({ status: 404, code: 'invitation_not_found' })
  expect(failed.headers['set-cookie']).toBeUndefined()
  expect((await t.request('POST', '/v1/sign-up', { body })).status).toBe(201)
})

test('204: signing out ends the session on every process', async () => {
  const { cookie } = await t.signUp()
  const other = await t.addProcess()
  expect((await other.request('GET', '/v1/workspace', { cookie })).status).toBe(200)
  const answer = await t.request('POST', '/v1/sign-out', { cookie })
  expect(answer.status).toBe(204)
  expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0')
  expect((await t.request('GET', '/v1/workspace', { cookie })).body.code).toBe('unauthenticated')
  await expect.poll(async () => (await other.request('GET', '/v1/workspace', { cookie })).status).toBe(401)
})

test('204: signing out without a session succeeds', async () => {
  expect((await t.request('POST', '/v1/sign-out')).status).toBe(204)
})

test.each([
  ['nobody is signed in', {}],
  ['the cookie is made up', { cookie: 'talktime.session_token=abc.def' }],
])('401: there is no session if %s', async (_what, options) => {
  const answer = await t.request('GET', '/v1/session', options)
  expect(answer.body).toMatchObject({ status: 401, code: 'unauthenticated' })
})

test('401: a key is not a session', async () => {
  expect((await t.request('GET', '/v1/session', { key: t.workspaceKey })).status).toBe(401)
})

test('a session in use is prolonged once a day', async () => {
  const { cookie } = await t.signUp()
  expect((await t.request('GET', '/v1/session', { cookie })).headers['set-cookie']).toBeUndefined()
  await t.database.query(
    "update sessions set expires_at = expires_at - interval '25 hours' where token = split_part($1, '.', 1)",
    [decodeURIComponent(cookie.split('=')[1] ?? '')],
  )
  const answer = await t.request('GET', '/v1/session', { cookie })
  expect(String(answer.headers['set-cookie'])).toContain('Max-Age=2592000')
})

test('401: an expired session is refused', async () => {
  const { cookie } = await t.signUp()
  await t.database.query(
    "update sessions set expires_at = now() - interval '1 second' where token = split_part($1, '.', 1)",
    [decodeURIComponent(cookie.split('=')[1] ?? '')],
  )
  expect((await t.request('GET', '/v1/workspace', { cookie })).status).toBe(401)
})
