import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Database, openDatabase } from '../src/platform/database/database.ts'
import { type Ask, type TestAnswer, type TestApp, testApp } from './app.ts'
import { openSeverableProxy, type SeverableProxy } from './severable-proxy.ts'
import { until } from './start-server.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from './voice-stack.ts'

// The network between the server and its database swallows everything: no error, no closed connection, no answer.

const ANSWERED_MS_MAX = 5_000
const READY_MS_MAX = 1_000
const RECOVERED_MS_MAX = 15_000

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
  stack = await connectVoiceStack({ ...t, request })
})
afterAll(async () => {
  await closeInOrder(t)
  await database.close()
  proxy.close()
})

/** Sends a request and measures how long its answer takes. */
async function timed<T>(ask: () => Promise<T>): Promise<{ answer: T; tookMs: number }> {
  const startedMs = performance.now()
  const answer = await ask()
  return { answer, tookMs: performance.now() - startedMs }
}

const readiness = () => timed(() => request<{ failing?: string[] }>('GET', '/readyz'))

test('503: a network that swallows everything fails what waits for it in time, and /readyz says so meanwhile', async () => {
  const id = await stack.answeredCall()
  const ended = await stack.answeredCall()
  await stack.end(ended)
  await until(async () => ((await readiness()).answer.status === 200 ? true : undefined))

  proxy.swallow()
  const firstReadiness = readiness()
  const asked: (() => Promise<TestAnswer<unknown>>)[] = [
    () => stack.start(),
    () => stack.start({ externalId: 'started in the dark' }, { idempotencyKey: 'dark' }),
    () => stack.end(id),
    () => stack.heartbeat(id),
    () => stack.ask('GET', '/v1/balance'),
    () => stack.ask('GET', '/v1/usage/summary'),
    () => stack.ask('GET', '/v1/calls', { key: `tt_${'0'.repeat(40)}` }),
    () => stack.grant({ credits: 1 }, { idempotencyKey: 'dark-grant' }),
  ]
  const waiting = asked.map((ask) => timed(ask))
  const first = await firstReadiness
  expect(first.answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
  expect(first.answer.body.failing).toEqual(expect.arrayContaining(['pool', 'writes', 'pipelines']))
  expect(first.tookMs).toBeLessThan(READY_MS_MAX)
  for (const { answer, tookMs } of await Promise.all(waiting)) {
    expect(answer).toMatchObject({ status: 503, body: { code: 'unavailable' } })
    expect(answer.headers['retry-after']).toBe('1')
    expect(tookMs).toBeLessThan(ANSWERED_MS_MAX)
  }
  // From now on the server knows. Nothing waits any more.
  const later = await timed(() => stack.start())
  expect(later.answer.status).toBe(503)
  expect(later.tookMs).toBeLessThan(READY_MS_MAX)
  const second = await readiness()
  expect(second.answer).toMatchObject({ status: 503, body: { detail: 'The database cannot be reached.' } })
  expect(second.tookMs).toBeLessThan(READY_MS_MAX)
  expect((await request('GET', '/healthz')).status).toBe(200)

  await proxy.restore()
  const recovered = await timed(() =>
    until(async () => {
      const { status } = await stack.start({ externalId: 'started in the dark' }, { idempotencyKey: 'dark' })
      return status < 300 ? true : undefined
    }),
  )
  expect(recovered.tookMs).toBeLessThan(RECOVERED_MS_MAX)
  await until(async () => ((await readiness()).answer.status === 200 ? true : undefined))
  expect((await stack.ask('GET', `/v1/calls/${ended}`)).body).toMatchObject({ status: 'ended' })
  await until(async () => ((await stack.end(id)).status === 200 ? true : undefined))
  await until(async () => {
    const { status } = await stack.grant({ credits: 1 }, { idempotencyKey: 'dark-grant' })
    return status === 201 ? true : undefined
  })
  const calls = await stack.ask('GET', '/v1/calls?limit=200')
  const repeated = calls.body.data.filter(({ externalId }) => externalId === 'started in the dark')
  expect(repeated).toHaveLength(1)
  expect((await stack.transactions()).filter(({ kind }) => kind === 'promotional')).toHaveLength(1)
})

test('a listener learns that its connection is dead, and hears of changes again after that', async () => {
  const { addWorkspace } = t
  const workspace = await addWorkspace()
  const ask = () => request('GET', '/v1/balance', { key: workspace.key })
  expect((await ask()).status).toBe(200)
  proxy.swallow()
  await until(async () => ((await readiness()).answer.status === 503 ? true : undefined))
  await proxy.restore()
  await until(async () => ((await readiness()).answer.status === 200 ? true : undefined))
  const { rows } = await t.database.query<{ id: string }>('select id from api_keys where workspace_id = $1', [
    workspace.uuid,
  ])
  const revoked = await request('DELETE', `/v1/keys/key_${rows[0]?.id.replaceAll('-', '')}`, {
    key: t.operatorKey,
    workspace: workspace.id,
  })
  expect(revoked.status).toBe(204)
  expect((await ask()).status).toBe(401)
})

test('connections that the network forgets are replaced, although others get through at once', async () => {
  const id = await stack.answeredCall()
  proxy.swallow()
  await proxy.restore()
  const asked: (() => Promise<TestAnswer<unknown>>)[] = [
    () => stack.heartbeat(id),
    () => stack.ask('GET', '/v1/balance'),
    () => stack.ask('GET', '/v1/usage/summary'),
  ]
  const answers = await Promise.all(asked.map((ask) => timed(ask)))
  for (const { answer, tookMs } of answers) {
    expect([200, 503]).toContain(answer.status)
    expect(tookMs).toBeLessThan(ANSWERED_MS_MAX)
  }
  await until(async () => ((await stack.end(id)).status === 200 ? true : undefined))
  await until(async () => ((await readiness()).answer.status === 200 ? true : undefined))
})
