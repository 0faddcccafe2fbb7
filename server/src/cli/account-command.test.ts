import { afterAll, beforeAll, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp, testPassword } from '../../test/app.ts'
import { databaseUrlOf, talktime } from '../../test/command-line.ts'
import { enroll, finishSignIn, startSignIn } from '../../test/enrolled-people.ts'
import { readAppCode } from '../../test/totp.ts'

// The command runs as its own process beside servers, as it would in a terminal.

let t: TestApp
let settings: Record<string, string>
beforeAll(async () => {
  t = await testApp()
  settings = { DATABASE_URL: databaseUrlOf(t.database) }
})
afterAll(() => t.close())

const remove = (email: string) => talktime(['account', 'remove-second-factor', email], settings)

test('a lost second factor is removed: the password alone signs in, and all sessions end on every server', async () => {
  const { person, cookie, recoveryCodes } = await enroll(t)
  const pending = cookieOf(await startSignIn(t, person))
  const second = cookieOf(await startSignIn(t, person))
  const [recoveryCode] = recoveryCodes
  expect((await finishSignIn(t, second, { recoveryCode })).status).toBe(200)
  const other = await t.addProcess()
  const look = () =>
    Promise.all(
      [t, other].map(async ({ request }) => (await request('GET', '/v1/session', { cookie })).status),
    )
  expect(await look()).toEqual([200, 200])

  expect(await remove(` ${person.email.toUpperCase()}`)).toEqual({
    code: 0,
    stdout: `Removed the second factor of ${person.email} with its recovery codes, and ended 2 sessions. Signing in takes the password alone now.\n`,
    stderr: '',
  })

  await expect.poll(look).toEqual([401, 401])
  expect((await t.database.query('select from second_factors')).rowCount).toBe(0)
  // A sign-in that was waiting for a code does not go on without one.
  const stale = await finishSignIn(t, pending, { recoveryCode: recoveryCodes[1] })
  expect(stale).toMatchObject({ status: 409, body: { code: 'second_factor_off' } })
  const done = await startSignIn(t, person)
  expect(done).toMatchObject({ status: 200, body: { user: { email: person.email, secondFactor: false } } })
})

test('the audit log of each of the person’s workspaces says that the operator removed it', async () => {
  const { person } = await enroll(t)
  expect((await remove(person.email)).code).toBe(0)
  const cookie = cookieOf(await startSignIn(t, person))
  const { body } = await t.request('GET', '/v1/audit-log?action=second_factor.removed', { cookie })
  expect(body.data).toMatchObject([
    {
      actor: { kind: 'command_line', id: null, name: null, email: null },
      target: { kind: 'user', id: person.userId, name: person.email },
      before: null,
      after: null,
    },
  ])
})

test('an address without an account is named: exit code 1', async () => {
  expect(await remove('nobody@example.com')).toEqual({
    code: 1,
    stdout: '',
    stderr:
      'There is no account with the address nobody@example.com. Give the one with which the person signs in.\n',
  })
})

test('an account without a second factor is left as it is: exit code 1', async () => {
  const person = await t.signUp()
  const begun = await t.request('POST', '/v1/account/second-factor', {
    cookie: person.cookie,
    body: { password: testPassword },
  })
  expect(begun.status).toBe(201)
  expect(await remove(person.email)).toEqual({
    code: 1,
    stdout: '',
    stderr: `The second factor of ${person.email} is off. There is nothing to remove: signing in takes the password alone.\n`,
  })
  // The person can go on turning it on.
  const confirmed = await t.request('POST', '/v1/account/second-factor/confirm', {
    cookie: person.cookie,
    body: { code: readAppCode(String(begun.body.otpauthUri)) },
  })
  expect(confirmed.status).toBe(204)
})

test('what is not an email address is refused with exit code 2', async () => {
  expect(await remove('ada')).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('It must be an email address, such as ada@example.com.'),
  })
})
