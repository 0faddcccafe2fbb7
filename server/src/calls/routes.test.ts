import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
  newAgent,
  type VoiceStack,
} from '../../test/voice-stack.ts'

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

const balanceMs = async () => (await stack.balance()).balance.milliseconds

describe('a call', () => {
  test('answered at T and ended at T + 90 s is charged 90,000 ms', async () => {
    const answeredAtMs = t.clock.now() - 100 * SECOND_MS
    const started = await stack.start({ from: '+15550100', at: instant(answeredAtMs - 20 * SECOND_MS) })
    expect(started.status).toBe(201)
    expect(started.body).toMatchObject({
      status: 'authorized',
      agentId: stack.agentId,
      agentName: newAgent.name,
      direction: 'inbound',
      from: '+15550100',
      to: null,
      externalId: null,
      authorizedAt: '2026-11-22T09:58:00.000Z',
      answeredAt: null,
      endedAt: null,
      maxDurationSeconds: 14_400,
      duration: null,
      charged: milliseconds(0),
      refusal: null,
    })
    const { id } = started.body
    expect((await stack.answer(id, answeredAtMs)).body).toMatchObject({
      status: 'in_conversation',
      answeredAt: '2026-11-22T09:58:20.000Z',
      charged: milliseconds(0),
    })
    const ended = await stack.end(id, answeredAtMs + 90 * SECOND_MS, { reason: 'completed' })
    expect(ended.status).toBe(200)
    expect(ended.body).toMatchObject({
      status: 'ended',
      endedAt: '2026-11-22T09:59:50.000Z',
      endReason: 'completed',
      endSource: 'reported',
      duration: { milliseconds: 90_000, credits: 1.5 },
      charged: { milliseconds: 90_000, credits: 1.5 },
    })
    expect((await stack.balance()).balance).toEqual(credits(998.5))
  })

  test('of 30 seconds, twice, costs 1 credit together', async () => {
    await stack.talk(30 * SECOND_MS)
    expect((await stack.balance()).balance).toEqual(credits(999.5))
    await stack.talk(30 * SECOND_MS)
    expect((await stack.balance()).balance).toEqual(credits(999))
  })

  test('of a single millisecond costs a single millisecond', async () => {
    await stack.talk(1)
    expect(await balanceMs()).toBe(1000 * MINUTE_MS - 1)
  })

  test.each([
    ['no_answer', 'unanswered'],
    ['busy', 'unanswered'],
    [undefined, 'unanswered'],
    ['failed', 'failed'],
  ])('that nobody answers costs nothing (reason %s)', async (reason, status) => {
    const id = await stack.startedCall()
    t.clock.advance(5 * MINUTE_MS)
    const ended = await stack.end(id, undefined, reason === undefined ? {} : { reason })
    expect(ended.body).toMatchObject({
      status,
      answeredAt: null,
      endReason: reason ?? null,
      duration: milliseconds(0),
      charged: milliseconds(0),
    })
    expect((await stack.balance()).balance).toEqual(credits(1000))
    const transactions = await stack.ask('GET', '/v1/transactions')
    expect(transactions.body.data.map(({ kind }) => kind)).toEqual(['monthly_grant'])
  })

  test('whose reports have no time is answered and ended when they arrive', async () => {
    const id = await stack.startedCall()
    t.clock.advance(7 * SECOND_MS)
    expect((await stack.ask('POST', `/v1/calls/${id}/answer`)).body).toMatchObject({
      answeredAt: '2026-11-22T10:00:07.000Z',
    })
    t.clock.advance(12_345)
    expect((await stack.ask('POST', `/v1/calls/${id}/end`)).body).toMatchObject({
      endedAt: '2026-11-22T10:00:19.345Z',
      charged: milliseconds(12_345),
    })
  })

  test('may be reported with an offset from UTC', async () => {
    const id = await stack.startedCall()
    const answered = await stack.ask('POST', `/v1/calls/${id}/answer`, {
      body: { at: '2026-11-22T15:29:30.250+05:30' },
    })
    expect(answered.body.answeredAt).toBe('2026-11-22T09:59:30.250Z')
  })
})

describe('reports that are repeated, reordered or late', () => {
  type Report = { readonly type: 'answer' | 'end'; readonly afterMs: number }
  const reports: Report[] = [
    { type: 'answer', afterMs: 0 },
    { type: 'end', afterMs: 90 * SECOND_MS },
    { type: 'end', afterMs: 60 * SECOND_MS },
    { type: 'end', afterMs: 120 * SECOND_MS },
  ]

  const orders = (items: readonly Report[]): Report[][] =>
    items.length === 0
      ? [[]]
      : items.flatMap((item) =>
          orders(items.filter((other) => other !== item)).map((rest) => [item, ...rest]),
        )

  test('with one answer and three ends counts the first end, in every order', async () => {
    const startMs = t.clock.now() - 10 * MINUTE_MS
    const charges = await Promise.all(
      orders(reports).map(async (order) => {
        const id = await stack.startedCall({ at: instant(startMs) })
        for (const { type, afterMs } of order) await stack[type](id, startMs + afterMs)
        const talkedMs = order.find(({ type }) => type === 'end')?.afterMs ?? 0
        const receipt = await stack.receipt(id)
        expect({ order, receipt }).toMatchObject({
          receipt: {
            status: 'ended',
            answeredAt: instant(startMs),
            endedAt: instant(startMs + talkedMs),
            duration: milliseconds(talkedMs),
            charged: milliseconds(talkedMs),
            entries: [{ amount: milliseconds(-talkedMs) }],
          },
        })
        return talkedMs
      }),
    )
    expect(charges).toHaveLength(24)
    const chargedMs = charges.reduce((sum, ms) => sum + ms, 0)
    expect(await balanceMs()).toBe(1000 * MINUTE_MS - chargedMs)
  })

  test('a repeated answer, earlier or later than the first, changes nothing', async () => {
    const id = await stack.startedCall()
    const first = await stack.answer(id, t.clock.now() - MINUTE_MS)
    expect((await stack.answer(id, t.clock.now() - 5 * MINUTE_MS)).body).toEqual(first.body)
    expect((await stack.answer(id)).body).toEqual(first.body)
    const ended = await stack.end(id)
    expect(ended.body.charged).toEqual(credits(1))
    expect((await stack.answer(id)).body).toEqual(ended.body)
  })

  test('an end before the answer ends a conversation of no length', async () => {
    const id = await stack.startedCall({ at: instant(t.clock.now() - MINUTE_MS) })
    await stack.answer(id, t.clock.now() - 10 * SECOND_MS)
    const ended = await stack.end(id, t.clock.now() - 20 * SECOND_MS)
    expect(ended.body).toMatchObject({ status: 'ended', duration: milliseconds(0), charged: milliseconds(0) })
    expect((await stack.balance()).balance).toEqual(credits(1000))
  })

  test('an end that is almost a day late is charged by its own time', async () => {
    const id = await stack.startedCall()
    await stack.answer(id)
    const answeredAtMs = t.clock.now()
    t.clock.advance(3 * 60 * MINUTE_MS)
    const ended = await stack.end(id, answeredAtMs + 4 * MINUTE_MS)
    expect(ended.body).toMatchObject({ status: 'ended', charged: credits(4) })
    expect((await stack.balance()).balance).toEqual(credits(996))
  })
})

describe('the balance during live calls', () => {
  test('falls by a credit a minute, to the millisecond', async () => {
    const id = await stack.startedCall()
    t.clock.advance(20 * SECOND_MS)
    expect((await stack.balance()).balance).toEqual(credits(1000))
    await stack.answer(id)
    let talkedMs = 0
    for (const stepMs of [1, 1, 998, 59_000, 33, 1_000_000]) {
      t.clock.advance(stepMs)
      talkedMs += stepMs
      expect(await stack.balance()).toMatchObject({
        asOf: instant(t.clock.now()),
        balance: milliseconds(60_000_000 - talkedMs),
        monthly: { remaining: milliseconds(60_000_000 - talkedMs) },
        liveCalls: 1,
        runsOutAt: instant(t.clock.now() + 60_000_000 - talkedMs),
      })
    }
    await stack.end(id)
    t.clock.advance(MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      balance: milliseconds(60_000_000 - talkedMs),
      liveCalls: 0,
      runsOutAt: null,
    })
  })

  test('falls by a credit a minute for each live call', async () => {
    const ids = [await stack.startedCall(), await stack.startedCall(), await stack.startedCall()]
    for (const id of ids) {
      await stack.answer(id)
      t.clock.advance(MINUTE_MS)
    }
    expect(await stack.balance()).toMatchObject({ balance: credits(1000 - 6), liveCalls: 3 })
    t.clock.advance(10 * SECOND_MS)
    expect((await stack.balance()).balance).toEqual(credits(1000 - 6.5))
    await stack.end(ids[0] ?? '')
    t.clock.advance(MINUTE_MS)
    expect(await stack.balance()).toMatchObject({ balance: credits(1000 - 8.5), liveCalls: 2 })
  })

  test('counts a late answer from when it happened', async () => {
    const id = await stack.startedCall()
    t.clock.advance(MINUTE_MS)
    await stack.answer(id, t.clock.now() - 30 * SECOND_MS)
    expect((await stack.balance()).balance).toEqual(credits(999.5))
  })
})
