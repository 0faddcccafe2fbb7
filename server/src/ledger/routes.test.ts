import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, type TestBody, testApp, testNowMs } from '../../test/app.ts'
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
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

const zero = credits(0)

/** A cursor as lists hand them out, made up. */
function cursorOf(value: unknown): string {
  return Buffer.from(JSON.stringify([value])).toString('base64url')
}

describe('the balance', () => {
  test('of a new workspace is its plan’s credits, until the cycle ends', async () => {
    expect(await stack.balance()).toEqual({
      asOf: '2026-11-22T10:00:00.000Z',
      balance: credits(1000),
      monthly: { remaining: credits(1000), granted: credits(1000), resetsAt: '2026-12-22T10:00:00.000Z' },
      topUp: { remaining: zero },
      promotional: { remaining: zero },
      overdraft: zero,
      liveCalls: 0,
      runsOutAt: null,
      status: 'ok',
      lowBelow: credits(100),
      outSince: null,
    })
  })

  test('is paid from the grant that expires soonest, by live calls too', async () => {
    stack = await connectVoiceStack(t, { planId: await addPlanWithOverdraft(t) })
    await stack.granted({ credits: 10, expiresAt: instant(testNowMs + DAY_MS) })
    await stack.granted({ credits: 5, kind: 'adjustment' })
    const id = await stack.answeredCall()
    const parts = async () => {
      const { balance, monthly, topUp, promotional, overdraft } = await stack.balance()
      const credit = (amount: unknown) => (amount as { credits: number }).credits
      return [
        balance,
        ...[monthly, topUp, promotional].map((part) => (part as { remaining: unknown }).remaining),
        overdraft,
      ].map(credit)
    }
    const seen: number[][] = []
    for (const minutes of [0, 4, 10, 26, 3, 2, 5]) {
      t.clock.advance(minutes * MINUTE_MS)
      seen.push([minutes, ...(await parts())])
    }
    expect(seen).toEqual([
      // after, balance, monthly, top-up, promotional and adjustments, overdraft
      [0, 45, 30, 0, 15, 0],
      [4, 41, 30, 0, 11, 0],
      [10, 31, 26, 0, 5, 0],
      [26, 5, 0, 0, 5, 0],
      [3, 2, 0, 0, 2, 0],
      [2, 0, 0, 0, 0, 0],
      [5, -5, 0, 0, 0, 5],
    ])
    await stack.end(id)
    expect(await parts()).toEqual([-5, 0, 0, 0, 5])
    const receipt = await stack.receipt(id)
    expect(receipt.payments.map(({ kind, amount }) => [kind, amount.credits])).toEqual([
      ['promotional', 10],
      ['monthly', 30],
      ['adjustment', 5],
    ])
    expect(receipt.unpaid).toEqual(credits(5))

    // The next credit pays what is owed first, and the receipt shows it.
    expect((await stack.granted({ credits: 8 })).remaining).toEqual(credits(3))
    expect(await parts()).toEqual([3, 0, 0, 3, 0])
    expect((await stack.receipt(id)).unpaid).toEqual(zero)
  })

  test('keeps top-up credits until the monthly ones are used, and across a reset', async () => {
    stack = await connectVoiceStack(t, { planId: 'starter' })
    await stack.ask('POST', '/v1/payment-methods', { body: { testCard: 'success' } })
    const bought = await stack.ask('POST', '/v1/purchases', {
      body: { packageId: 'credits_100', quantity: 1 },
    })
    expect(bought.body).toMatchObject({ status: 'succeeded' })
    await stack.talk(200 * MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      balance: credits(150),
      monthly: { remaining: credits(50) },
      topUp: { remaining: credits(100) },
    })
    const id = await stack.talk(80 * MINUTE_MS)
    expect(await stack.balance()).toMatchObject({
      monthly: { remaining: zero },
      topUp: { remaining: credits(70) },
    })
    const paid = (await stack.receipt(id)).payments.map(({ kind, amount }) => [kind, amount.credits])
    expect(paid).toEqual([
      ['monthly', 50],
      ['top_up', 30],
    ])
    t.clock.set(Date.parse('2026-12-22T10:00:00.000Z'))
    expect(await stack.balance()).toMatchObject({
      balance: credits(320),
      monthly: { remaining: credits(250) },
      topUp: { remaining: credits(70) },
    })
  })

  test('is low below a tenth of the monthly credits, and out at zero', async () => {
    const statusAfter = async (deducted: number) => {
      await stack.granted({ milliseconds: -deducted, kind: 'adjustment' })
      return (await stack.balance()).status
    }
    expect(await statusAfter(900 * MINUTE_MS)).toBe('ok')
    expect(await statusAfter(1)).toBe('low')
    expect(await statusAfter(100 * MINUTE_MS - 2)).toBe('low')
    expect(await statusAfter(1)).toBe('out')
  })

  test('states to the millisecond when live calls will have used it up', async () => {
    await stack.granted({ credits: -990, kind: 'adjustment' })
    expect((await stack.balance()).runsOutAt).toBeNull()
    const ids = [await stack.answeredCall(), await stack.answeredCall(), await stack.answeredCall()]
    expect((await stack.balance()).runsOutAt).toBe(instant(testNowMs + 200 * SECOND_MS))
    t.clock.advance(1000)
    await stack.end(ids[0] ?? '')
    // 600,000 − 3,000 ms are left, for two calls.
    expect((await stack.balance()).runsOutAt).toBe(instant(t.clock.now() + 298_500))
    await stack.granted({ milliseconds: 1 })
    expect((await stack.balance()).runsOutAt).toBe(instant(t.clock.now() + 298_501))
    t.clock.advance(298_501)
    expect(await stack.balance()).toMatchObject({ balance: milliseconds(-1), runsOutAt: null, status: 'out' })
  })

  test('does not run out when the reset comes first', async () => {
    t.clock.advance(30 * DAY_MS - 1000 * MINUTE_MS)
    const id = await stack.answeredCall()
    expect((await stack.balance()).runsOutAt).toBe('2026-12-22T10:00:00.000Z')
    await stack.granted({ milliseconds: 1 })
    expect((await stack.balance()).runsOutAt).toBeNull()
    await stack.end(id)
  })
})

describe('transactions', () => {
  test('continue one another: each balance is the one before plus the amount', async () => {
    const other = await connectVoiceStack(t)
    for (let n = 1; n <= 12; n++) {
      await stack.talk(n * 1001)
      if (n % 4 === 0) await stack.granted({ credits: n })
      if (n % 6 === 0) await stack.granted({ milliseconds: -n, kind: 'adjustment' })
    }
    await other.startedCall()
    const whole = await stack.transactions()
    expect(whole).toHaveLength(1 + 12 + 3 + 2)
    let balanceMs = 0
    for (const { amount, balanceAfter } of whole) {
      balanceMs += (amount as { milliseconds: number }).milliseconds
      expect(balanceAfter).toEqual(milliseconds(balanceMs))
    }
    expect((await stack.balance()).balance).toEqual(milliseconds(balanceMs))
    for (const limit of [1, 5, 18]) expect(await stack.transactions(limit)).toEqual(whole)
  })

  test('come in whole pages while new ones are posted', async () => {
    for (let n = 0; n < 6; n++) await stack.talk(MINUTE_MS)
    const before = await stack.transactions()
    const seen: TestBody[] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await stack.ask('GET', `/v1/transactions?limit=2${query}`)
      seen.push(...body.data)
      cursor = body.nextCursor
      await stack.talk(MINUTE_MS)
    }
    expect(seen.reverse()).toEqual(before)
  })

  test('can be filtered by kind, page by page', async () => {
    await stack.talk(MINUTE_MS)
    await stack.granted({ credits: 5 })
    await stack.talk(MINUTE_MS)
    await stack.granted({ credits: -1, kind: 'adjustment' })
    const page = await stack.ask('GET', '/v1/transactions?kind=promotional,adjustment&limit=1')
    expect(page.body.data.map(({ kind }) => kind)).toEqual(['adjustment'])
    const next = `/v1/transactions?kind=promotional&kind=adjustment&cursor=${page.body.nextCursor}`
    const { body } = await stack.ask('GET', next)
    expect(body.data.map(({ kind }) => kind)).toEqual(['promotional'])
    expect(body.nextCursor).toBeNull()
    const calls = await stack.ask('GET', '/v1/transactions?kind=call')
    expect(calls.body.data).toHaveLength(2)
    const wrong = await stack.ask('GET', '/v1/transactions?kind=gift')
    expect(wrong.status).toBe(400)
    expect(wrong.body.errors).toMatchObject([{ pointer: '/kind' }])
  })

  test.each([
    ['transactions', 'limit=0', '/limit'],
    ['transactions', 'limit=abc', '/limit'],
    ['transactions', 'cursor=x', '/cursor'],
    ['transactions', `cursor=${cursorOf('0199c3a8-7e4d-7aa1-b1f3-a06a5a0f7b1c')}`, '/cursor'],
    ['transactions', `cursor=${cursorOf(1.5)}`, '/cursor'],
    ['transactions', 'kind=gift', '/kind'],
    ['grants', 'limit=201', '/limit'],
    ['grants', `cursor=${cursorOf(7)}`, '/cursor'],
    ['grants', `cursor=${cursorOf('a\u0000')}`, '/cursor'],
  ])('400: GET /v1/%s?%s', async (list, query, pointer) => {
    const answer = await stack.ask('GET', `/v1/${list}?${query}`)
    expect(answer.body).toMatchObject({ status: 400, code: 'invalid_request', errors: [{ pointer }] })
  })

  test('are 50 a page by default', async () => {
    await stack.batch(
      Array.from({ length: 60 }, (_, n) => [
        { type: 'start', agentId: stack.agentId, direction: 'web', externalId: `c-${n}` },
        { type: 'answer', externalId: `c-${n}`, at: instant(testNowMs - MINUTE_MS) },
        { type: 'end', externalId: `c-${n}` },
      ]).flat(),
    )
    const { body } = await stack.ask('GET', '/v1/transactions')
    expect(body.data).toHaveLength(50)
    expect(body.nextCursor).toEqual(expect.any(String))
    const { body: all } = await stack.ask('GET', '/v1/transactions?limit=200')
    expect(all.data).toHaveLength(61)
    expect(all.nextCursor).toBeNull()
  })
})
