import { afterEach, expect, test } from 'vitest'
import { createLog } from '../log.ts'
import { type Admission, admitRequests, type Importance } from './admission.ts'
import type { HttpServer } from './http-server.ts'
import { createMetrics } from './metrics.ts'
import { createHttpServer } from './server.ts'

let server: HttpServer
afterEach(() => server.close())

/** A server with a route for each importance, whose requests stay in progress until they are released. */
async function openServer() {
  server = createHttpServer({ log: createLog('silent'), metrics: createMetrics(), dashboard: undefined })
  const admission = admitRequests(server, { senderOf: ({ headers }) => headers['x-sender'] as string })
  let release = () => {}
  const released = new Promise<void>((resolve) => {
    release = resolve
  })
  for (const importance of ['normal', 'high', 'urgent', 'vital', 'own'] as const) {
    server.post(`/${importance}`, { config: { importance }, bodyLimit: 2 ** 26 }, async () => {
      await released
      return {}
    })
  }
  await server.ready()
  return { admission, release }
}

const post = (importance: Importance, sender: string, headers: Record<string, string> = {}) =>
  server.inject({ method: 'POST', url: `/${importance}`, headers: { 'x-sender': sender, ...headers } })

/** Begins requests and waits until each is in progress or refused. Returns how many were refused. */
async function begin(admission: Admission, importance: Importance, sender: string, count: number) {
  const before = admission.inProgress + admission.refused
  const refusedBefore = admission.refused
  for (let index = 0; index < count; index += 1) void post(importance, sender)
  while (admission.inProgress + admission.refused < before + count) await new Promise(setImmediate)
  return admission.refused - refusedBefore
}

test('a sender that has its share in progress is answered 503, and another one is not', async () => {
  const { admission, release } = await openServer()
  expect(await begin(admission, 'normal', 'a', 100)).toBe(4)
  expect(await begin(admission, 'normal', 'b', 10)).toBe(0)
  const { statusCode, headers, body } = await post('normal', 'a')
  expect([statusCode, headers['retry-after'], JSON.parse(body).code]).toEqual([503, '1', 'overloaded'])
  release()
})

test('normal requests are refused first, and ends of calls last', async () => {
  const { admission, release } = await openServer()
  for (const sender of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await begin(admission, 'normal', sender, 50)
  expect(admission.inProgress).toBe(192)
  for (const sender of ['a', 'b', 'c', 'd']) await begin(admission, 'high', sender, 100)
  expect(admission.inProgress).toBe(320)
  for (const sender of ['a', 'b', 'c', 'd']) await begin(admission, 'urgent', sender, 100)
  expect(admission.inProgress).toBe(512)
  for (const sender of ['a', 'b', 'c', 'd']) await begin(admission, 'vital', sender, 100)
  expect(admission.inProgress).toBe(768)
  release()
})

test('a request that is over makes room for another one', async () => {
  const { admission, release } = await openServer()
  await begin(admission, 'normal', 'a', 100)
  release()
  while (admission.inProgress > 0) await new Promise(setImmediate)
  expect((await post('normal', 'a')).statusCode).toBe(200)
})

test('long bodies in progress are bounded by their bytes, whatever route they are for', async () => {
  const { admission, release } = await openServer()
  const long = { 'content-type': 'application/json' }
  const body = JSON.stringify('x'.repeat(16 * 1024 * 1024))
  const send = async (sender: string) =>
    server.inject({ method: 'POST', url: '/own', headers: { 'x-sender': sender, ...long }, payload: body })
  const inProgress = [send('a'), send('a')]
  const third = await send('a')
  expect([third.statusCode, admission.refused]).toEqual([503, 1])
  inProgress.push(send('b'))
  release()
  expect((await Promise.all(inProgress)).map(({ statusCode }) => statusCode)).toEqual([200, 200, 200])
})
