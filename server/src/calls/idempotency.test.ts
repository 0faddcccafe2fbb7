import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { closeInOrder, connectVoiceStack, credits, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let other: Pick<TestApp, 'request'>
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
  other = await t.addProcess()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

function post(path: string, idempotencyKey: string, body: unknown = {}) {
  return stack.ask('POST', path, { body, idempotencyKey })
}
const startBody = () => ({ agentId: stack.agentId, direction: 'web' })
const countCalls = async () => (await stack.ask('GET', '/v1/calls')).body.data.length

describe('a repeated Idempotency-Key', () => {
  test('on a start gives the first answer, even after the call is over', async () => {
    const first = await post('/v1/calls', 'start-1', startBody())
    expect(first.status).toBe(201)
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    await stack.answer(first.body.id)
    t.clock.advance(MINUTE_MS)
    await stack.end(first.body.id)
    const again = await post('/v1/calls', 'start-1', startBody())
    expect(again).toMatchObject({ status: 201, text: first.text })
    expect(again.headers['idempotent-replayed']).toBe('true')
    expect(again.headers['content-type']).toBe(first.headers['content-type'])
    expect(await countCalls()).toBe(1)
  })

  test('on answer, heartbeat and end gives the first answer', async () => {
    const id = await stack.startedCall()
    for (const step of ['answer', 'heartbeat', 'end']) {
      const first = await post(`/v1/calls/${id}/${step}`, step)
      t.clock.advance(MINUTE_MS)
      const again = await post(`/v1/calls/${id}/${step}`, step)
      expect([step, again.status, again.text]).toEqual([step, 200, first.text])
      expect([step, again.headers['idempotent-replayed']]).toEqual([step, 'true'])
    }
    // The heartbeat came a minute after the answer, and the end a minute after the heartbeat.
    expect((await stack.receipt(id)).charged).toEqual(credits(2))
  })

  test('on a refusal gives the refusal, whatever the credits are by now', async () => {
    const grant = (amount: number) => stack.grant({ credits: amount, kind: 'adjustment' })
    await grant(-1000)
    const first = await post('/v1/calls', 'refused', startBody())
    await grant(10)
    const again = await post('/v1/calls', 'refused', startBody())
    expect(again).toMatchObject({ status: 200, text: first.text, body: { status: 'refused' } })
    expect((await post('/v1/calls', 'another', startBody())).status).toBe(201)
  })

  test('with another body, call or step: 409 idempotency_mismatch, and nothing is done', async () => {
    const id = await stack.startedCall()
    await post('/v1/calls', 'key', startBody())
    const mismatches = [
      await post('/v1/calls', 'key', { ...startBody(), direction: 'inbound' }),
      await post(`/v1/calls/${id}/answer`, 'key'),
      await post(`/v1/calls/${id}/end`, 'key'),
    ]
    for (const { headers, body } of mismatches) {
      expect(body).toMatchObject({ status: 409, code: 'idempotency_mismatch' })
      expect(headers['idempotent-replayed']).toBeUndefined()
    }
    expect(await countCalls()).toBe(2)
    expect((await stack.receipt(id)).status).toBe('authorized')
  })

  test('on concurrent requests at two servers works once', async () => {
    const request = { key: stack.key, body: startBody(), idempotencyKey: 'at-once' }
    const answers = await Promise.all(
      Array.from({ length: 16 }, (_, n) => (n % 2 ? other : t).request('POST', '/v1/calls', request)),
    )
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers['idempotent-replayed'] === undefined)).toHaveLength(1)
    expect(await countCalls()).toBe(1)
  })

  test('on two different concurrent requests: one is carried out, the other is 409', async () => {
    const answers = await Promise.all(
      ['web', 'inbound'].map((direction) => post('/v1/calls', 'torn', { ...startBody(), direction })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(await countCalls()).toBe(1)
  })

  test('of a request that failed is free for another', async () => {
    const missing = await post(`/v1/calls/call_${'0'.repeat(32)}/end`, 'retry')
    expect(missing.status).toBe(404)
    expect((await post('/v1/calls', 'retry', startBody())).status).toBe(201)
  })

  test('is another key in another workspace', async () => {
    const stranger = await connectVoiceStack(t)
    const first = await post('/v1/calls', 'mine', startBody())
    const second = await stranger.start({ direction: 'web' }, { idempotencyKey: 'mine' })
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.body.id)
  })

  test('gives the first answer until it is a day old', async () => {
    const first = await post('/v1/calls', 'old', startBody())
    t.clock.advance(24 * 60 * MINUTE_MS - 1)
    expect((await post('/v1/calls', 'old', startBody())).text).toBe(first.text)
  })
})

test.each(['', 'a b', 'é', 'k'.repeat(256)])('400: "%s" is not an Idempotency-Key', async (key) => {
  const answer = await post('/v1/calls', key, startBody())
  expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/Idempotency-Key' }] })
  expect(await countCalls()).toBe(0)
})
