import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type TestApp, type TestRequest, testApp } from '../../../test/app.ts'
import { deleteExpiredIdempotencyRecords, IDEMPOTENCY_KEPT_MS } from './idempotency-store.ts'

let t: TestApp
let key: string
let count = 0
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())
beforeEach(() => {
  count += 1
  key = `key-${count}`
})

const agent = { name: 'Reception', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }
const make = (options: TestRequest = {}) =>
  t.request('POST', '/v1/agents', { key: t.workspaceKey, body: agent, idempotencyKey: key, ...options })
const agentsCount = async () => {
  const { rows } = await t.database.query<{ count: number }>('select count(*)::int as count from agents')
  return rows[0]?.count ?? 0
}

test('201: the same key and body give the first answer again, and nothing is done twice', async () => {
  const before = await agentsCount()
  const first = await make()
  const second = await make()
  expect(first.headers['idempotent-replayed']).toBeUndefined()
  expect(second.headers['idempotent-replayed']).toBe('true')
  expect([second.status, second.text, second.headers['content-type']]).toEqual([
    201,
    first.text,
    first.headers['content-type'],
  ])
  expect(await agentsCount()).toBe(before + 1)
})

test.each<[string, TestRequest & { path?: string }]>([
  ['another body', { body: { ...agent, name: 'Sales' } }],
  ['the same fields in another order', { body: Object.fromEntries(Object.entries(agent).reverse()) }],
  ['another address', { path: '/v1/agents?x=1' }],
])('409: the same key with %s', async (_what, { path = '/v1/agents', ...options }) => {
  await make()
  const answer = await t.request('POST', path, {
    key: t.workspaceKey,
    body: agent,
    idempotencyKey: key,
    ...options,
  })
  expect(answer.body).toMatchObject({ status: 409, code: 'idempotency_mismatch' })
})

test('409: an operator’s key used again for another workspace', async () => {
  const other = await t.addWorkspace()
  expect((await make({ key: t.operatorKey, workspace: t.workspaceId })).status).toBe(201)
  expect((await make({ key: t.operatorKey, workspace: other.id })).body.code).toBe('idempotency_mismatch')
})

test('keys of different workspaces have nothing to do with each other', async () => {
  const other = await t.addWorkspace()
  const mine = await make()
  const theirs = await make({ key: other.key })
  expect(theirs.status).toBe(201)
  expect(theirs.body.id).not.toBe(mine.body.id)
})

test('of many at once one is carried out, and all get its answer', async () => {
  const before = await agentsCount()
  const answers = await Promise.all(Array.from({ length: 25 }, () => make()))
  expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
  expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
  expect(await agentsCount()).toBe(before + 1)
})

test('of many at once on two processes one is carried out', async () => {
  const other = await t.addProcess()
  const before = await agentsCount()
  const options = { key: t.workspaceKey, body: agent, idempotencyKey: key }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => (index % 2 ? t : other).request('POST', '/v1/agents', options)),
  )
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  expect(await agentsCount()).toBe(before + 1)
})

test('a request that failed is not kept: it may be corrected and sent again under its key', async () => {
  const taken = { ...agent, phoneNumber: '+4930901820' }
  await make({ body: taken, idempotencyKey: `${key}-holder` })
  expect((await make({ body: taken })).status).toBe(409)
  const answer = await make({ body: agent })
  expect(answer.status).toBe(201)
  expect(answer.headers['idempotent-replayed']).toBeUndefined()
})

test('a secret in an answer is given again, and is nowhere in the database', async () => {
  const { cookie } = await t.signUp()
  const options = { cookie, body: { name: 'CI' }, idempotencyKey: key }
  const first = await t.request('POST', '/v1/keys', options)
  const second = await t.request('POST', '/v1/keys', options)
  expect(first.body.key).toMatch(/^tt_/)
  expect(second.text).toBe(first.text)
  const { rows } = await t.database.query<{ all: string }>(
    'select string_agg(i::text, chr(10)) as all from idempotency_keys i',
  )
  expect(rows[0]?.all).toContain(key)
  expect(rows[0]?.all).not.toContain(String(first.body.key).slice(3))
})

test('a sign-up that is repeated under its key signs in to the same session', async () => {
  const body = { name: 'Ada', email: 'ada@example.com', password: 'correct horse' }
  const first = await t.request('POST', '/v1/sign-up', { body, idempotencyKey: key })
  const second = await t.request('POST', '/v1/sign-up', { body, idempotencyKey: key })
  expect(second.status).toBe(201)
  expect(second.headers['set-cookie']).toEqual(first.headers['set-cookie'])
})

test('answers are kept for a day', async () => {
  await make()
  await deleteExpiredIdempotencyRecords(t.database, t.clock.now() + IDEMPOTENCY_KEPT_MS)
  expect((await make()).headers['idempotent-replayed']).toBe('true')
  await deleteExpiredIdempotencyRecords(t.database, t.clock.now() + IDEMPOTENCY_KEPT_MS + 1)
  expect((await make()).headers['idempotent-replayed']).toBeUndefined()
})
