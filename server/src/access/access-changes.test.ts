import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Ask, type TestApp, testApp } from '../../test/app.ts'
import { createKey } from './key-store.ts'
import { FRESH_MS } from './principal-cache.ts'

let t: TestApp
let otherRequest: Ask
let key: string
let keyId: string
const logged: string[] = []

beforeAll(async () => {
  t = await testApp()
  const stream = new Writable({
    write(line, _encoding, done) {
      logged.push(String(line))
      done()
    },
  })
  otherRequest = (await t.addProcess({ log: pino({}, stream) })).request
})
afterAll(() => t.close())
beforeEach(async () => {
  const created = await createKey(t.database, { name: 'CI', workspaceId: t.workspaceUuid }, t.clock.now())
  key = created.key
  keyId = created.row.id
})

const use = async (request: Ask = t.request) => (await request('GET', '/v1/workspace', { key })).status
const revokeElsewhere = () => t.database.query('update api_keys set revoked_at_ms = 1 where id = $1', [keyId])
const listeners = async () => {
  const { rows } = await t.database.query<{ count: number }>(
    `select count(*)::int as count from pg_stat_activity
     where query = 'listen talktime_access' and datname = current_database()`,
  )
  return rows[0]?.count
}

test('if the message about a revoked key is lost, the key works for five more seconds at most', async () => {
  expect(await use()).toBe(200)
  await revokeElsewhere()
  t.clock.advance(FRESH_MS - 1)
  expect(await use()).toBe(200)
  t.clock.advance(1)
  expect(await use()).toBe(401)
})

test('a process that cannot listen for changes asks the database each time until it listens again', async () => {
  expect(await use(otherRequest)).toBe(200)
  await t.database.query(
    `select pg_terminate_backend(pid) from pg_stat_activity
     where query = 'listen talktime_access' and datname = current_database()`,
  )
  await expect.poll(() => logged.join('')).toContain('Lost the connection')
  expect(await use(otherRequest)).toBe(200)
  await revokeElsewhere()
  expect(await use(otherRequest)).toBe(401)
  await expect.poll(listeners, { timeout: 10_000 }).toBe(2)
})
