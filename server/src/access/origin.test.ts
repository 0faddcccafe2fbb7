import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestPerson, testApp } from '../../test/app.ts'

let t: TestApp
let ada: TestPerson
const agent = { name: 'Reception', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }
const PUBLIC_URL = 'https://talktime.example.com'

beforeAll(async () => {
  t = await testApp()
  ada = await t.signUp()
})
afterAll(() => t.close())

/** Sends a request with the session cookie and these headers. */
const post = (headers: Record<string, string>, path = '/v1/agents', body: unknown = agent) =>
  t.request('POST', path, { body, headers: { cookie: ada.cookie, host: 'talktime.local:4400', ...headers } })

test.each([
  ['a client that names no page', {}],
  ['another site', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://talktime.local:9999' }],
  ['a subdomain', { 'sec-fetch-site': 'same-site', origin: 'http://x.talktime.local:4400' }],
  ['a sandboxed page', { origin: 'null' }],
  ['this host under another scheme', { origin: 'https://talktime.local:4400' }],
])('403: a change with a cookie from %s', async (_what, headers: Record<string, string>) => {
  expect((await post(headers)).body).toMatchObject({ status: 403, code: 'origin_not_allowed' })
})

test.each([
  ['sends Sec-Fetch-Site: same-origin', { 'sec-fetch-site': 'same-origin' }],
  ['has this server’s origin', { origin: 'http://talktime.local:4400' }],
])('201: a change with a cookie from a page that %s', async (_what, headers: Record<string, string>) => {
  expect((await post(headers)).status).toBe(201)
})

test('201: a page of the public URL may change things when a proxy uses another host name', async () => {
  const config = {
    host: '127.0.0.1',
    port: 0,
    secret: 'a secret for tests, long enough',
    publicUrl: PUBLIC_URL,
  }
  const proxied = await t.addProcess({ config })
  const cookie = ada.cookie.replace('talktime.', '__Secure-talktime.')
  const headers = { cookie, origin: PUBLIC_URL, host: 'internal:4400' }
  expect((await proxied.request('POST', '/v1/agents', { body: agent, headers })).status).toBe(201)
})

test.each([
  ['of the public address without TLS', 'http://talktime.example.com'],
  ['of the host that the request names', 'http://internal:4400'],
])('403: a page %s may change nothing when there is a public URL', async (_what, origin) => {
  const config = {
    host: '127.0.0.1',
    port: 0,
    secret: 'a secret for tests, long enough',
    publicUrl: PUBLIC_URL,
  }
  const proxied = await t.addProcess({ config })
  const cookie = ada.cookie.replace('talktime.', '__Secure-talktime.')
  const headers = { cookie, origin, host: 'internal:4400' }
  const answer = await proxied.request('POST', '/v1/agents', { body: agent, headers })
  expect(answer.body.code).toBe('origin_not_allowed')
})

test('200: reading with a cookie needs no origin', async () => {
  const headers = { cookie: ada.cookie, origin: 'https://evil.example' }
  expect((await t.request('GET', '/v1/agents', { headers })).status).toBe(200)
})

test('201: a key needs no origin, even with a cookie', async () => {
  const headers = { cookie: ada.cookie, origin: 'https://evil.example' }
  const answer = await t.request('POST', '/v1/agents', { key: t.workspaceKey, body: agent, headers })
  expect(answer.status).toBe(201)
})

test('403: another site cannot sign a person in or out', async () => {
  const headers = { origin: 'https://evil.example' }
  const credentials = { email: ada.email, password: 'correct horse' }
  expect((await post(headers, '/v1/sign-in', credentials)).body.code).toBe('origin_not_allowed')
  expect((await post(headers, '/v1/sign-out', undefined)).body.code).toBe('origin_not_allowed')
})
