import { connect, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { cookieOf, type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { openEvents, send } from '../../test/event-stream.ts'
import { until } from '../../test/start-server.ts'
import { closeInOrder, connectVoiceStack, type VoiceStack } from '../../test/voice-stack.ts'
import { guardRoutes } from '../access/index.ts'
import { createMetrics } from '../platform/http/metrics.ts'
import { createHttpServer } from '../platform/http/server.ts'
import { createLog } from '../platform/log.ts'
import { createLiveRoutes } from './routes.ts'
import { createStreams } from './streams.ts'

let t: TestApp
let stack: VoiceStack
let live: Awaited<ReturnType<typeof serveLive>>

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
  live = await serveLive()
})
afterEach(() => live.close())
afterAll(() => closeInOrder(t))

/** Starts a server of the live routes alone. It pings often, and polls only when the test does. */
async function serveLive() {
  const errors: unknown[] = []
  const { access } = t.app
  const streams = createStreams({ ...t, onError: (error) => errors.push(error) })
  const server = createHttpServer({
    log: createLog('silent'),
    metrics: createMetrics(),
    dashboard: undefined,
  })
  await guardRoutes(server, access, { publicUrl: undefined })
  const { routes, close } = createLiveRoutes({ database: t.database, streams, pingMs: 20 })
  await server.register(routes(access))
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  return {
    address,
    streams,
    errors,
    endStreams: close,
    async close() {
      close()
      await server.close()
    },
    listen: (headers: Record<string, string> = { authorization: `Bearer ${stack.key}` }) =>
      openEvents(`${address}/v1/events`, headers),
    connections: () =>
      new Promise<number>((resolve, reject) =>
        server.server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
      ),
  }
}

test('a stream is pinged between events', async () => {
  const stream = await live.listen()
  await until(() => stream.text().match(/(event: ping\ndata: {}\n\n){3}/) ?? undefined)
})

test('a stream ends soon after its key is revoked', async () => {
  const signedUp = await t.request('POST', '/v1/sign-up', {
    headers: { 'sec-fetch-site': 'same-origin' },
    body: { name: 'Ada', email: 'ada@example.com', password: 'correct horse battery' },
  })
  const cookie = cookieOf(signedUp)
  const created = await t.request('POST', '/v1/keys', { cookie, body: { name: 'Wallboard' } })
  const stream = await live.listen({ authorization: `Bearer ${created.body.key}` })
  await stream.next()
  expect((await t.request('DELETE', `/v1/keys/${created.body.id}`, { cookie })).status).toBe(204)
  await stream.over
  await until(() => (live.streams.size === 0 ? true : undefined))
})

test('a stream ends soon after its member has signed out', async () => {
  const signedUp = await t.request('POST', '/v1/sign-up', {
    headers: { 'sec-fetch-site': 'same-origin' },
    body: { name: 'Eve', email: 'eve@example.com', password: 'correct horse battery' },
  })
  const cookie = cookieOf(signedUp)
  const stream = await live.listen({ cookie, 'sec-fetch-site': 'same-origin' })
  await stream.next()
  expect((await t.request('POST', '/v1/sign-out', { cookie })).status).toBe(204)
  await stream.over
})

test('what could not be read is sent when it can be read again', async () => {
  const stream = await live.listen()
  await stream.next()
  const id = await stack.startedCall()
  await t.database.query('alter table calls rename to calls_away')
  await live.streams.poll()
  await until(() => (live.errors.length > 0 ? true : undefined))
  await t.database.query('alter table calls_away rename to calls')
  await live.streams.poll()
  expect(await stream.next()).toMatchObject({ event: 'call', data: { id } })
})

test('503: closing the server ends its streams and refuses new ones', async () => {
  const streams = [await live.listen(), await live.listen()]
  live.endStreams()
  await Promise.all(streams.map(({ over }) => over))
  const { answer, request } = await send(`${live.address}/v1/events`, {
    authorization: `Bearer ${stack.key}`,
  })
  request.destroy()
  expect(answer.statusCode).toBe(503)
  await live.close()
})

test('closing the app does not wait for listeners', async () => {
  const { app } = await t.addProcess()
  const stream = await openEvents(`${await app.listen()}/v1/events`, { authorization: `Bearer ${stack.key}` })
  await stream.next()
  await Promise.all([app.close(), stream.over])
})

test('listeners that leave are removed, even if they leave before they are answered', async () => {
  const staying = await live.listen()
  await staying.next()
  const head = `GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stack.key}\r\n\r\n`
  for (let n = 0; n < 50; n++) {
    const socket = connect(Number(new URL(live.address).port), '127.0.0.1')
    socket.on('error', () => {})
    await new Promise((resolve) => socket.on('connect', resolve))
    socket.write(head)
    // Every other listener waits for its answer.
    if (n % 2) await new Promise((resolve) => socket.once('data', resolve))
    socket.destroy()
  }
  await until(async () => ((await live.connections()) === 1 ? true : undefined))
  await until(() => (live.streams.size === 1 ? true : undefined))
  staying.close()
  await until(() => (live.streams.size === 0 ? true : undefined))
})

test('a listener that does not read is disconnected, so that nothing piles up for it', async () => {
  stack = await connectVoiceStack(t, { planId: 'enterprise' })
  const reading = await live.listen()
  const stuck = await openUnreadStream()
  await until(() => (live.streams.size === 2 ? true : undefined))
  const long = '☎'.repeat(255)
  for (let round = 0; live.streams.size === 2; round++) {
    expect(round).toBeLessThan(15)
    const names = Array.from({ length: 300 }, (_, n) => `${round}-${n}`)
    const { agentId } = stack
    const start = { type: 'start', agentId, direction: 'web', from: long, to: long }
    await stack.batch(names.map((externalId) => ({ ...start, externalId })))
    await live.streams.poll()
    await reading.next(({ data }) => data.externalId === names.at(-1))
    await stack.batch(names.map((externalId) => ({ type: 'end', externalId })))
    await live.streams.poll()
    await reading.next(({ data }) => data.externalId === names.at(-1) && data.status === 'unanswered')
  }
  await until(async () => ((await live.connections()) === 1 ? true : undefined))
  stuck.destroy()
  reading.close()
})

/** Opens a connection that requests events and then reads nothing. */
async function openUnreadStream(): Promise<Socket> {
  const socket = connect(Number(new URL(live.address).port), '127.0.0.1')
  socket.on('error', () => {})
  await new Promise((resolve) => socket.on('connect', resolve))
  socket.pause()
  socket.write(`GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${stack.key}\r\n\r\n`)
  return socket
}
