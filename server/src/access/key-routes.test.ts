import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'

let t: TestApp
let ada: TestPerson
beforeAll(async () => {
  t = await testApp()
  ada = await t.signUp()
})
afterAll(() => t.close())

const makeKey = async (name = 'CI', fields: object = {}) => {
  const answer = await t.request('POST', '/v1/keys', { cookie: ada.cookie, body: { name, ...fields } })
  return { id: answer.body.id, key: String(answer.body.key), answer }
}
const revoke = (id: string, options = { cookie: ada.cookie }) =>
  t.request('DELETE', `/v1/keys/${id}`, options)

test('201: a new key is shown once and works at once', async () => {
  const { id, key, answer } = await makeKey('Twilio bridge')
  expect(answer.status).toBe(201)
  expect(answer.body).toEqual({
    id: expect.stringMatching(/^key_[0-9a-f]{32}$/),
    name: 'Twilio bridge',
    lastFour: key.slice(-4),
    scopes: ['read', 'calls:start', 'campaigns', 'money', 'admin', 'llm'],
    voiceStack: false,
    createdAt: '2026-11-22T10:00:00.000Z',
    expiresAt: null,
    lastUsedAt: null,
    createdBy: ada.userId,
    createdThrough: 'dashboard',
    key: expect.stringMatching(/^tt_[0-9a-f]{40}$/),
  })
  const workspace = await t.request('GET', '/v1/workspace', { key })
  expect(workspace.body).toMatchObject({ id: ada.workspaceId, role: 'key' })
  const list = await t.request('GET', '/v1/keys', { cookie: ada.cookie })
  expect(list.body.data).toMatchObject([{ id, name: 'Twilio bridge', lastFour: key.slice(-4) }])
  expect(list.text).not.toContain(key)
})

test('the database stores no usable key', async () => {
  const { key } = await makeKey()
  const { rows } = await t.database.query<{ all: string }>(
    'select string_agg(k::text, chr(10)) as all from api_keys k',
  )
  expect(rows[0]?.all).not.toContain(key.slice(3))
  expect(rows[0]?.all).toContain(key.slice(-4))
})

test('keys are listed newest first, in pages, without revoked keys', async () => {
  const other = await t.signUp()
  const make = (name: string) => t.request('POST', '/v1/keys', { cookie: other.cookie, body: { name } })
  for (const name of ['one', 'two', 'three', 'four']) {
    await make(name)
    t.clock.advance(1)
  }
  const all = await t.request('GET', '/v1/keys', { cookie: other.cookie })
  await t.request('DELETE', `/v1/keys/${all.body.data[1]?.id}`, { cookie: other.cookie })
  const first = await t.request('GET', '/v1/keys?limit=2', { cookie: other.cookie })
  expect(first.body.data.map(({ name }) => name)).toEqual(['four', 'two'])
  const second = await t.request('GET', `/v1/keys?limit=2&cursor=${first.body.nextCursor}`, {
    cookie: other.cookie,
  })
  expect(second.body).toMatchObject({ data: [{ name: 'one' }], nextCursor: null })
})

test('204: a revoked key stops working at once on every process, even while it is cached', async () => {
  const { id, key } = await makeKey()
  const other = await t.addProcess()
  const use = (process: { request: typeof t.request }) => process.request('GET', '/v1/workspace', { key })
  expect([(await use(t)).status, (await use(other)).status]).toEqual([200, 200])
  expect((await revoke(id)).status).toBe(204)
  expect((await use(t)).body).toMatchObject({ status: 401, code: 'unauthenticated' })
  // The clock stands still, so the cache entry does not expire: the message between processes removes it.
  await expect.poll(async () => (await use(other)).status).toBe(401)
})

test('404: a key that is unknown, revoked or of another workspace cannot be revoked', async () => {
  const { id } = await makeKey()
  const stranger = await t.signUp()
  expect((await revoke(id, { cookie: stranger.cookie })).body.code).toBe('key_not_found')
  expect((await revoke(id)).status).toBe(204)
  expect((await revoke(id)).body.code).toBe('key_not_found')
  expect((await revoke('key_1')).body.code).toBe('key_not_found')
})

test('403: a key without the scope admin can neither create nor revoke keys', async () => {
  const { id, key } = await makeKey('Reader', { scopes: ['read', 'money'] })
  const make = await t.request('POST', '/v1/keys', { key, body: { name: 'another' } })
  expect(make.body).toMatchObject({ status: 403, code: 'forbidden' })
  expect(make.body.detail).toContain('"admin"')
  expect((await t.request('DELETE', `/v1/keys/${id}`, { key })).status).toBe(403)
})

test.each([
  ['no Authorization header', undefined],
  ['another scheme', 'Basic dXNlcjpwYXNz'],
  ['a key of the wrong form', 'Bearer tt_short'],
  ['a key that does not exist', `Bearer tt_${'0'.repeat(40)}`],
  ['an operator key that does not exist', `Bearer tt_op_${'0'.repeat(40)}`],
  ['nothing after Bearer', 'Bearer '],
])('401: %s', async (_what, authorization) => {
  const headers = authorization === undefined ? {} : { authorization }
  const answer = await t.request('GET', '/v1/workspace', { headers })
  expect(answer.body).toMatchObject({ status: 401, code: 'unauthenticated' })
  expect(answer.headers['www-authenticate']).toBe('Bearer')
})

test('a key’s last use is recorded once a minute', async () => {
  const { id, key } = await makeKey()
  const lastUsed = async () => {
    const list = await t.request('GET', '/v1/keys', { cookie: ada.cookie })
    return list.body.data.find((one) => one.id === id)?.lastUsedAt
  }
  const use = () => t.request('GET', '/v1/workspace', { key })
  t.clock.set(Date.parse('2026-11-22T12:00:00.000Z'))
  await use()
  await expect.poll(lastUsed).toBe('2026-11-22T12:00:00.000Z')
  t.clock.advance(59_000)
  await use()
  t.clock.advance(1_000)
  await use()
  await expect.poll(lastUsed).toBe('2026-11-22T12:01:00.000Z')
})
