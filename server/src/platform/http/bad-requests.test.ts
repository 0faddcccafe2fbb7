import { connect } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestRequest, testApp } from '../../../test/app.ts'

let t: TestApp
let address: string
beforeAll(async () => {
  t = await testApp()
  address = await t.app.listen()
})
afterAll(() => t.close())

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
type Row = [
  what: string,
  status: number,
  code: string,
  request: [Method, string, TestRequest?],
  pointer?: string,
]

const agent = { name: 'Reception', language: 'de', llmProvider: 'openai', llmModel: 'gpt-5' }
const big = JSON.stringify({ ...agent, name: 'x'.repeat(300 * 1024) })
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const lines = { 'content-type': 'application/x-ndjson' }

const rows: Row[] = [
  ['broken JSON', 400, 'invalid_json', ['POST', '/v1/agents', { body: '{"name": ' }]],
  [
    'JSON that plays with prototypes',
    400,
    'invalid_json',
    ['POST', '/v1/agents', { body: '{"__proto__": {}}' }],
  ],
  ['a body that is no object', 400, 'invalid_request', ['POST', '/v1/agents', { body: '[]' }], ''],
  ['no body', 400, 'invalid_request', ['POST', '/v1/agents'], '/name'],
  ['an empty body', 400, 'invalid_request', ['POST', '/v1/agents', { body: '' }], '/name'],
  ['a wrong type', 400, 'invalid_request', ['POST', '/v1/agents', { body: { ...agent, name: 7 } }], '/name'],
  [
    'an empty name',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: { ...agent, name: ' ' } }],
    '/name',
  ],
  [
    'an unknown field',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: { ...agent, nmae: 'x' } }],
    '/nmae',
  ],
  [
    'an unknown language',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: { ...agent, language: 'german!' } }],
    '/language',
  ],
  [
    'a national phone number',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: { ...agent, phoneNumber: '030 901820' } }],
    '/phoneNumber',
  ],
  [
    'an impossible phone number',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: { ...agent, phoneNumber: '+49 1' } }],
    '/phoneNumber',
  ],
  ['a body that is too large', 413, 'body_too_large', ['POST', '/v1/agents', { body: big }]],
  ['a form', 415, 'unsupported_media_type', ['POST', '/v1/agents', { body: 'name=x', headers: form }]],
  [
    'lines where one object is taken',
    415,
    'unsupported_media_type',
    ['POST', '/v1/agents', { body: '{}', headers: lines }],
  ],
  ['a limit that is no number', 400, 'invalid_request', ['GET', '/v1/agents?limit=many'], '/limit'],
  ['a limit of 0', 400, 'invalid_request', ['GET', '/v1/agents?limit=0'], '/limit'],
  ['a limit above 200', 400, 'invalid_request', ['GET', '/v1/agents?limit=201'], '/limit'],
  ['a cursor nobody gave', 400, 'invalid_request', ['GET', '/v1/agents?cursor=next'], '/cursor'],
  ['the cursor of another list', 400, 'invalid_request', ['GET', '/v1/agents?cursor=WzEsMl0'], '/cursor'],
  ['a filter that is none', 400, 'invalid_request', ['GET', '/v1/agents?status=asleep'], '/status'],
  [
    'an unknown time zone',
    400,
    'invalid_request',
    ['PATCH', '/v1/workspace', { body: { timeZone: 'Mars/Base' } }],
    '/timeZone',
  ],
  [
    'an offset for a time zone',
    400,
    'invalid_request',
    ['PATCH', '/v1/workspace', { body: { timeZone: '+05:30' } }],
    '/timeZone',
  ],
  [
    'a budget of nothing',
    400,
    'invalid_request',
    ['PATCH', '/v1/workspace', { body: { monthlyBudgetCredits: 0 } }],
    '/monthlyBudgetCredits',
  ],
  [
    'an idempotency key with spaces',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: agent, idempotencyKey: 'a b' }],
    '/Idempotency-Key',
  ],
  [
    'an idempotency key that is too long',
    400,
    'invalid_request',
    ['POST', '/v1/agents', { body: agent, idempotencyKey: 'k'.repeat(256) }],
    '/Idempotency-Key',
  ],
  ['an address that is none', 404, 'not_found', ['GET', '/v1/nothing']],
  ['an address outside the API', 404, 'not_found', ['GET', '/nothing']],
  ['an address that encodes no character', 400, 'invalid_request', ['GET', '/v1/agents/%zz']],
  ['a method that an address does not take', 405, 'method_not_allowed', ['PUT', '/v1/agents']],
  [
    'a method that an address with an id does not take',
    405,
    'method_not_allowed',
    ['POST', '/v1/agents/agt_1'],
  ],
  [
    'an id of another kind',
    404,
    'agent_not_found',
    ['GET', '/v1/agents/call_0199c3a87e4d7aa1b1f3a06a5a0f7b1c'],
  ],
]

test.each(rows)('%s: %i %s', async (_what, status, code, [method, path, options], pointer) => {
  const answer = await t.request(method, path, { key: t.workspaceKey, ...options })
  expect(answer.body).toMatchObject({ status, code })
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(answer.body).toEqual({
    type: `http://localhost:80/docs/errors#${code}`,
    title: expect.stringMatching(/^[A-Z]/),
    status,
    detail: expect.stringMatching(/\.$/),
    code,
    requestId: answer.headers['request-id'],
    ...(pointer !== undefined && {
      errors: expect.arrayContaining([{ pointer, detail: expect.any(String) }]),
    }),
  })
})

test('405: the response lists the methods that the path accepts', async () => {
  const answer = await t.request('PUT', '/v1/agents', { key: t.workspaceKey })
  expect(answer.headers.allow).toBe('GET, HEAD, POST')
})

test('400: all wrong fields are named at once, with what is accepted', async () => {
  const answer = await t.request('POST', '/v1/agents', {
    key: t.workspaceKey,
    body: { name: 'x'.repeat(101), language: 3, phoneNumber: '12', llmProvider: 'openai' },
  })
  expect(answer.body.errors).toEqual([
    { pointer: '/name', detail: '"name" must have at most 100 characters.' },
    { pointer: '/language', detail: '"language" must be a language tag (BCP 47), such as en-US or de.' },
    {
      pointer: '/phoneNumber',
      detail:
        '"phoneNumber" must be a phone number in international form, such as +49 30 901820 or +1 415 555 2671.',
    },
    { pointer: '/llmModel', detail: '"llmModel" is missing: it must be text.' },
  ])
})

test('401: authentication comes before the body is read', async () => {
  const answer = await t.request('POST', '/v1/agents', { body: big })
  expect(answer.status).toBe(401)
})

test('400: bytes that are not HTTP are answered with a problem', async () => {
  const text = await raw('NONSENSE\r\n\r\n')
  expect(text).toMatch(/^HTTP\/1\.1 400 /)
  expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    type: `${address}/docs/errors#invalid_request`,
    status: 400,
    code: 'invalid_request',
  })
})

test('the type of a problem begins with the address of the connection if the request has no Host header', async () => {
  const text = await raw('GET /v1/nothing HTTP/1.0\r\n\r\n')
  expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    type: `${address}/docs/errors#not_found`,
  })
})

test('400: headers that are too long are answered with a problem', async () => {
  const text = await raw(`GET /healthz HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`)
  expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({
    detail: 'The headers are too long: at most 16 KB together.',
  })
})

/** Sends bytes over a bare connection and returns all that comes back. */
async function raw(bytes: string): Promise<string> {
  const { port, hostname } = new URL(address)
  const socket = connect(Number(port), hostname)
  socket.write(bytes)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}
