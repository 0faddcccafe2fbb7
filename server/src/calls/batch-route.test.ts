import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, credits, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const nobody = '0'.repeat(32)
const ago = (ms: number) => instant(t.clock.now() - ms)

const start = (externalId: string, fields: object = {}) => ({
  type: 'start',
  agentId: stack.agentId,
  direction: 'outbound',
  externalId,
  ...fields,
})
const answer = (externalId: string, fields: object = {}) => ({ type: 'answer', externalId, ...fields })
const end = (externalId: string, fields: object = {}) => ({ type: 'end', externalId, ...fields })
/** The lines of a conversation of `ms` that ends now. */
const wholeCall = (externalId: string, ms: number) => [
  start(externalId, { at: ago(ms) }),
  answer(externalId, { at: ago(ms) }),
  end(externalId),
]

describe('the lines of a batch', () => {
  test('are answered in order, each with the call as it left it', async () => {
    const { status, headers, text, lines } = await stack.batch([
      start('A'),
      start('B', { from: '+15550100' }),
      answer('A', { at: ago(90_000) }),
      end('B', { reason: 'busy' }),
      end('A'),
    ])
    expect(status).toBe(200)
    expect(headers['content-type']).toBe('application/x-ndjson; charset=utf-8')
    expect(text.endsWith('}\n')).toBe(true)
    expect(lines).toMatchObject([
      { line: 1, status: 201, call: { externalId: 'A', status: 'authorized' } },
      { line: 2, status: 201, call: { externalId: 'B', status: 'authorized', from: '+15550100' } },
      { line: 3, status: 200, call: { externalId: 'A', status: 'in_conversation' } },
      { line: 4, status: 200, call: { externalId: 'B', status: 'unanswered', endReason: 'busy' } },
      { line: 5, status: 200, call: { externalId: 'A', status: 'ended', charged: credits(1.5) } },
    ])
    expect((await stack.balance()).balance).toEqual(credits(998.5))
    const [, , , , ended] = lines
    expect(await stack.receipt(ended?.call?.id ?? '')).toMatchObject(ended?.call ?? {})
  })

  test('may name calls by our ids', async () => {
    const callId = await stack.startedCall()
    const { lines } = await stack.batch([
      { type: 'answer', callId, at: ago(MINUTE_MS) },
      { type: 'end', callId },
    ])
    expect(lines.map(({ call }) => [call?.id, call?.status])).toEqual([
      [callId, 'in_conversation'],
      [callId, 'ended'],
    ])
  })

  test('may be in any order: ends before answers, and repeats', async () => {
    const { lines } = await stack.batch([
      start('A', { at: ago(5 * MINUTE_MS) }),
      end('A', { at: ago(MINUTE_MS) }),
      end('A'),
      answer('A', { at: ago(3 * MINUTE_MS) }),
      answer('A', { at: ago(4 * MINUTE_MS) }),
      start('A'),
    ])
    expect(lines.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200, 200])
    expect(lines.at(-1)?.call).toMatchObject({ status: 'ended', charged: credits(2) })
    expect((await stack.balance()).balance).toEqual(credits(998))
  })

  test('do not affect each other if they are bad, and each says what would be right', async () => {
    const other = await connectVoiceStack(t)
    const foreign = await other.startedCall()
    const { status, lines } = await stack.batch([
      start('A', { at: ago(MINUTE_MS) }),
      '{"type": "answer", "externalId"',
      answer('A', { at: 'yesterday' }),
      answer('A', { at: ago(MINUTE_MS) }),
      { type: 'hold', externalId: 'A' },
      '[]',
      'null',
      { externalId: 'A' },
      end('A', { at: instant(t.clock.now() + 6000) }),
      end('A', { why: 'x' }),
      { type: 'end' },
      { type: 'end', callId: `call_${nobody}` },
      { type: 'end', callId: foreign },
      end('unknown'),
      end('A', { reason: 'a\u0000b' }),
      start('B', { agentId: `agt_${nobody}` }),
      start('B', { agentId: other.agentId }),
      { type: 'start' },
      '{"__proto__": {"type": "end"}}',
      end('A'),
    ])
    expect(status).toBe(200)
    const answers = lines.map(({ line, status, call, problem }) => [
      line,
      status,
      call?.status ?? problem?.detail,
    ])
    const anObject = (what: string) => `A JSON object is expected here, not ${what}.`
    const aType = '"type" must be one of "start", "answer" or "end".'
    expect(answers).toEqual([
      [1, 201, 'authorized'],
      [2, 400, 'This line is not a JSON object.'],
      [
        3,
        400,
        '"at" must be an instant in RFC 3339 form, such as 2026-11-22T10:00:00.000Z or 2026-11-22T15:30:00+05:30.',
      ],
      [4, 200, 'in_conversation'],
      [5, 400, aType],
      [6, 400, anObject('a list')],
      [7, 400, anObject('null')],
      [8, 400, aType],
      [9, 400, expect.stringContaining('The time is in the future')],
      [10, 400, 'There is no field "why" here; the fields are type, callId, externalId, at, reason.'],
      [11, 400, 'The line must have "callId" or "externalId".'],
      [12, 404, 'There is no such call in this workspace.'],
      [13, 404, 'There is no such call in this workspace.'],
      [14, 404, 'There is no call with the external id "unknown" in this workspace.'],
      [15, 400, '"reason" must hold neither NUL (U+0000) nor half of a surrogate pair.'],
      [16, 404, 'There is no such agent in this workspace.'],
      [17, 404, 'There is no such agent in this workspace.'],
      [
        18,
        400,
        '"agentId" is missing: it must be text. "direction" is missing: it must be one of "inbound", "outbound" or "web".',
      ],
      [19, 400, aType],
      [20, 200, 'ended'],
    ])
    expect(lines[9]?.problem).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/why' }] })
    expect((await stack.balance()).balance).toEqual(credits(999))
    expect((await other.receipt(foreign)).status).toBe('authorized')
  })

  test('may end in CRLF, and empty lines are ignored', async () => {
    const body = `\r\n${JSON.stringify(start('A'))}\r\n  \r\n\n${JSON.stringify(end('A'))}`
    const { lines } = await stack.batch([body])
    expect(lines.map(({ status, call }) => [status, call?.status])).toEqual([
      [201, 'authorized'],
      [200, 'unanswered'],
    ])
  })

  test('are refused like any call once credits run out', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    const { lines } = await stack.batch([...wholeCall('A', 31 * MINUTE_MS), start('B')])
    expect(lines.map(({ status, call }) => [status, call?.refusal?.reason ?? call?.status])).toEqual([
      [201, 'authorized'],
      [200, 'in_conversation'],
      [200, 'ended'],
      [200, 'out_of_credits'],
    ])
    expect((await stack.balance()).overdraft).toEqual(credits(1))
  })

  test('accept an operator’s key that names the workspace', async () => {
    const options = { key: t.operatorKey, workspace: stack.workspaceId }
    expect((await stack.batch([start('A')], options)).lines).toMatchObject([{ status: 201 }])
    expect(await stack.batch([start('B')], { key: t.operatorKey })).toMatchObject({ status: 400 })
  })
})

describe('the size of a batch', () => {
  test('may be 1,000 events: 333 whole calls and a ringing one', async () => {
    const events = Array.from({ length: 333 }, (_, n) => wholeCall(`call-${n}`, n * 10)).flat()
    const { status, lines } = await stack.batch([...events, start('last')])
    expect(status).toBe(200)
    expect(lines).toHaveLength(1000)
    const wrong = lines.filter(({ line, status }, n) => line !== n + 1 || status >= 300)
    expect(wrong).toEqual([])
    const talkedMs = 10 * ((332 * 333) / 2)
    expect((await stack.balance()).balance.milliseconds).toBe(1000 * MINUTE_MS - talkedMs)
  })

  test.each([
    ['1,001 events', 400, 'invalid_request', () => Array(1001).fill(end('A'))],
    ['no event', 400, 'invalid_request', () => []],
    ['empty lines', 400, 'invalid_request', () => ['\n \r\n\n']],
    ['more than a megabyte', 413, 'body_too_large', () => ['x'.repeat(1024 * 1024 + 1)]],
  ])('of %s: %i %s, and nothing is done', async (_what, status, code, events) => {
    const refused = await stack.batch(events())
    expect(refused.body).toMatchObject({ status, code })
    expect((await stack.ask('GET', '/v1/calls')).body.data).toEqual([])
  })

  test('400: JSON that is not sent as lines gets an answer that says how', async () => {
    const answer = await stack.ask('POST', '/v1/calls/batch', { body: start('A') })
    expect(answer.body).toMatchObject({
      status: 400,
      detail: 'Send the events as lines of JSON with Content-Type: application/x-ndjson.',
    })
  })
})

describe('a batch’s Idempotency-Key', () => {
  const options = { idempotencyKey: 'batch-1' }

  test('gives the first response, and does nothing again', async () => {
    const events = [...wholeCall('A', MINUTE_MS), end('unknown'), start('B')]
    const first = await stack.batch(events, options)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    t.clock.advance(MINUTE_MS)
    const again = await stack.batch(events, options)
    expect(again.text).toBe(first.text)
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect((await stack.balance()).balance).toEqual(credits(999))
    expect((await stack.ask('GET', '/v1/calls')).body.data).toHaveLength(2)
  })

  test('with another body: 409 idempotency_mismatch, and nothing is done', async () => {
    await stack.batch([start('A')], options)
    const other = await stack.batch([start('B')], options)
    expect(other.body).toMatchObject({ status: 409, code: 'idempotency_mismatch' })
    expect((await stack.ask('GET', '/v1/calls')).body.data).toHaveLength(1)
  })

  test('on concurrent requests at two servers works once', async () => {
    const other = await t.addProcess()
    // Without external ids, a start that is carried out twice makes two calls.
    const events = Array.from({ length: 20 }, () => ({
      type: 'start',
      agentId: stack.agentId,
      direction: 'web',
    }))
    const body = events.map((event) => JSON.stringify(event)).join('\n')
    const request = {
      key: stack.key,
      body,
      idempotencyKey: 'batch-2',
      headers: { 'content-type': 'application/x-ndjson' },
    }
    const answers = await Promise.all(
      [t, other, t, other].map(({ request: ask }) => ask('POST', '/v1/calls/batch', request)),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect((await stack.ask('GET', '/v1/calls')).body.data).toHaveLength(20)
  })

  test('is not the key of a single request', async () => {
    const single = await stack.start({}, { idempotencyKey: 'batch-3#0' })
    const { lines } = await stack.batch([start('A')], { idempotencyKey: 'batch-3' })
    expect(lines).toMatchObject([{ status: 201 }])
    expect(lines[0]?.call?.id).not.toBe(single.body.id)
  })

  test('is another key in another workspace', async () => {
    const other = await connectVoiceStack(t)
    const first = await stack.batch([start('A')], options)
    const second = await other.batch([{ ...start('A'), agentId: other.agentId }], options)
    expect(second.lines).toMatchObject([{ status: 201 }])
    expect(second.lines[0]?.call?.id).not.toBe(first.lines[0]?.call?.id)
  })
})
