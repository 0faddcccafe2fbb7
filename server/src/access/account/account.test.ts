import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { cookieOf, type TestApp, type TestPerson, testApp, testPassword } from '../../../test/app.ts'
import { uuidFrom } from '../../public-ids.ts'
import { addMember } from '../index.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

const nextPassword = 'pebble lantern tundra'

const signIn = ({ email }: TestPerson, password = testPassword, headers = {}) =>
  t.request('POST', '/v1/sign-in', { body: { email, password }, headers })

const isSignedIn = async (cookie: string) =>
  (await t.request('GET', '/v1/workspace', { cookie })).status === 200

describe('the password', () => {
  const change = (cookie: string, currentPassword: string, password: string) =>
    t.request('POST', '/v1/account/password', { cookie, body: { currentPassword, password } })

  test('is changed with the current one, and all other sessions end', async () => {
    const person = await t.signUp()
    const other = cookieOf(await signIn(person))
    expect(await isSignedIn(other)).toBe(true)
    const changed = await change(person.cookie, testPassword, nextPassword)
    expect(changed.status).toBe(204)
    expect([await isSignedIn(other), await isSignedIn(cookieOf(changed))]).toEqual([false, true])
    expect((await signIn(person)).status).toBe(401)
    expect((await signIn(person, nextPassword)).status).toBe(200)
  })

  test('stays as it is if the current one is wrong', async () => {
    const person = await t.signUp()
    const answer = await change(person.cookie, 'not this one', nextPassword)
    expect(answer).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/currentPassword', detail: 'This is not your current password.' }] },
    })
    expect((await signIn(person)).status).toBe(200)
  })

  test('must not be easy to guess', async () => {
    const person = await t.signUp()
    const answer = await change(person.cookie, testPassword, person.email)
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/password' }] } })
  })

  test('cannot be guessed with a session that was left open', async () => {
    const person = await t.signUp()
    const answers = []
    for (let tries = 0; tries < 12; tries += 1) {
      answers.push((await change(person.cookie, `guess number ${tries}`, nextPassword)).status)
    }
    expect(answers.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 400))
    expect(answers.slice(10)).toEqual([429, 429])
  })
})

describe('sessions', () => {
  const list = async (cookie: string) =>
    (await t.request('GET', '/v1/account/sessions', { cookie })).body.data as unknown as readonly {
      id: string
      current: boolean
      userAgent: string
      address: string
      signedInAt: string
      lastSeenAt: string
    }[]

  test('are listed with device, address and when they were last seen', async () => {
    const person = await t.signUp()
    await signIn(person, testPassword, { 'user-agent': 'Firefox', 'x-forwarded-for': '203.0.113.9' })
    await isSignedIn(person.cookie)
    const sessions = await list(person.cookie)
    expect(sessions).toHaveLength(2)
    expect(sessions.filter(({ current }) => current)).toHaveLength(1)
    expect(sessions.find(({ current }) => !current)).toMatchObject({
      userAgent: 'Firefox',
      address: '203.0.113.9',
      id: expect.stringMatching(/^ses_[0-9a-f]{32}$/),
    })
    await expect
      .poll(async () => (await list(person.cookie)).find(({ current }) => current)?.lastSeenAt)
      .toBe(new Date(t.clock.now()).toISOString())
  })

  test('one is ended, on every process', async () => {
    const person = await t.signUp()
    const other = cookieOf(await signIn(person))
    const process = await t.addProcess()
    expect((await process.request('GET', '/v1/workspace', { cookie: other })).status).toBe(200)
    const id = (await list(person.cookie)).find(({ current }) => !current)?.id
    const answer = await t.request('DELETE', `/v1/account/sessions/${id}`, { cookie: person.cookie })
    expect(answer.status).toBe(204)
    expect([await isSignedIn(other), await isSignedIn(person.cookie)]).toEqual([false, true])
    await expect
      .poll(async () => (await process.request('GET', '/v1/workspace', { cookie: other })).status)
      .toBe(401)
  })

  test('those of others are not found', async () => {
    const [person, stranger] = [await t.signUp(), await t.signUp()]
    const id = (await list(person.cookie))[0]?.id
    for (const wrong of [id, 'ses_nonsense', 'usr_1']) {
      const answer = await t.request('DELETE', `/v1/account/sessions/${wrong}`, { cookie: stranger.cookie })
      expect(answer.body.code).toBe('session_not_found')
    }
    expect(await isSignedIn(person.cookie)).toBe(true)
  })

  test('signing out everywhere ends them all, this one included', async () => {
    const person = await t.signUp()
    const other = cookieOf(await signIn(person))
    const answer = await t.request('POST', '/v1/account/sign-out-everywhere', { cookie: person.cookie })
    expect(answer.status).toBe(204)
    expect(String(answer.headers['set-cookie'])).toContain('Max-Age=0')
    expect([await isSignedIn(other), await isSignedIn(person.cookie)]).toEqual([false, false])
  })
})

describe('deleting the account', () => {
  const remove = (cookie: string, password = testPassword) =>
    t.request('POST', '/v1/account/delete', { cookie, body: { password } })

  test('is refused to the only owner of a workspace, whose name is said', async () => {
    const person = await t.signUp({ name: 'Grace' })
    const answer = await remove(person.cookie)
    expect(answer).toMatchObject({ status: 409, body: { code: 'sole_owner' } })
    expect(answer.body.detail).toContain('You are the only owner of Grace’s workspace.')
    expect(await isSignedIn(person.cookie)).toBe(true)
  })

  test('removes the person, their memberships, keys and invitations; the workspace stays', async () => {
    const person = await t.signUp()
    const heir = await t.signUp()
    const workspaceId = uuidFrom('workspace', person.workspaceId) ?? ''
    const userId = uuidFrom('user', heir.userId) ?? ''
    await t.database.transaction((tx) => addMember(tx, { workspaceId, userId, role: 'owner' }, t.clock.now()))
    const key = await t.request('POST', '/v1/keys', { cookie: person.cookie, body: { name: 'Mine' } })
    expect((await remove(person.cookie, 'not this one')).status).toBe(400)
    expect((await remove(person.cookie)).status).toBe(204)
    expect((await signIn(person)).status).toBe(401)
    expect(await isSignedIn(person.cookie)).toBe(false)
    expect((await t.request('GET', '/v1/workspace', { key: String(key.body.key) })).status).toBe(401)
    const members = await t.request('GET', '/v1/members', {
      cookie: heir.cookie,
      workspace: person.workspaceId,
    })
    expect(members.body.data).toMatchObject([{ userId: heir.userId }])
    const again = await t.request('POST', '/v1/sign-up', {
      body: { name: 'Ada', email: person.email, password: testPassword },
    })
    expect(again.status).toBe(201)
  })

  test('two owners who delete their accounts at once leave one owner', async () => {
    const [first, second] = [await t.signUp(), await t.signUp()]
    const workspaceId = uuidFrom('workspace', first.workspaceId) ?? ''
    const own = uuidFrom('workspace', second.workspaceId) ?? ''
    const userId = uuidFrom('user', second.userId) ?? ''
    await t.database.transaction((tx) => addMember(tx, { workspaceId, userId, role: 'owner' }, t.clock.now()))
    await t.database.query('delete from members where workspace_id = $1', [own])
    const answers = await Promise.all([remove(first.cookie), remove(second.cookie)])
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409])
  })
})

test.each(['GET /v1/account', 'GET /v1/account/sessions', 'POST /v1/account/sign-out-everywhere'])(
  '403: a key has no account (%s)',
  async (route) => {
    const [method = '', path = ''] = route.split(' ')
    const answer = await t.request(method as 'GET', path, { key: t.workspaceKey })
    expect(answer.body.code).toBe('forbidden')
  },
)
