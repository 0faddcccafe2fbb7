import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  instant,
  milliseconds,
  type VoiceStack,
} from '../../test/voice-stack.ts'
import type { CallResponse } from './response-schemas.ts'

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

/** Reports as the operator's voice stack. */
const report = (callId: string, fact: 'answer' | 'end', atMs: number) =>
  t.request<CallResponse>('POST', `/v1/calls/${callId}/${fact}`, {
    key: t.operatorKey,
    workspace: stack.workspaceId,
    body: { at: instant(atMs) },
  })
const usedMs = async (window = '?preset=last_30_days') => {
  const { body } = await stack.ask<{ total: { milliseconds: number } }>('GET', `/v1/usage/range${window}`)
  return body.total.milliseconds
}

describe('a report of the operator', () => {
  test('corrects an end that the workspace invented, and the receipt says so', async () => {
    const callId = await stack.startedCall()
    await stack.answer(callId)
    const answeredAtMs = t.clock.now()
    t.clock.advance(30 * MINUTE_MS)
    const invented = await stack.end(callId, answeredAtMs + SECOND_MS, { reason: 'completed' })
    expect(invented.body.charged).toEqual(milliseconds(SECOND_MS))

    const corrected = await report(callId, 'end', t.clock.now())
    expect(corrected.body).toMatchObject({ status: 'ended', charged: milliseconds(30 * MINUTE_MS) })
    const receipt = await stack.receipt(callId)
    expect(receipt).toMatchObject({
      charged: milliseconds(30 * MINUTE_MS),
      endedAt: instant(t.clock.now()),
      reportedBy: { answer: 'workspace', end: 'operator' },
      corrections: [
        {
          fact: 'end',
          was: instant(answeredAtMs + SECOND_MS),
          reportedBy: 'workspace',
          is: instant(t.clock.now()),
          correctedBy: 'operator',
          at: instant(t.clock.now()),
        },
      ],
    })
    expect(receipt.entries.map(({ amount }) => amount.milliseconds)).toEqual([
      -SECOND_MS,
      -(30 * MINUTE_MS - SECOND_MS),
    ])
    const again = await stack.end(callId, answeredAtMs + SECOND_MS)
    expect(again.body.charged).toEqual(milliseconds(30 * MINUTE_MS))
    expect(await usedMs()).toBe(30 * MINUTE_MS)
  })

  test('returns what an end that came too late had charged', async () => {
    const callId = await stack.startedCall()
    await stack.answer(callId, t.clock.now() - HOUR_MS)
    const balance = (await stack.balance()).balance.milliseconds + HOUR_MS
    await stack.end(callId)
    await report(callId, 'end', t.clock.now() - 50 * MINUTE_MS)
    const receipt = await stack.receipt(callId)
    expect(receipt.charged).toEqual(milliseconds(10 * MINUTE_MS))
    expect(receipt.entries.map(({ amount }) => amount.milliseconds)).toEqual([-HOUR_MS, 50 * MINUTE_MS])
    expect(receipt.payments.map(({ amount }) => amount.milliseconds)).toEqual([10 * MINUTE_MS])
    expect((await stack.balance()).balance.milliseconds).toBe(balance - 10 * MINUTE_MS)
    expect(await usedMs()).toBe(10 * MINUTE_MS)
  })

  test('is never changed by the workspace, and the operator’s first word stands', async () => {
    const callId = await stack.startedCall()
    const nowMs = t.clock.now()
    await report(callId, 'answer', nowMs - 20 * MINUTE_MS)
    await stack.answer(callId, nowMs - MINUTE_MS)
    await report(callId, 'end', nowMs - 5 * MINUTE_MS)
    await report(callId, 'end', nowMs)
    await stack.end(callId, nowMs - 19 * MINUTE_MS)
    expect(await stack.receipt(callId)).toMatchObject({
      charged: milliseconds(15 * MINUTE_MS),
      reportedBy: { answer: 'operator', end: 'operator' },
      corrections: [],
    })
  })

  test('corrects the answer of a live call, and the balance line with it', async () => {
    const callId = await stack.startedCall()
    const before = (await stack.balance()).balance.milliseconds
    await stack.answer(callId)
    await report(callId, 'answer', t.clock.now() - 10 * MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      balance: milliseconds(before - 10 * MINUTE_MS),
      liveCalls: 1,
    })
    expect((await stack.receipt(callId)).corrections).toMatchObject([
      { fact: 'answer', correctedBy: 'operator' },
    ])
  })

  test('moves usage to the day on which the call really ended', async () => {
    t.clock.set(Date.parse('2026-11-23T02:00:00.000Z'))
    const callId = await stack.startedCall()
    await stack.answer(callId, t.clock.now() - 3 * HOUR_MS)
    await stack.end(callId)
    const day = (date: string) => usedMs(`?from=${date}&to=${date}`)
    expect([await day('2026-11-22'), await day('2026-11-23')]).toEqual([0, 3 * HOUR_MS])
    await report(callId, 'end', t.clock.now() - 2.5 * HOUR_MS)
    expect([await day('2026-11-22'), await day('2026-11-23')]).toEqual([HOUR_MS / 2, 0])
  })

  test('corrects across a reset: each side pays its part of the true conversation', async () => {
    const { body } = await stack.ask<{ cycle: { endsAt: string } }>('GET', '/v1/workspace')
    const resetMs = Date.parse(body.cycle.endsAt)
    t.clock.set(resetMs - HOUR_MS)
    const callId = await stack.startedCall()
    await stack.answer(callId, resetMs - HOUR_MS)
    t.clock.set(resetMs + HOUR_MS)
    await stack.balance()
    await stack.end(callId)
    expect((await stack.receipt(callId)).charged).toEqual(milliseconds(2 * HOUR_MS))
    // It was answered ten minutes later, and ended ten minutes after the reset.
    await report(callId, 'answer', resetMs - 50 * MINUTE_MS)
    await report(callId, 'end', resetMs + 10 * MINUTE_MS)
    const receipt = await stack.receipt(callId)
    expect(receipt.charged).toEqual(milliseconds(HOUR_MS))
    expect(receipt.corrections.map(({ fact }) => fact)).toEqual(['answer', 'end'])
    const sum = receipt.entries.reduce((total, { amount }) => total + amount.milliseconds, 0)
    expect(sum).toBe(-HOUR_MS)
  })

  test('counts in batches as alone', async () => {
    const callId = await stack.startedCall()
    const nowMs = t.clock.now()
    await stack.answer(callId, nowMs - 30 * MINUTE_MS)
    await stack.end(callId, nowMs - 29 * MINUTE_MS)
    const { lines } = await stack.batch([{ type: 'end', callId }], {
      key: t.operatorKey,
      workspace: stack.workspaceId,
    })
    expect(lines[0]?.call?.charged).toEqual(milliseconds(30 * MINUTE_MS))
  })
})

test('403 in its line: a start in a batch needs calls:start as well', async () => {
  const body = { name: 'Reports alone', scopes: ['calls:report', 'read'] }
  const options = { key: t.operatorKey, workspace: stack.workspaceId, body }
  const key = String((await t.request('POST', '/v1/keys', options)).body.key)
  const callId = await stack.startedCall()
  const { lines } = await stack.batch(
    [
      { type: 'start', agentId: stack.agentId, direction: 'web' },
      { type: 'answer', callId },
    ],
    { key },
  )
  expect(lines.map(({ status }) => status)).toEqual([403, 200])
  expect(lines[0]?.problem?.detail).toContain('"calls:start"')
})

test('an owner who is signed in may hang up, but neither answer nor end a call', async () => {
  const { cookie, workspaceId } = await t.signUp()
  const agent = { name: 'Reception', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' }
  const { body } = await t.request('POST', '/v1/agents', { cookie, body: agent })
  const call = { cookie, body: { agentId: body.id, direction: 'web' } }
  const { id } = (await t.request('POST', '/v1/calls', call)).body
  const operator = { key: t.operatorKey, workspace: workspaceId, body: {} }
  await t.request('POST', `/v1/calls/${id}/answer`, operator)
  for (const fact of ['answer', 'end', 'heartbeat']) {
    const answer = await t.request('POST', `/v1/calls/${id}/${fact}`, { cookie, body: {} })
    expect([fact, answer.status, answer.body.code]).toEqual([fact, 403, 'forbidden'])
  }
  const batch = { cookie, body: '{"type":"end"}', headers: { 'content-type': 'application/x-ndjson' } }
  expect((await t.request('POST', '/v1/calls/batch', batch)).status).toBe(403)
  expect((await t.request('POST', `/v1/calls/${id}/hang-up`, { cookie, body: {} })).status).toBe(202)
  await t.request('POST', `/v1/calls/${id}/end`, operator)
})
