import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { until } from '../../test/start-server.ts'
import {
  addPlanWithOverdraft,
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
  type VoiceStack,
} from '../../test/voice-stack.ts'

let t: TestApp
let planId: string
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp({ intervals: true })
  planId = await addPlanWithOverdraft(t)
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t, { planId })
})
afterAll(() => closeInOrder(t))

/** Waits until the server’s own reaper closes the call. */
const waitUntilLost = (id: string) =>
  until(async () => {
    const receipt = await stack.receipt(id)
    return receipt.status === 'lost' ? receipt : undefined
  })

describe('a heartbeat', () => {
  test('says whether to go on, the live balance and the hard stop', async () => {
    const id = await stack.startedCall()
    expect((await stack.heartbeat(id)).body).toEqual({
      continue: true,
      balance: credits(30),
      maxDurationSeconds: 3600,
    })
    await stack.answer(id)
    t.clock.advance(30_001)
    expect((await stack.heartbeat(id)).body).toEqual({
      continue: true,
      balance: milliseconds(30 * MINUTE_MS - 30_001),
      maxDurationSeconds: 3600,
    })
    await stack.end(id)
    expect((await stack.heartbeat(id)).body.continue).toBe(false)
  })

  test('says to go on below zero if calls may finish, and to stop at zero if they must end', async () => {
    const id = await stack.answeredCall()
    t.clock.advance(30 * MINUTE_MS - 1)
    await stack.ask('PATCH', '/v1/workspace', { body: { whenCreditsRunOut: 'end' } })
    expect((await stack.heartbeat(id)).body).toMatchObject({ continue: true, balance: milliseconds(1) })
    t.clock.advance(1)
    expect((await stack.heartbeat(id)).body).toMatchObject({ continue: false, balance: milliseconds(0) })
    await stack.ask('PATCH', '/v1/workspace', { body: { whenCreditsRunOut: 'finish' } })
    t.clock.advance(1)
    expect((await stack.heartbeat(id)).body).toMatchObject({ continue: true, balance: milliseconds(-1) })
  })

  test('says stop at the hard stop', async () => {
    const id = await stack.answeredCall()
    t.clock.advance(HOUR_MS - 1)
    expect((await stack.heartbeat(id)).body.continue).toBe(true)
    t.clock.advance(1)
    expect((await stack.heartbeat(id)).body.continue).toBe(false)
  })
})

describe('a call whose reports stop', () => {
  test('after heartbeats is closed at its last heartbeat, 90 seconds later; its real end corrects that', async () => {
    const [talksOn, wasShorter, sendsNone] = [
      await stack.answeredCall(),
      await stack.answeredCall(),
      await stack.answeredCall(),
    ]
    t.clock.advance(30 * SECOND_MS)
    for (const id of [talksOn, wasShorter]) await stack.heartbeat(id)
    t.clock.advance(90 * SECOND_MS - 1)
    expect((await stack.receipt(talksOn)).status).toBe('in_conversation')
    t.clock.advance(1)
    for (const id of [talksOn, wasShorter]) {
      expect(await waitUntilLost(id)).toMatchObject({
        endedAt: instant(testNowMs + 30 * SECOND_MS),
        endReason: 'lease_ran_out',
        endSource: 'presumed',
        duration: credits(0.5),
        charged: credits(0.5),
      })
    }
    expect(await stack.balance()).toMatchObject({ balance: credits(30 - 0.5 - 0.5 - 2), liveCalls: 1 })
    expect((await stack.heartbeat(talksOn)).body.continue).toBe(false)

    const longer = await stack.end(talksOn, testNowMs + 100 * SECOND_MS, { reason: 'completed' })
    expect(longer.body).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      endReason: 'completed',
      charged: milliseconds(100_000),
    })
    const shorter = await stack.end(wasShorter, testNowMs + 12 * SECOND_MS)
    expect(shorter.body).toMatchObject({ status: 'ended', charged: milliseconds(12_000) })
    expect(await stack.receipt(wasShorter)).toMatchObject({
      payments: [{ kind: 'monthly', amount: milliseconds(12_000) }],
      unpaid: milliseconds(0),
      entries: [{ amount: milliseconds(-30_000) }, { amount: milliseconds(18_000) }],
    })
    // A call without any heartbeat stays live.
    expect((await stack.end(sendsNone)).body).toMatchObject({ status: 'ended', charged: credits(2) })
    expect((await stack.balance()).balance.milliseconds).toBe(30 * MINUTE_MS - 100_000 - 12_000 - 120_000)
    expect((await stack.end(talksOn)).body).toEqual(longer.body)
  })

  test('without any heartbeat is closed at its hard stop, or after half an hour if it rings', async () => {
    const talks = await stack.answeredCall()
    const rings = await stack.startedCall()
    t.clock.advance(HOUR_MS + MINUTE_MS)
    expect(await waitUntilLost(talks)).toMatchObject({
      endedAt: instant(testNowMs + HOUR_MS),
      endReason: 'hard_stop',
      charged: credits(60),
      unpaid: credits(30),
    })
    expect(await waitUntilLost(rings)).toMatchObject({
      endedAt: instant(testNowMs),
      endReason: 'no_answer_reported',
      duration: milliseconds(0),
      charged: milliseconds(0),
    })
    expect(await stack.balance()).toMatchObject({
      balance: credits(-30),
      overdraft: credits(30),
      liveCalls: 0,
      status: 'out',
    })

    // The real events are reported late.
    await stack.end(talks, testNowMs + 10 * MINUTE_MS)
    expect(await stack.receipt(talks)).toMatchObject({
      status: 'ended',
      charged: credits(10),
      payments: [{ kind: 'monthly', amount: credits(10) }],
      unpaid: credits(0),
    })
    const answered = await stack.answer(rings, testNowMs + 29 * MINUTE_MS)
    expect(answered.body).toMatchObject({ status: 'in_conversation', endedAt: null, endReason: null })
    expect(await stack.balance()).toMatchObject({ balance: credits(20 - 32), liveCalls: 1 })
    await stack.end(rings, testNowMs + 34 * MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      balance: credits(15),
      overdraft: credits(0),
      liveCalls: 0,
      status: 'ok',
    })
  })
})
