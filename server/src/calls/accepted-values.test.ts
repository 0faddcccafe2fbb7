import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const ago = (ms: number) => instant(testNowMs - ms)

test.each([
  ['4 seconds ahead, as now', -4 * SECOND_MS, 0],
  ['5 seconds ahead, as now', -5 * SECOND_MS, 0],
  ['23 hours and 59 minutes ago', DAY_MS - MINUTE_MS, DAY_MS - MINUTE_MS],
  ['exactly a day ago', DAY_MS, DAY_MS],
])('an instant %s is accepted', async (_what, reportedMs, storedMs) => {
  const started = await stack.start({ at: ago(reportedMs) })
  expect(started.body).toMatchObject({ status: 'authorized', authorizedAt: ago(storedMs) })
  const answered = await stack.answer(started.body.id, testNowMs - reportedMs)
  expect(answered.body).toMatchObject({ answeredAt: ago(storedMs) })
  const ended = await stack.end(started.body.id, testNowMs - reportedMs)
  expect(ended.body).toMatchObject({ endedAt: ago(storedMs), charged: { milliseconds: 0 } })
})

test.each([
  ['255 characters', 'ü'.repeat(255)],
  ['a pair of surrogates', '📞'],
  ['quotes, commas and backslashes', '{"a",\\"b\\"} \'; drop table calls; --'],
  ['NULL', 'NULL'],
  ['control characters', '\u0001\t\n\u007f'],
])('texts of %s are stored unchanged', async (_what, text) => {
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

test.each([
  ['null', null],
  ['an empty text', ''],
])('a field that is %s is absent: the call is decided', async (_what, value) => {
  const fields = { from: value, to: value, externalId: value, ...(value === null && { at: null }) }
  const { status, body } = await stack.start(fields)
  expect({ status, body }).toMatchObject({
    status: 201,
    body: { status: 'authorized', from: null, to: null, externalId: null, authorizedAt: ago(0) },
  })
  expect((await stack.start(fields)).body.id).not.toBe(body.id)
  expect((await stack.end(body.id, undefined, { reason: value })).body.endReason).toBeNull()
  const target = { callId: value, externalId: value }
  const { lines } = await stack.batch([
    { type: 'start', agentId: stack.agentId, direction: 'web', ...fields },
    { type: 'end', ...target },
  ])
  expect(lines.map(({ status: ofLine }) => ofLine)).toEqual([201, 400])
})
