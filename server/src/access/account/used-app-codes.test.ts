import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp, testPassword } from '../../../test/app.ts'
import { enroll, finishSignIn, startSignIn } from '../../../test/enrolled-people.ts'
import { readNextAppCode } from '../../../test/totp.ts'
import { uuidFrom } from '../../public-ids.ts'
import { deleteExpiredSignIns } from '../retention.ts'
import { takeAppCode } from './second-factor-store.ts'

// An authenticator app shows a code for half a minute, and servers take it for longer. Somebody who saw it must not be able
// to use it again meanwhile.

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

const usedAlready = {
  status: 401,
  body: {
    code: 'second_factor_wrong',
    detail: 'This code was used already. Wait until the app shows the next one, and enter that.',
  },
}

test('a code of the app works once, whatever it was used for', async () => {
  const { person, cookie, otpauthUri, code: enrolledWith } = await enroll(t)
  const pending = cookieOf(await startSignIn(t, person))
  // It was taken to turn the second factor on.
  expect(await finishSignIn(t, pending, { code: enrolledWith })).toMatchObject(usedAlready)
  // The sign-in still waits for the next code.
  const next = readNextAppCode(otpauthUri)
  expect((await finishSignIn(t, pending, { code: next })).status).toBe(200)
  const again = cookieOf(await startSignIn(t, person))
  expect(await finishSignIn(t, again, { code: next })).toMatchObject(usedAlready)
  for (const path of ['turn-off', 'recovery-codes']) {
    const body = { password: testPassword, code: next }
    const answer = await t.request('POST', `/v1/account/second-factor/${path}`, { cookie, body })
    expect(answer).toMatchObject(usedAlready)
  }
  expect((await t.request('GET', '/v1/account', { cookie })).body.secondFactor).toMatchObject({
    enabled: true,
    recoveryCodesLeft: 10,
  })
})

test('of several servers that get one code at once, one takes it', async () => {
  const { person, otpauthUri } = await enroll(t)
  const servers = [t, await t.addProcess(), await t.addProcess()]
  const code = readNextAppCode(otpauthUri)
  const pending = await Promise.all(
    servers.map(async (server) => cookieOf(await startSignIn(server, person))),
  )
  const answers = await Promise.all(
    servers.map((server, index) => finishSignIn(server, pending[index] ?? '', { code })),
  )
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401, 401])
})

test('a repeated request with its idempotency key gets its answer again, although its code is used', async () => {
  const { person, otpauthUri } = await enroll(t)
  const cookie = cookieOf(await startSignIn(t, person))
  const body = { code: readNextAppCode(otpauthUri) }
  const send = () =>
    t.request('POST', '/v1/sign-in/second-factor', {
      cookie,
      idempotencyKey: 'lost-answer',
      body,
    })
  expect((await send()).status).toBe(200)
  expect((await send()).status).toBe(200)
})

test('one person’s code does not use up another person’s, and used codes are deleted a day later', async () => {
  const { person, otpauthUri } = await enroll(t)
  const other = uuidFrom('user', (await t.signUp()).userId) ?? ''
  const code = readNextAppCode(otpauthUri)
  const used = { userId: other, code, atMs: t.clock.now() }
  expect(await t.database.transaction((tx) => takeAppCode(tx, used))).toBe(true)
  expect((await finishSignIn(t, cookieOf(await startSignIn(t, person)), { code })).status).toBe(200)
  const count = async () => (await t.database.query('select from used_app_codes')).rowCount
  await deleteExpiredSignIns(t.database, t.clock.now() + DAY_MS)
  expect(await count()).toBeGreaterThan(0)
  await deleteExpiredSignIns(t.database, t.clock.now() + DAY_MS + 1)
  expect(await count()).toBe(0)
})
