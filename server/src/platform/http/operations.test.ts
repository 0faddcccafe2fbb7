import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { createKey } from '../../access/index.ts'
import { problemRegistry } from '../../problem-registry.ts'
import { openDatabase } from '../database/database.ts'
import { MIGRATIONS_FOLDER } from '../database/migrate.ts'
import { createMigrationCheck } from '../readiness.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => t.close())

test('200: /healthz and /readyz need no key', async () => {
  for (const path of ['/healthz', '/readyz']) {
    const answer = await t.request('GET', path)
    expect([path, answer.status, answer.body]).toEqual([path, 200, { status: 'ok' }])
  }
})

test('503: /readyz names a migration that was not applied to the database', async () => {
  await t.database.query("delete from schema_migrations where name = '0005-access.sql'")
  const answer = await t.request('GET', '/readyz')
  expect(answer.body).toMatchObject({
    code: 'unavailable',
    detail: 'The database still lacks 0005-access.sql.',
  })
  await t.database.query("insert into schema_migrations values ('0005-access.sql', 'x', 0)")
  expect((await t.request('GET', '/readyz')).status).toBe(200)
})

test('a database that does not answer is not ready', async () => {
  const nowhere = openDatabase({ host: '127.0.0.1', port: 1, user: 'x', database: 'x' })
  await expect((await createMigrationCheck(nowhere, MIGRATIONS_FOLDER))()).rejects.toThrow()
  await nowhere.close()
})

test('/metrics counts requests by route and status, without identifiers', async () => {
  await t.request('GET', '/v1/agents/agt_0199c3a87e4d7aa1b1f3a06a5a0f7b1c', { key: t.workspaceKey })
  const { text, headers } = await t.request('GET', '/metrics')
  expect(headers['content-type']).toContain('text/plain')
  expect(text).toContain('process_resident_memory_bytes')
  expect(text).toContain(
    'talktime_http_request_duration_seconds_count{method="GET",route="/v1/agents/:id",status="404"} 1',
  )
  expect(text).not.toContain('agt_')
})

describe('/metrics', () => {
  const read = (headers: Record<string, string>, remoteAddress = '127.0.0.1') =>
    t.app.server.inject({ method: 'GET', url: '/metrics', headers, remoteAddress })

  test.each([
    ['another machine', {}, '203.0.113.9'],
    ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }, '127.0.0.1'],
    ['a page of another site', { host: 'attacker.example' }, '127.0.0.1'],
  ])('401: %s needs a key', async (_from, headers, remoteAddress) => {
    const answer = await read({ host: 'localhost', ...headers }, remoteAddress)
    expect([answer.statusCode, answer.json().code]).toEqual([401, 'unauthenticated'])
  })

  test('200: a key of the operator reads them from anywhere, and one of a workspace does not', async () => {
    const statusOf = async (key: string) =>
      (await read({ authorization: `Bearer ${key}` }, '203.0.113.9')).statusCode
    expect([await statusOf(t.operatorKey), await statusOf(t.workspaceKey)]).toEqual([200, 403])
    const narrow = { name: 'Billing', workspaceId: null, scopes: ['money'] as const }
    expect(await statusOf((await createKey(t.database, narrow, t.clock.now())).key)).toBe(403)
  })

  test('200: a server that people reach at a public address asks for the key on its own machine, too', async () => {
    const { request } = await t.addProcess({ config: { publicUrl: 'https://talktime.example.com' } })
    expect((await request('GET', '/metrics')).status).toBe(401)
    expect((await request('GET', '/metrics', { key: t.operatorKey })).status).toBe(200)
  })

  test('they are written once for all who ask within a second', async () => {
    const texts = await Promise.all(Array.from({ length: 20 }, async () => (await read({})).body))
    expect(new Set(texts).size).toBe(1)
  })

  test('on a port of their own they need no key, and the server’s port has none', async () => {
    const { app } = await t.addProcess({ config: { metricsPort: 0 } })
    expect((await app.server.inject({ method: 'GET', url: '/metrics' })).statusCode).toBe(404)
  })
})

type Document = {
  openapi: string
  paths: Record<string, Record<string, Operation>>
  components: { schemas: Record<string, { properties?: Record<string, unknown> }> }
}
type Operation = {
  summary?: string
  tags?: string[]
  security?: unknown[]
  parameters?: { $ref?: string }[]
  responses: Record<string, unknown>
}

test('/openapi.json is OpenAPI 3.1 and describes every route', async () => {
  const { body: document } = await t.request<Document>('GET', '/openapi.json')
  expect(document.openapi).toBe('3.1.0')
  const described = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )
  const routes = t.app.server
    .printRoutes({ commonPrefix: false, includeHooks: false })
    .split('\n')
    .filter((line) => line.includes('/v1/'))
  expect(described).toEqual(
    expect.arrayContaining(['POST /v1/sign-up', 'GET /v1/workspace', 'PATCH /v1/agents/{id}']),
  )
  expect(described.filter((one) => one.includes(' /v1/')).length).toBeGreaterThanOrEqual(routes.length)
})

test('every described operation has a summary and a problem as its default response', async () => {
  const { body: document } = await t.request<Document>('GET', '/openapi.json')
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      expect([path, method, operation.summary]).toEqual([path, method, expect.stringMatching(/^\S.+/)])
      expect([path, operation.tags?.length]).toEqual([path, 1])
      // The gateway for language models speaks as OpenAI's API does, also where something is wrong.
      const isGateway = path.startsWith('/llm/')
      const wrong = isGateway ? 'OpenAiError' : 'Problem'
      expect([path, operation.responses.default]).toEqual([path, { $ref: `#/components/responses/${wrong}` }])
      if (method !== 'post' || isGateway) continue
      expect(operation.parameters).toContainEqual({ $ref: '#/components/parameters/IdempotencyKey' })
    }
  }
})

test('all references in the document can be resolved, and every problem code is listed', async () => {
  const { text } = await t.request('GET', '/openapi.json')
  const document = JSON.parse(text) as Record<string, unknown>
  for (const [, pointer = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const target = pointer
      .split('/')
      .reduce<unknown>((at, part) => (at as Record<string, unknown>)?.[part], document)
    expect([pointer, target]).toEqual([pointer, expect.any(Object)])
  }
  for (const code of Object.keys(problemRegistry)) expect(text).toContain(`"${code}"`)
})

test('/docs loads nothing from another server', async () => {
  expect((await t.request('GET', '/docs')).headers.location).toBe('/docs/')
  const page = await t.request('GET', '/docs/')
  expect(page.status).toBe(200)
  expect(page.text).not.toMatch(/https?:\/\//)
  const script = /<script src="([^"]+)"/.exec(page.text)?.[1] ?? ''
  const answer = await t.request('GET', new URL(script, 'http://x/docs/').pathname)
  expect(answer.headers['content-type']).toBe('text/javascript; charset=utf-8')
  expect(answer.text.length).toBeGreaterThan(1_000_000)
  expect(String(page.headers['content-security-policy'])).toMatch(/script-src 'self' 'sha256-[^']+';/)
})
