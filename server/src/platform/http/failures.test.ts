import { connect } from 'node:net'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { until } from '../../../test/start-server.ts'
import { invariant, Problem, problemTypes } from '../problem.ts'
import type { HttpServer } from './http-server.ts'
import { createMetrics } from './metrics.ts'
import { createHttpServer } from './server.ts'

const problems = problemTypes({
  seat_taken: {
    status: 409,
    title: 'The seat is taken',
    retryable: false,
    cause: 'Someone sits there.',
    remedy: 'Stand.',
  },
})
const secret = 'the password in the middle of it'
let server: HttpServer
let logged: Record<string, unknown>[]
/** Resolves when a request with a body has begun. */
let received: Promise<void>

beforeAll(async () => {
  const stream = new Writable({
    write(line, _encoding, done) {
      logged.push(JSON.parse(String(line)) as Record<string, unknown>)
      done()
    },
  })
  server = createHttpServer({
    log: pino({}, stream),
    metrics: createMetrics(),
    dashboard: undefined,
  })
  server.get('/bug', async () => {
    throw new TypeError(secret)
  })
  server.get('/invariant', async () => {
    invariant(false, secret)
    return {}
  })
  server.get('/schema', { schema: { response: { 200: z.object({ id: z.string() }) } } }, async () => {
    return { id: 7 } as unknown as { id: string }
  })
  server.get('/database', async () => {
    throw Object.assign(new Error(secret), { code: '57P01' })
  })
  server.get('/problem', async () => {
    throw new Problem(problems.seat_taken, 'It is taken.', { internal: { by: 'row 7' } })
  })
  received = new Promise((resolve) => {
    server.post('/body', { onRequest: async () => resolve() }, async () => ({}))
  })
  await server.ready()
})
afterAll(() => server.close())

async function get(url: string) {
  logged = []
  const answer = await server.inject({ method: 'GET', url })
  return { status: answer.statusCode, body: answer.json<Record<string, unknown>>(), headers: answer.headers }
}

test.each([['/bug'], ['/invariant'], ['/schema']])(
  '500: a failure at %s is logged, and its details are not sent',
  async (url) => {
    const answer = await get(url)
    expect(answer.status).toBe(500)
    expect(answer.body).toMatchObject({ code: 'internal', title: 'Something went wrong on our side' })
    expect(JSON.stringify(answer.body)).not.toMatch(/password|stack|schema|expected/i)
    expect(logged).toEqual([
      expect.objectContaining({ level: 50, requestId: answer.body.requestId, route: url }),
    ])
  },
)

test('500: a broken invariant is marked in the log', async () => {
  await get('/invariant')
  expect(logged[0]).toMatchObject({ invariantBroken: true, err: { message: secret } })
})

test('503: an unreachable database is reported as such, with the time after which to retry', async () => {
  const answer = await get('/database')
  expect(answer.status).toBe(503)
  expect(answer.body.code).toBe('unavailable')
  expect(answer.headers['retry-after']).toBe('1')
})

test('the type of a problem begins with the public URL if there is one', async () => {
  const behindProxy = createHttpServer({
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    dashboard: undefined,
    publicUrl: 'https://talktime.example.com',
  })
  const answer = await behindProxy.inject({ method: 'GET', url: '/v1/nothing' })
  expect(answer.json()).toMatchObject({ type: 'https://talktime.example.com/docs/errors#not_found' })
  await behindProxy.close()
})

test.each([
  ['https://talktime.example.com', 'max-age=31536000'],
  ['http://talktime.example.com', undefined],
])('with the public URL %s, browsers are bound to TLS: %s', async (publicUrl, header) => {
  const behindProxy = createHttpServer({
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    dashboard: undefined,
    publicUrl,
  })
  const { headers } = await behindProxy.inject({ method: 'GET', url: '/v1/nothing' })
  expect(headers['strict-transport-security']).toBe(header)
  await behindProxy.close()
})

test('the internal part of a problem goes to the log only', async () => {
  const answer = await get('/problem')
  expect(answer.body).toMatchObject({ status: 409, detail: 'It is taken.' })
  expect(JSON.stringify(answer.body)).not.toContain('row 7')
  expect(logged).toEqual([expect.objectContaining({ level: 40, internal: { by: 'row 7' } })])
})

test('a caller that goes away in the middle of a request is no error in the log', async () => {
  const address = await server.listen({ port: 0, host: '127.0.0.1' })
  logged = []
  const { port, hostname } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(
    'POST /body HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":',
  )
  await received
  socket.destroy()
  await until(() => logged[0])
  expect(logged).toEqual([expect.objectContaining({ level: 30, route: '/body' })])
})
