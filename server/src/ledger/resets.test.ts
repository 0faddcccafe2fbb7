import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
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

describe('a reset', () => {
  const resetMs = Date.parse('2026-12-22T10:00:00.000Z')

  test('expires what is left of the monthly credits and grants new ones; other credits stay', async () => {
    await stack.granted({ credits: 50 })
    await stack.talk(100 * MINUTE_MS)
    t.clock.set(resetMs - 1)
    expect((await stack.balance()).balance).toEqual(credits(950))
    t.clock.set(resetMs)
    expect(await stack.balance()).toMatchObject({
      balance: credits(1050),
      monthly: { remaining: credits(1000), granted: credits(1000), resetsAt: '2027-01-22T10:00:00.000Z' },
      promotional: { remaining: credits(50) },
    })
    expect(await stack.transactionAmounts()).toEqual([
      ['monthly_grant', 1000],
      ['promotional', 50],
      ['call', -100],
      ['expiry', -900],
      ['monthly_grant', 1000],
    ])
    expect((await stack.ask('GET', '/v1/workspace')).body.cycle).toEqual({
      startsAt: '2026-12-22T10:00:00.000Z',
      endsAt: '2027-01-22T10:00:00.000Z',
    })
  })

  test('cuts a call that runs across it: each cycle pays its part', async () => {
    t.clock.set(resetMs - 40 * SECOND_MS)
    const id = await stack.answeredCall()
    t.clock.set(resetMs + 20 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({
      balance: milliseconds(1000 * MINUTE_MS - 20 * SECOND_MS),
      liveCalls: 1,
    })
    expect(await stack.receipt(id)).toMatchObject({
      status: 'in_conversation',
      charged: milliseconds(40_000),
    })
    t.clock.advance(30 * SECOND_MS)
    const ended = await stack.end(id)
    expect(ended.body).toMatchObject({ status: 'ended', charged: milliseconds(90_000) })
    const receipt = await stack.receipt(id)
    expect(receipt.payments).toMatchObject([
      { kind: 'monthly', expiresAt: '2026-12-22T10:00:00.000Z', amount: milliseconds(40_000) },
      { kind: 'monthly', expiresAt: '2027-01-22T10:00:00.000Z', amount: milliseconds(50_000) },
    ])
    expect(receipt.entries.map(({ at, amount }) => [at, amount.milliseconds])).toEqual([
      ['2026-12-22T10:00:00.000Z', -40_000],
      ['2026-12-22T10:00:50.000Z', -50_000],
    ])
    expect((await stack.balance()).balance).toEqual(milliseconds(1000 * MINUTE_MS - 50_000))
  })

  test('is seen by the first reader, whatever is read', async () => {
    let callId = ''
    const looks: [what: string, look: () => Promise<unknown>, seen: object][] = [
      ['transactions', async () => (await stack.transactions()).at(-1), { kind: 'monthly_grant' }],
      ['grants', async () => (await stack.ask('GET', '/v1/grants')).body.data[0], { amount: credits(1000) }],
      ['receipt', () => stack.receipt(callId), { charged: credits(1) }],
      ['calls', async () => (await stack.ask('GET', '/v1/calls')).body.data[0], { charged: credits(1) }],
    ]
    const resets = ['2026-12-22', '2027-01-22', '2027-02-22', '2027-03-22']
    for (const [index, [what, look, seen]] of looks.entries()) {
      const atMs = Date.parse(`${resets[index]}T10:00:00.000Z`)
      t.clock.set(atMs - MINUTE_MS)
      callId = await stack.answeredCall()
      t.clock.set(atMs)
      const dated =
        'kind' in seen ? { at: instant(atMs) } : 'amount' in seen ? { grantedAt: instant(atMs) } : {}
      expect([what, await look()]).toMatchObject([what, { ...seen, ...dated }])
      await stack.end(callId)
    }
  })

  test('that was missed for months is made up for, cycle by cycle', async () => {
    t.clock.set(Date.parse('2027-03-01T00:00:00.000Z'))
    expect((await stack.balance()).balance).toEqual(credits(1000))
    expect(await stack.transactionAmounts()).toEqual([
      ['monthly_grant', 1000],
      ...Array(3)
        .fill([
          ['expiry', -1000],
          ['monthly_grant', 1000],
        ])
        .flat(),
    ])
  })

  test('falls on the local time of day at which the plan started, over daylight saving', async () => {
    t.clock.set(Date.parse('2026-03-15T10:00:00.000Z'))
    stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin' })
    const resets: unknown[] = []
    for (let n = 0; n < 3; n++) {
      const { monthly } = await stack.balance()
      const { resetsAt } = monthly as { resetsAt: string }
      resets.push(resetsAt)
      t.clock.set(Date.parse(resetsAt))
    }
    // 11:00 in Berlin each time.
    expect(resets).toEqual([
      '2026-04-15T09:00:00.000Z',
      '2026-05-15T09:00:00.000Z',
      '2026-06-15T09:00:00.000Z',
    ])
  })

  test('of a plan that started on the 31st falls on the last day of shorter months', async () => {
    t.clock.set(Date.parse('2026-01-31T23:30:00.000Z'))
    stack = await connectVoiceStack(t, { timeZone: 'America/New_York' })
    const resets: unknown[] = []
    for (let n = 0; n < 4; n++) {
      const { monthly } = await stack.balance()
      const { resetsAt } = monthly as { resetsAt: string }
      resets.push(resetsAt)
      t.clock.set(Date.parse(resetsAt))
    }
    expect(resets).toEqual([
      '2026-02-28T23:30:00.000Z',
      '2026-03-31T22:30:00.000Z',
      '2026-04-30T22:30:00.000Z',
      '2026-05-31T22:30:00.000Z',
    ])
  })
})
