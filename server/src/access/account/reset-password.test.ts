import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf } from '../../../test/app.ts'
import { goodPassword, type MailedApp, mailedApp } from '../../../test/mailed-people.ts'
import { readAppCode } from '../../../test/totp.ts'

let t: MailedApp
beforeAll(async () => {
  t = await mailedApp()
})
afterAll(() => t.close())

const nextPassword = 'pebble lantern tundra'

const ask = (email: string) => t.request('POST', '/v1/password-resets', { body: { email } })
const complete = (token: string, password = nextPassword) =>
  t.request('POST', '/v1/password-resets/complete', { body: { token, password } })
const signIn = (email: string, password: string) =>
  t.request('POST', '/v1/sign-in', { body: { email, password } })

test('a link by mail sets a new password once and ends all sessions', async () => {
  const email = 'forgot@example.com'
  const { cookie } = await t.join(email)
  expect(await ask(email)).toMatchObject({ status: 202, body: { status: 'mail_sent', email } })
  const token = await t.tokenTo(email)
  expect((await complete(token)).status).toBe(204)
  expect((await t.request('GET', '/v1/workspace', { cookie })).status).toBe(401)
  expect((await signIn(email, goodPassword)).status).toBe(401)
  expect((await signIn(email, nextPassword)).status).toBe(200)
  expect(await complete(token, 'another good password')).toMatchObject({
    status: 404,
    body: { code: 'link_not_found' },
  })
  expect((await t.mailsTo(email)).at(-1)).toMatch(/^Subject: Your password was reset \(Talktime\)\r?$/m)
})

test('two uses of a link at once change the password once', async () => {
  const email = 'race@example.com'
  await t.join(email)
  await ask(email)
  const token = await t.tokenTo(email)
  const answers = await Promise.all([complete(token, nextPassword), complete(token, 'another good password')])
  expect(answers.map(({ status }) => status).sort()).toEqual([204, 404])
})

test('a link works for 30 minutes', async () => {
  const email = 'late@example.com'
  await t.join(email)
  await ask(email)
  const token = await t.tokenTo(email)
  const { rows } = await t.database.query<{ minutes: number }>(
    `select round(extract(epoch from max(expires_at) - now()) / 60)::int as minutes from verifications`,
  )
  expect(rows).toEqual([{ minutes: 30 }])
  await t.database.query(`update verifications set expires_at = now() - interval '1 second'`)
  expect((await complete(token)).body.code).toBe('link_not_found')
})

test('the database holds no link that works', async () => {
  const email = 'stolen@example.com'
  await t.join(email)
  await ask(email)
  const token = await t.tokenTo(email)
  const { rows } = await t.database.query<{ identifier: string }>('select identifier from verifications')
  expect(rows.length).toBeGreaterThan(0)
  for (const { identifier } of rows) {
    expect(identifier).not.toContain(token)
    expect((await complete(identifier)).status).toBe(404)
  }
})

test('an unknown address gets the same answer and no mail', async () => {
  const unknown = await ask('nobody@example.com')
  await t.join('somebody@example.com')
  const known = await ask('somebody@example.com')
  expect({ ...unknown.body, email: '' }).toEqual({ ...known.body, email: '' })
  expect(unknown.status).toBe(known.status)
  expect(await t.mailsTo('nobody@example.com')).toEqual([])
})

test('a new link or a change of password withdraws links that were sent before', async () => {
  const email = 'twice@example.com'
  const { cookie } = await t.join(email)
  await ask(email)
  const token = await t.tokenTo(email)
  const body = { currentPassword: goodPassword, password: nextPassword }
  expect((await t.request('POST', '/v1/account/password', { cookie, body })).status).toBe(204)
  expect((await complete(token)).body.code).toBe('link_not_found')
})

test.each([
  ['a short password', 'short', 'Use at least 10 characters.'],
  ['a common password', 'password1234', 'This password is easy to guess.'],
  ['the address', 'weak.person@example.com', 'This password is easy to guess from your name'],
])('%s is refused with words, and the link stays good', async (_what, password, words) => {
  const email = 'weak.person@example.com'
  if ((await t.mailsTo(email)).length === 0) {
    await t.join(email, { name: 'Weak Person' })
    await ask(email)
  }
  const answer = await complete(await t.tokenTo(email), password)
  expect(answer.status).toBe(400)
  if (password !== 'short') expect(answer.body.detail).toContain(words)
  expect(answer.body.errors).toMatchObject([{ pointer: '/password' }])
})

test('resetting an address that was never confirmed empties the account of what a stranger left', async () => {
  const off = await mailedApp(false)
  try {
    // Where addresses are not verified, anybody signs up with any address, and is in at once.
    const email = 'victim@example.com'
    const signedUp = await off.request('POST', '/v1/sign-up', {
      body: { name: 'Eve', email, password: 'eve knows this one' },
    })
    const cookie = cookieOf(signedUp)
    const as = (method: 'POST' | 'GET', path: string, body?: unknown) =>
      off.request(method, path, { cookie, ...(body !== undefined && { body }) })
    const key = await as('POST', '/v1/keys', { name: 'Back door' })
    expect(key.status).toBe(201)
    const invitation = await as('POST', '/v1/invitations', { email: 'eve2@example.com', role: 'owner' })
    const enrolled = await as('POST', '/v1/account/second-factor', { password: 'eve knows this one' })
    const turnedOn = await as('POST', '/v1/account/second-factor/confirm', {
      code: readAppCode(String(enrolled.body.otpauthUri)),
    })
    expect([enrolled.status, turnedOn.status]).toEqual([201, 204])
    const strangersCookie = cookieOf(turnedOn)
    expect((await off.request('GET', '/v1/workspace', { cookie: strangersCookie })).status).toBe(200)

    await off.request('POST', '/v1/password-resets', { body: { email } })
    const token = await off.tokenTo(email)
    const reset = await off.request('POST', '/v1/password-resets/complete', {
      body: { token, password: goodPassword },
    })
    expect(reset.status).toBe(204)
    expect((await off.request('GET', '/v1/workspace', { cookie: strangersCookie })).status).toBe(401)
    const secret = String(key.body.key)
    expect((await off.request('GET', '/v1/workspace', { key: secret })).status).toBe(401)
    const link = new URL(String(invitation.body.url)).searchParams.get('token')
    expect((await off.request('GET', `/v1/invitations/lookup?token=${link}`)).status).toBe(404)
    const signedIn = await off.request('POST', '/v1/sign-in', { body: { email, password: goodPassword } })
    expect(signedIn).toMatchObject({
      status: 200,
      body: { user: { emailConfirmed: true, secondFactor: false } },
    })
  } finally {
    await off.close()
  }
})

test('a confirmed account keeps its second factor when its password is reset', async () => {
  const email = 'careful@example.com'
  const { cookie } = await t.join(email)
  const enrolled = await t.request('POST', '/v1/account/second-factor', {
    cookie,
    body: { password: goodPassword },
  })
  const code = readAppCode(String(enrolled.body.otpauthUri))
  await t.request('POST', '/v1/account/second-factor/confirm', { cookie, body: { code } })
  await ask(email)
  expect((await complete(await t.tokenTo(email))).status).toBe(204)
  expect((await signIn(email, nextPassword)).status).toBe(202)
})
