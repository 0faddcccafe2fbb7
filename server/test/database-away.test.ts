import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { type Ask, type TestApp, testApp } from './app.ts'
import { openSeverableProxy, type SeverableProxy } from './severable-proxy.ts'
import { until } from './start-server.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from './voice-stack.ts'

// The server reaches its database through a proxy that the tests sever.

let t: TestApp
let proxy: SeverableProxy
let database: Database
let request: Ask
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
  proxy = await openSeverableProxy(Number(t.database.connection.port))
  database = openDatabase({ ...t.database.connection, port: proxy.port })
  ;({ request } = await t.addProcess({ database }))
})
beforeEach(async () => {
  stack = await connectVoiceStack({ ...t, request })
})
afterAll(async () => {
  await closeInOrder(t)
  await database.close()
  proxy.sever()
})

const isReady = async () => ((await request('GET', '/readyz')).status === 200 ? true : undefined)

test('503: /readyz and every request report that the database is unavailable, /healthz stays up, and all recover', async () => {
  const id = await stack.startedCall()
  expect(await isReady()).toBe(true)
  proxy.sever()
  const ready = await request('GET', '/readyz')
  expect(ready.body).toMatchObject({
    status: 503,
    code: 'unavailable',
    detail: 'The database cannot be reached.',
  })
  expect(ready.headers['retry-after']).toBe('1')
  expect((await request('GET', '/healthz')).status).toBe(200)
  const responses = [
    await stack.start(),
    await stack.end(id),
    await stack.heartbeat(id),
    await stack.ask('GET', '/v1/balance'),
    await stack.ask('GET', `/v1/calls/${id}`),
    await stack.ask('GET', '/v1/events'),
    await stack.ask('GET', '/v1/calls', { key: `tt_${'0'.repeat(40)}` }),
    await stack.grant({ credits: 1 }),
    await stack.ask('GET', '/v1/plans'),
  ]
  for (const answer of responses) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  }
  await proxy.restore()
  await until(isReady)
  expect((await stack.answer(id)).body).toMatchObject({ status: 'in_conversation' })
  expect((await stack.end(id)).body).toMatchObject({ status: 'ended' })
})

test('requests in flight when the database goes away succeed or return 503, and a repeat carries them out once', async () => {
  const names = Array.from({ length: 150 }, (_, n) => `call-${n}`)
  const { agentId } = stack
  const startAll = () => names.map((externalId) => stack.start({ agentId, externalId }))
  const inFlight = startAll()
  await Promise.race(inFlight)
  proxy.sever()
  const answers = await Promise.all(inFlight)
  const statuses = new Set(answers.map(({ status }) => status))
  expect([...statuses].filter((status) => status !== 201 && status !== 503)).toEqual([])
  await proxy.restore()
  await until(isReady)
  // A server that was just cut off looks up every key again, a bounded number at once, so some repeats are turned away.
  const again = await Promise.all(
    names.map((externalId) =>
      until(async () => {
        const answer = await stack.start({ agentId, externalId })
        return answer.status === 503 ? undefined : answer
      }),
    ),
  )
  for (const [index, { status, body }] of answers.entries()) {
    if (status === 201) expect(again[index]).toMatchObject({ status: 200, body: { id: body.id } })
  }
  expect((await stack.ask('GET', '/v1/calls?limit=200')).body.data).toHaveLength(names.length)
})
