import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp, testPassword } from '../../../test/app.ts'
import { enroll, finishSignIn, startSignIn } from '../../../test/enrolled-people.ts'
import { readAppCode, readNextAppCode } from '../../../test/totp.ts'
import { uuidFrom } from '../../public-ids.ts'
import { addMember } from '../index.ts'
import { resealSecondFactors } from './reseal-second-factors.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

const post = (path: string, cookie: string, body: unknown = {}) => t.request('POST', path, { cookie, body })

/** A code that the app does not show now. */
const wrongCode = (uri: string) => (readAppCode(uri) === '000000' ? '000001' : '000000')

test('signing in takes the password and a code of the app', async () => {
  const { person, otpauthUri } = await enroll(t)
  const begun = await startSignIn(t, person)
  expect(begun).toMatchObject({ status: 202, body: { status: 'second_factor_required' } })
  const pending = cookieOf(begun)
  expect((await t.request('GET', '/v1/session', { cookie: pending })).status).toBe(401)
  const done = await finishSignIn(t, pending, { code: readNextAppCode(otpauthUri) })
  expect(done).toMatchObject({ status: 200, body: { user: { email: person.email, secondFactor: true } } })
  expect((await t.request('GET', '/v1/workspace', { cookie: cookieOf(done) })).status).toBe(200)
})

test('a pending sign-in finishes once', async () => {
  const { person, otpauthUri } = await enroll(t)
  const pending = cookieOf(await startSignIn(t, person))
  expect((await finishSignIn(t, pending, { code: readNextAppCode(otpauthUri) })).status).toBe(200)
  expect((await finishSignIn(t, pending, { code: readNextAppCode(otpauthUri) })).body.code).toBe(
    'sign_in_expired',
  )
})

test('the session of another person in the browser does not finish the sign-in', async () => {
  const { person } = await enroll(t)
  const other = await enroll(t)
  const pending = `${cookieOf(await startSignIn(t, person))}; ${other.cookie}`
  const answer = await finishSignIn(t, pending, { code: readAppCode(other.otpauthUri) })
  expect(answer.body.code).toBe('second_factor_wrong')
})

test('wrong codes are counted although the answer is an error: the fifth ends the sign-in', async () => {
  const { person, otpauthUri } = await enroll(t)
  const pending = cookieOf(await startSignIn(t, person))
  for (let wrong = 0; wrong < 5; wrong += 1) {
    expect((await finishSignIn(t, pending, { code: wrongCode(otpauthUri) })).body.code).toBe(
      'second_factor_wrong',
    )
  }
  expect((await finishSignIn(t, pending, { code: readAppCode(otpauthUri) })).body.code).toBe(
    'sign_in_expired',
  )
  const again = cookieOf(await startSignIn(t, person))
  expect((await finishSignIn(t, again, { code: readNextAppCode(otpauthUri) })).status).toBe(200)
})

test('ten wrong codes in a row lock the second step for a quarter of an hour', async () => {
  const { person, otpauthUri } = await enroll(t)
  for (let round = 0; round < 2; round += 1) {
    const pending = cookieOf(await startSignIn(t, person))
    for (let wrong = 0; wrong < 5; wrong += 1) await finishSignIn(t, pending, { code: wrongCode(otpauthUri) })
    t.clock.advance(60_000)
  }
  const pending = cookieOf(await startSignIn(t, person))
  const locked = await finishSignIn(t, pending, { code: readAppCode(otpauthUri) })
  expect(locked).toMatchObject({ status: 429, body: { code: 'second_factor_locked' } })
  expect(locked.headers['retry-after']).toBe('900')
})

test('a recovery code replaces the app once, however it is typed', async () => {
  const { person, recoveryCodes } = await enroll(t)
  expect(recoveryCodes).toHaveLength(10)
  const [recoveryCode = ''] = recoveryCodes
  const first = await finishSignIn(t, cookieOf(await startSignIn(t, person)), {
    recoveryCode: ` ${recoveryCode.replace('-', ' ')}`,
  })
  expect(first.status).toBe(200)
  const cookie = cookieOf(first)
  expect((await t.request('GET', '/v1/account', { cookie })).body.secondFactor).toEqual({
    enabled: true,
    recoveryCodesLeft: 9,
    requiredBy: [],
  })
  const again = await finishSignIn(t, cookieOf(await startSignIn(t, person)), { recoveryCode })
  expect(again.body.code).toBe('second_factor_wrong')
})

test('turning it on ends all other sessions', async () => {
  const person = await t.signUp()
  const other = cookieOf(await startSignIn(t, person))
  const begun = await post('/v1/account/second-factor', person.cookie, { password: testPassword })
  const code = readAppCode(String(begun.body.otpauthUri))
  const done = await post('/v1/account/second-factor/confirm', person.cookie, { code })
  expect((await t.request('GET', '/v1/session', { cookie: other })).status).toBe(401)
  expect((await t.request('GET', '/v1/session', { cookie: cookieOf(done) })).status).toBe(200)
})

test('beginning needs the password, and only the first code turns it on', async () => {
  const person = await t.signUp()
  const wrong = await post('/v1/account/second-factor', person.cookie, { password: 'not this one' })
  expect(wrong).toMatchObject({ status: 400, body: { errors: [{ pointer: '/password' }] } })
  const early = await post('/v1/account/second-factor/confirm', person.cookie, { code: '123456' })
  expect(early.body.code).toBe('second_factor_off')
  const begun = await post('/v1/account/second-factor', person.cookie, { password: testPassword })
  const code = wrongCode(String(begun.body.otpauthUri))
  const refused = await post('/v1/account/second-factor/confirm', person.cookie, { code })
  expect(refused.body.code).toBe('second_factor_wrong')
  expect((await startSignIn(t, person)).status).toBe(200)
})

test('it is not begun again while it is on', async () => {
  const { cookie } = await enroll(t)
  const again = await post('/v1/account/second-factor', cookie, { password: testPassword })
  expect(again.body.code).toBe('second_factor_on')
})

test('turning it off and new recovery codes need the password and a code', async () => {
  const { person, cookie, otpauthUri, recoveryCodes } = await enroll(t)
  const proof = { password: testPassword, code: readNextAppCode(otpauthUri) }
  for (const path of ['turn-off', 'recovery-codes']) {
    const refuse = (body: unknown) => post(`/v1/account/second-factor/${path}`, cookie, body)
    expect((await refuse({ ...proof, password: 'not this one' })).status).toBe(400)
    expect((await refuse({ password: testPassword })).status).toBe(400)
    const wrong = await refuse({ password: testPassword, code: wrongCode(otpauthUri) })
    expect(wrong.body.code).toBe('second_factor_wrong')
  }
  const renewed = await post('/v1/account/second-factor/recovery-codes', cookie, proof)
  expect(renewed.status).toBe(201)
  expect(renewed.body.recoveryCodes).toHaveLength(10)
  expect(renewed.body.recoveryCodes).not.toContain(recoveryCodes[0])
  const [recoveryCode] = renewed.body.recoveryCodes as string[]
  const off = await post('/v1/account/second-factor/turn-off', cookie, {
    password: testPassword,
    recoveryCode,
  })
  expect(off.status).toBe(204)
  expect((await startSignIn(t, person)).status).toBe(200)
})

test('a workspace can require it: members without one can only turn it on', async () => {
  const owner = await enroll(t)
  const member = await t.signUp()
  const workspace = owner.person.workspaceId
  const workspaceId = uuidFrom('workspace', workspace) ?? ''
  const userId = uuidFrom('user', member.userId) ?? ''
  await t.database.transaction((tx) => addMember(tx, { workspaceId, userId, role: 'admin' }, t.clock.now()))
  const change = (cookie: string, requiresSecondFactor: boolean) =>
    t.request('PATCH', '/v1/workspace', { cookie, workspace, body: { requiresSecondFactor } })
  expect((await change(member.cookie, true)).status).toBe(403)
  expect(await change(owner.cookie, true)).toMatchObject({
    status: 200,
    body: { requiresSecondFactor: true },
  })

  const look = (cookie: string) => t.request('GET', '/v1/balance', { cookie, workspace })
  expect(await look(member.cookie)).toMatchObject({ status: 403, body: { code: 'second_factor_required' } })
  expect((await look(owner.cookie)).status).toBe(200)
  const other = await t.addProcess()
  await expect
    .poll(
      async () => (await other.request('GET', '/v1/balance', { cookie: member.cookie, workspace })).status,
    )
    .toBe(403)
  // The person's own workspace and account stay open.
  const own = { cookie: member.cookie, workspace: member.workspaceId }
  expect((await t.request('GET', '/v1/balance', own)).status).toBe(200)
  expect((await t.request('GET', '/v1/account', { cookie: member.cookie })).body.secondFactor).toMatchObject({
    enabled: false,
    requiredBy: [expect.any(String)],
  })
  const begun = await post('/v1/account/second-factor', member.cookie, { password: testPassword })
  const code = readAppCode(String(begun.body.otpauthUri))
  const done = await post('/v1/account/second-factor/confirm', member.cookie, { code })
  expect((await look(cookieOf(done))).status).toBe(200)

  const off = await post('/v1/account/second-factor/turn-off', owner.cookie, {
    password: testPassword,
    code: readNextAppCode(owner.otpauthUri),
  })
  expect(off).toMatchObject({ status: 409, body: { code: 'second_factor_needed' } })
})

test('an owner without one cannot require it, because that would lock them out', async () => {
  const person = await t.signUp()
  const answer = await t.request('PATCH', '/v1/workspace', {
    cookie: person.cookie,
    body: { requiresSecondFactor: true },
  })
  expect(answer).toMatchObject({ status: 403, body: { code: 'second_factor_required' } })
})

test('what is stored is encrypted, and moves to a new secret', async () => {
  const { person, otpauthUri, recoveryCodes } = await enroll(t)
  const secret = new URL(otpauthUri).searchParams.get('secret') ?? ''
  const { rows } = await t.database.query<{ secret: string; backup_codes: string }>(
    'select secret, backup_codes from second_factors',
  )
  expect(JSON.stringify(rows)).not.toContain(secret)
  const secretPrevious = 'a secret for tests, long enough'
  const next = { secret: 'the next secret for tests, long enough', secretPrevious }
  const during = await t.addProcess({ config: next })
  const signIn = async (server: typeof during, body: unknown) =>
    (await finishSignIn(server, cookieOf(await startSignIn(server, person)), body)).status
  expect(await signIn(during, { recoveryCode: recoveryCodes[0] })).toBe(200)
  const { unreadable, count } = await resealSecondFactors(t.database, next)
  expect(unreadable).toEqual([])
  expect(count).toBeGreaterThan(0)
  const after = await t.addProcess({ config: { secret: next.secret, secretPrevious: undefined } })
  expect(await signIn(after, { code: readNextAppCode(otpauthUri) })).toBe(200)
  expect(await signIn(after, { recoveryCode: recoveryCodes[1] })).toBe(200)
})
