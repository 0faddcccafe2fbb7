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
const day = 24 * 60 * 60 * 1000

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
  'The time lies in the future: at most 5 seconds ahead of this server’s clock is taken (as now).'
const tooOld = 'The time lies more than 24 hours back: reports are taken up to 24 hours late.'
const noAgent = 'There is no such agent in this workspace.'
const noLimit = '"limit" must be a whole number from 1 to 200.'
const noCursor = '"cursor" must be the nextCursor of this list, or be left out.'
const noStatus =
  '"status" must be one or more of authorized, in_conversation, ended, refused, unanswered, failed, lost, with commas between.'
const directions = '"inbound", "outbound" or "web"'
const lost = (field: string) => `"${field}" must hold neither NUL (U+0000) nor half of a surrogate pair.`
const bad = [400, 'invalid_request'] as const

const rows: Row[] = [
  ['an unknown agent', 404, 'agent_not_found', start({ agentId: `agt_${nobody}` }), { '/agentId': noAgent }],
  [
    'an agent’s id that is none',
    404,
    'agent_not_found',
    start({ agentId: 'agt_1' }),
    { '/agentId': noAgent },
  ],
  [
    'another kind’s id',
    404,
    'agent_not_found',
    start({ agentId: `call_${nobody}` }),
    { '/agentId': noAgent },
  ],
  ['the end of an unknown call', 404, 'call_not_found', report('end', {}, `call_${nobody}`)],
  ['the end of a call whose id is none', 404, 'call_not_found', report('end', {}, 'call_1')],
  ['the end of a call in capitals', 404, 'call_not_found', report('end', {}, `CALL_${nobody}`)],
  ['an id that holds NUL', ...bad, report('end', {}, '%00'), { '/id': lost('id') }],
  ['the answer of an unknown call', 404, 'call_not_found', report('answer', {}, `call_${nobody}`)],
  ['the heartbeat of an unknown call', 404, 'call_not_found', report('heartbeat', {}, `call_${nobody}`)],
  ['the receipt of an unknown call', 404, 'call_not_found', () => ['GET', `/v1/calls/call_${nobody}`]],
  ['the receipt of an agent', 404, 'call_not_found', () => ['GET', `/v1/calls/${stack.agentId}`]],
  ['an id of 600 letters', ...bad, report('end', {}, 'x'.repeat(600))],

  ['a start 6 seconds ahead', ...bad, start({ at: ago(-6000) }), { '/at': inFuture }],
  ['an answer 6 seconds ahead', ...bad, report('answer', { at: ago(-6000) }), { '/at': inFuture }],
  ['an end 6 seconds ahead', ...bad, report('end', { at: ago(-6000) }), { '/at': inFuture }],
  ['a start two days ago', ...bad, start({ at: ago(2 * day) }), { '/at': tooOld }],
  ['an answer two days ago', ...bad, report('answer', { at: ago(2 * day) }), { '/at': tooOld }],
  ['an end a day and a millisecond ago', ...bad, report('end', { at: ago(day + 1) }), { '/at': tooOld }],
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
    null,
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
  ['two bodies', 400, 'invalid_json', raw('{} {}')],
  ['a prototype', 400, 'invalid_json', raw('{"__proto__": {"direction": "web"}}')],
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
    'a number for an id',
    ...bad,
    start({ agentId: 7 }),
    { '/agentId': '"agentId" must be text, not a number.' },
  ],
  [
    'a direction that is none',
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
      `a number for ${field}`,
      ...bad,
      start({ [field]: 5 }),
      { [`/${field}`]: `"${field}" must be text, not a number.` },
    ],
    [`an empty ${field}`, ...bad, start({ [field]: '' }), { [`/${field}`]: `"${field}" must not be empty.` }],
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
  ['an empty reason', ...bad, report('end', { reason: '' }), { '/reason': '"reason" must not be empty.' }],
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
  ['a cursor that holds NUL', ...bad, list('cursor=%00'), { '/cursor': lost('cursor') }],
  ['a day that there is not', ...bad, list('from=2026-02-30'), { '/from': 'There is no day 2026-02-30.' }],
  ['a month that there is not', ...bad, list('to=2026-13-01'), { '/to': 'There is no day 2026-13-01.' }],
  [
    'an instant for a day',
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
    'days the wrong way round',
    ...bad,
    list('from=2026-11-23&to=2026-11-22'),
    { '/to': '"to" must not lie before "from".' },
  ],
  ['a status that is none', ...bad, list('status=foo'), { '/status': noStatus }],
  ['one status that is none', ...bad, list('status=ended,foo'), { '/status': noStatus }],
  [
    'a filter’s direction that is none',
    ...bad,
    list('direction=up'),
    { '/direction': `"direction" must be one of ${directions}.` },
  ],
  ['a filter’s agent that is none', 404, 'agent_not_found', list('agentId=agt_1'), { '/agentId': noAgent }],

  ['a method that calls do not take', 405, 'method_not_allowed', () => ['GET', `/v1/calls/${ringingId}/end`]],
  ['an address that is none', 404, 'not_found', () => ['POST', `/v1/calls/${ringingId}/hold`]],
]

test.each(rows)('%s: %i %s', async (_what, status, code, request, wrong) => {
  const before = await everything()
  const [method, path, options] = request()
  const { body, ...answer } = await stack.ask(method, path, options)
  expect(body).toMatchObject({ status, code, detail: expect.stringMatching(/^[A-Z"/].*\.$/) })
  expect(answer.status).toBe(status)
  expect(answer.headers['content-type']).toBe('application/problem+json; charset=utf-8')
  expect(body.errors).toEqual(
    wrong && Object.entries(wrong).map(([pointer, detail]) => ({ pointer, detail })),
  )
  expect(await everything()).toEqual(before)
})

/** All that calls and credits are kept in. */
async function everything() {
  const tables = [
    'balance_lines',
    'grants',
    'grant_draws',
    'ledger_entries',
    'calls',
    'events',
    'idempotency_keys',
  ]
  const parts = tables.map(
    (table) =>
      `select '${table}' as name, count(*)::int, md5(string_agg(row::text, ';' order by row::text)) from ${table} as row`,
  )
  return (await t.database.query(parts.join(' union all '))).rows
}

test.each([
  ['4 seconds ahead, as now', -4000, 0],
  ['5 seconds ahead, as now', -5000, 0],
  ['23 hours and 59 minutes ago', day - 60_000, day - 60_000],
  ['exactly a day ago', day, day],
])('at %s: is taken', async (_what, saidMs, takenMs) => {
  const started = await stack.start({ at: ago(saidMs) })
  expect(started.body).toMatchObject({ status: 'authorized', authorizedAt: ago(takenMs) })
  const answered = await stack.answer(started.body.id, testNowMs - saidMs)
  expect(answered.body).toMatchObject({ answeredAt: ago(takenMs) })
  const ended = await stack.end(started.body.id, testNowMs - saidMs)
  expect(ended.body).toMatchObject({ endedAt: ago(takenMs), charged: { milliseconds: 0 } })
})

test.each([
  ['255 characters', 'ü'.repeat(255)],
  ['a pair of surrogates', '📞'],
  ['quotes, commas and backslashes', '{"a",\\"b\\"} \'; drop table calls; --'],
  ['NULL', 'NULL'],
  ['control characters', '\u0001\t\n\u007f'],
])('texts of %s are kept as they are', async (_what, text) => {
  const { body } = await stack.start({ from: text, to: text, externalId: text })
  expect(body).toMatchObject({ status: 'authorized', from: text, to: text, externalId: text })
  expect((await stack.start({ externalId: text })).body.id).toBe(body.id)
  const reason = text.slice(0, 100)
  expect((await stack.end(body.id, undefined, { reason })).body.endReason).toBe(reason)
  expect(await stack.receipt(body.id)).toMatchObject({
    from: text,
    to: text,
    externalId: text,
    endReason: reason,
  })
})
