import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDashboard, serveDashboard } from './dashboard.ts'
import type { HttpServer } from './http-server.ts'
import { createMetrics } from './metrics.ts'
import { createHttpServer } from './server.ts'

let folder: string
let server: HttpServer
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talktime-dashboard-'))
  await mkdir(join(folder, 'assets'))
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>Talktime</title>')
  await writeFile(join(folder, 'favicon.svg'), '<svg/>')
  await writeFile(join(folder, 'assets/app-1a2b.js'), 'export {}')
  server = createHttpServer({
    log: pino({ level: 'silent' }),
    metrics: createMetrics(),
    dashboard: findDashboard(folder),
  })
  server.get('/v1/things/:id', async () => ({}))
  await serveDashboard(server, folder)
  await server.ready()
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

const page = { accept: 'text/html,application/xhtml+xml' }
const get = (url: string, headers: Record<string, string> = page) =>
  server.inject({ method: 'GET', url, headers })

test.each(['/', '/agents', '/calls/call_1?window=last_30_days'])(
  '200: %s is the page, never kept',
  async (url) => {
    const answer = await get(url)
    expect(answer.statusCode).toBe(200)
    expect(answer.payload).toContain('<title>Talktime</title>')
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8')
    expect(answer.headers['cache-control']).toBe('no-cache')
  },
)

test('the page can load only what this server sends, and cannot be framed', async () => {
  const { headers } = await get('/')
  const policy = String(headers['content-security-policy'])
  expect(policy).toContain("default-src 'self'")
  expect(policy).toContain("script-src 'self';")
  expect(policy).toContain("frame-ancestors 'none'")
  expect(policy).not.toMatch(/https?:|\*|unsafe-eval/)
  expect(headers).toMatchObject({
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'x-content-type-options': 'nosniff',
  })
})

test('200: files with a hash in their names are cached for a year, others are revalidated', async () => {
  const asset = await get('/assets/app-1a2b.js')
  expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  expect(asset.headers['content-type']).toMatch(/javascript/)
  const icon = await get('/favicon.svg')
  expect(icon.headers['cache-control']).toBe('no-cache')
  const again = await get('/favicon.svg', { 'if-none-match': String(icon.headers.etag) })
  expect(again.statusCode).toBe(304)
})

test.each([
  ['/assets/gone-9f.js', page],
  ['/v1/nothing', page],
  ['/agents', { accept: 'application/json' }],
  ['/../../etc/passwd', { accept: '*/*' }],
  ['/%2e%2e/%2e%2e/etc/passwd', { accept: '*/*' }],
])('404: %s is not a page', async (url, headers) => {
  const answer = await get(url, headers)
  expect(answer.statusCode).toBe(404)
  expect(answer.json()).toMatchObject({ code: 'not_found' })
})

test('405: a path of the API is not a page, even for a method that it does not accept', async () => {
  const answer = await server.inject({ method: 'DELETE', url: '/v1/things/1', headers: page })
  expect(answer.statusCode).toBe(405)
  expect(answer.headers.allow).toBe('GET, HEAD')
})

test('404: pages are served to GET only', async () => {
  expect((await server.inject({ method: 'POST', url: '/agents', headers: page })).statusCode).toBe(404)
})

test('without a built dashboard there are no pages', async () => {
  expect(findDashboard(join(folder, 'assets'))).toBeUndefined()
})
