import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, type TestRequest, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack
let ringingId: string
let endedId: string

beforeAll(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t)
  ringingId = await stack.startedCall()
  endedId = await stack.startedCall()
  await stack.answer(endedId, testNowMs - 60_000)
  await stack.end(endedId)
})
afterAll(() => closeInOrder(t))

type Row = [what: string, status: number, code: string, request: Request, wrong?: Record<string, string>]
type Request = () => ['GET' | 'POST', path: string, options?: TestRequest]

const nul = String.fromCharCode(0)
const nobody = '0'.repeat(32)
const ago = (ms: number) => instant(testNowMs - ms)

const start = (fields: object) => (): ReturnType<Request> => [
  'POST',
  '/v1/calls',
  { body: { agentId: stack.agentId, direction: 'inbound', ...fields } },
]
const raw =
  (body: string, headers = {}) =>
  (): ReturnType<Request> => ['POST', '/v1/calls', { body, headers }]
const report =
  (step: string, body: object = {}, callId?: string) =>
  (): ReturnType<Request> => ['POST', `/v1/calls/${callId ?? ringingId}/${step}`, { body }]
const list = (query: string) => (): ReturnType<Request> => ['GET', `/v1/calls?${query}`]

const noInstant =
  '"at" must be an instant in RFC 3339 form, such as 2026-11-22T10:00:00.000Z or 2026-11-22T15:30:00+05:30.'
const inFuture =
  'The time is in the future. Up to 5 seconds ahead of this server’s clock is accepted, and counts as now.'
const tooOld = 'The time is more than 24 hours ago. Reports are accepted up to 24 hours late.'
const noAgent = 'There is no such agent in this workspace.'
const noLimit = '"limit" must be a whole number from 1 to 200.'
const noCursor = '"cursor" must be the nextCursor of this list, or be left out.'
const noStatus =
  '"status" must be one or more of authorized, in_conversation, ended, refused, unanswered, failed, lost, separated by commas.'
const directions = '"inbound", "outbound" or "web"'
const lost = (field: string) => `"${field}" must hold neither NUL (U+0000) nor half of a surrogate pair.`
const bad = [400, 'invalid_request'] as const

const rows: Row[] = [
  ['an unknown agent', 404, 'agent_not_found', start({ agentId: `agt_${nobody}` }), { '/agentId': noAgent }],
  ['a malformed agent id', 404, 'agent_not_found', start({ agentId: 'agt_1' }), { '/agentId': noAgent }],
  [
    'the id of a call as an agent’s',
    404,
    'agent_not_found',
    start({ agentId: `call_${nobody}` }),
    { '/agentId': noAgent },
  ],
  ['the end of an unknown call', 404, 'call_not_found', report('end', {}, `call_${nobody}`)],
  ['the end of a call with a malformed id', 404, 'call_not_found', report('end', {}, 'call_1')],
  ['the end of a call whose id is in capitals', 404, 'call_not_found', report('end', {}, `CALL_${nobody}`)],
  ['an id with NUL', ...bad, report('end', {}, '%00'), { '/id': lost('id') }],
  ['the answer of an unknown call', 404, 'call_not_found', report('answer', {}, `call_${nobody}`)],
  ['the heartbeat of an unknown call', 404, 'call_not_found', report('heartbeat', {}, `call_${nobody}`)],
  ['the receipt of an unknown call', 404, 'call_not_found', () => ['GET', `/v1/calls/call_${nobody}`]],
  ['the receipt of an agent', 404, 'call_not_found', () => ['GET', `/v1/calls/${stack.agentId}`]],
  ['an id of 600 letters', ...bad, report('end', {}, 'x'.repeat(600))],

  ['a start 6 seconds ahead', ...bad, start({ at: ago(-6000) }), { '/at': inFuture }],
  ['an answer 6 seconds ahead', ...bad, report('answer', { at: ago(-6000) }), { '/at': inFuture }],
  ['an end 6 seconds ahead', ...bad, report('end', { at: ago(-6000) }), { '/at': inFuture }],
  ['a start two days ago', ...bad, start({ at: ago(2 * DAY_MS) }), { '/at': tooOld }],
  ['an answer two days ago', ...bad, report('answer', { at: ago(2 * DAY_MS) }), { '/at': tooOld }],
  ['an end a day and a millisecond ago', ...bad, report('end', { at: ago(DAY_MS + 1) }), { '/at': tooOld }],
  ...[
    'yesterday',
    '',
    '2026-11-22',
    '2026-11-22T10:00:00',
    '2026-11-22T10:00Z',
    '2026-11-22 10:00:00Z',
    '2026-02-30T10:00:00Z',
    '2026-11-22T24:00:00Z',
    '+012026-11-22T10:00:00Z',
    1_763_805_600_000,
    {},
  ].map((at): Row => [`at ${JSON.stringify(at)}`, ...bad, start({ at }), { '/at': noInstant }]),

  [
    'no body',
    ...bad,
    () => ['POST', '/v1/calls'],
    {
      '/agentId': '"agentId" is missing: it must be text.',
      '/direction': `"direction" is missing: it must be one of ${directions}.`,
    },
  ],
  [
    'an empty body',
    ...bad,
    raw(''),
    {
      '/agentId': '"agentId" is missing: it must be text.',
      '/direction': `"direction" is missing: it must be one of ${directions}.`,
    },
  ],
  ['null', ...bad, raw('null'), { '': 'A JSON object is expected here, not null.' }],
  ['a list', ...bad, raw('[]'), { '': 'A JSON object is expected here, not a list.' }],
  ['a text', ...bad, raw('"x"'), { '': 'A JSON object is expected here, not text.' }],
  ['half a body', 400, 'invalid_json', raw('{"agentId": ')],
  ['two JSON values', 400, 'invalid_json', raw('{} {}')],
  ['a __proto__ field', 400, 'invalid_json', raw('{"__proto__": {"direction": "web"}}')],
  ['300 KB', 413, 'body_too_large', raw(JSON.stringify({ from: 'x'.repeat(300 * 1024) }))],
  ['plain text', 415, 'unsupported_media_type', raw('{}', { 'content-type': 'text/plain' })],
  [
    'a form',
    415,
    'unsupported_media_type',
    raw('a=b', { 'content-type': 'application/x-www-form-urlencoded' }),
  ],
  ['lines', 415, 'unsupported_media_type', raw('{}\n{}', { 'content-type': 'application/x-ndjson' })],

  [
    'a number as an id',
    ...bad,
    start({ agentId: 7 }),
    { '/agentId': '"agentId" must be text, not a number.' },
  ],
  [
    'an unknown direction',
    ...bad,
    start({ direction: 'up' }),
    { '/direction': `"direction" must be one of ${directions}.` },
  ],
  [
    'an unknown field',
    ...bad,
    start({ agent: 'x' }),
    {
      '/agent':
        'There is no field "agent" here; the fields are agentId, direction, from, to, externalId, at.',
    },
  ],
  ...['from', 'to', 'externalId'].flatMap((field): Row[] => [
    [
      `a number as ${field}`,
      ...bad,
      start({ [field]: 5 }),
      { [`/${field}`]: `"${field}" must be text, not a number.` },
    ],
    [
      `a ${field} of 256 characters`,
      ...bad,
      start({ [field]: 'x'.repeat(256) }),
      { [`/${field}`]: `"${field}" must have at most 255 characters.` },
    ],
    [`NUL in ${field}`, ...bad, start({ [field]: `a${nul}b` }), { [`/${field}`]: lost(field) }],
    [
      `half a surrogate pair in ${field}`,
      ...bad,
      start({ [field]: 'a\ud800' }),
      { [`/${field}`]: lost(field) },
    ],
  ]),
  ['NUL in the reason', ...bad, report('end', { reason: nul }), { '/reason': lost('reason') }],
  [
    'half a surrogate pair as a reason',
    ...bad,
    report('end', { reason: '\udfff' }),
    { '/reason': lost('reason') },
  ],
  [
    'a reason of 101 characters',
    ...bad,
    report('end', { reason: 'r'.repeat(101) }),
    { '/reason': '"reason" must have at most 100 characters.' },
  ],
  [
    'everything wrong at once',
    ...bad,
    report('end', { at: 'x', reason: 7, why: 1 }),
    {
      '/at': noInstant,
      '/reason': '"reason" must be text, not a number.',
      '/why': 'There is no field "why" here; the fields are at, reason.',
    },
  ],
  [
    'a reason for an answer',
    ...bad,
    report('answer', { reason: 'x' }),
    { '/reason': 'There is no field "reason" here; the fields are at.' },
  ],
  [
    'a time for a heartbeat',
    ...bad,
    report('heartbeat', { at: ago(0) }),
    { '/at': 'There is no field "at" here; it takes none.' },
  ],

  ...['0', '201', 'abc', '1.5', '-1', '', '1e2'].map(
    (limit): Row => [`limit=${limit}`, ...bad, list(`limit=${limit}`), { '/limit': noLimit }],
  ),
  ['two limits', ...bad, list('limit=1&limit=2'), { '/limit': '"limit" must be text, not a list.' }],
  ...['next', '', 'WzFd', 'bnVsbA'].map(
    (cursor): Row => [`cursor=${cursor}`, ...bad, list(`cursor=${cursor}`), { '/cursor': noCursor }],
  ),
  ['a cursor with NUL', ...bad, list('cursor=%00'), { '/cursor': lost('cursor') }],
  ['a day that does not exist', ...bad, list('from=2026-02-30'), { '/from': 'There is no day 2026-02-30.' }],
  ['a month that does not exist', ...bad, list('to=2026-13-01'), { '/to': 'There is no day 2026-13-01.' }],
  [
    'an instant as a day',
    ...bad,
    list('from=2026-11-22T10:00:00Z'),
    { '/from': '"from" must be a local date, such as 2026-11-22.' },
  ],
  [
    'a German date',
    ...bad,
    list('to=22.11.2026'),
    { '/to': '"to" must be a local date, such as 2026-11-22.' },
  ],
  [
    'an end before the beginning',
    ...bad,
    list('from=2026-11-23&to=2026-11-22'),
    { '/to': '"to" must not be before "from".' },
  ],
  ['an unknown status', ...bad, list('status=foo'), { '/status': noStatus }],
  ['an unknown status among others', ...bad, list('status=ended,foo'), { '/status': noStatus }],
  [
    'a filter by an unknown direction',
    ...bad,
    list('direction=up'),
    { '/direction': `"direction" must be one of ${directions}.` },
  ],
  [
    'a filter by a malformed agent id',
    404,
    'agent_not_found',
    list('agentId=agt_1'),
    { '/agentId': noAgent },
  ],

  [
    'a method that the path does not have',
    405,
    'method_not_allowed',
    () => ['GET', `/v1/calls/${ringingId}/end`],
  ],
  ['a path that does not exist', 404, 'not_found', () => ['POST', `/v1/calls/${ringingId}/hold`]],
]

test.each(rows)('%s: %i %s', async (_what, status, code, request, wrong) => {
  const before = await hashTables()
  const [method, path, options] = request()
  const { body, ...answer } = await stack.ask(method, path, options)
  expect(body).toMatchObject({ status, code, detail: expect.stringMatching(/^[A-Z"/].*\.$/) })
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(body.errors).toEqual(
    wrong && Object.entries(wrong).map(([pointer, detail]) => ({ pointer, detail })),
  )
  expect(await hashTables()).toEqual(before)
})

/** Reads the number and a hash of the rows of all tables of calls and credits. */
async function hashTables() {
  const tables = [
    'balance_lines',
    'grants',
    'grant_draws',
    'ledger_entries',
    'calls',
    'events',
    'idempotency_keys',
  ]
  const queries = tables.map(
    (table) =>
      `select '${table}' as name, count(*)::int, md5(string_agg(row::text, ';' order by row::text)) from ${table} as row`,
  )
  return (await t.database.query(queries.join(' union all '))).rows
}
