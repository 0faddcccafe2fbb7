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
import type { Amount } from '../ledger/index.ts'
import type { ReceiptResponse } from './response-schemas.ts'

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

const second = 1000
const minute = 60 * second

/** The voice stack’s ids of the calls a list shows, in its order. */
async function listed(query = ''): Promise<unknown[]> {
  const { status, body } = await stack.ask('GET', `/v1/calls?${query}`)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body.data.map(({ externalId }) => externalId)
}

/** A call under the name, begun a millisecond after the one before, so that their order is known. */
function begin(externalId: string, fields: object = {}): Promise<string> {
  t.clock.advance(1)
  return stack.startedCall({ externalId, ...fields })
}

describe('the history', () => {
  test('shows calls as their receipts do, newest first', async () => {
    const ids = [await begin('first'), await begin('second'), await begin('third')]
    await stack.answer(ids[1] ?? '')
    t.clock.advance(90 * second)
    await stack.end(ids[1] ?? '', undefined, { reason: 'completed' })
    const { body } = await stack.ask('GET', '/v1/calls')
    expect(body.nextCursor).toBeNull()
    expect(body.data.map(({ id }) => id)).toEqual(ids.reverse())
    for (const call of body.data) expect(await stack.receipt(call.id)).toMatchObject(call)
    expect(body.data[1]).toMatchObject({
      status: 'ended',
      agentName: newAgent.name,
      duration: milliseconds(90_000),
      charged: milliseconds(90_000),
      endReason: 'completed',
    })
  })

  test('is filtered by status, one or several', async () => {
    await begin('rings')
    await stack.answer(await begin('talks'))
    await stack.end(await begin('unanswered'))
    await stack.end(await begin('failed'), undefined, { reason: 'failed' })
    const over = await begin('over')
    await stack.answer(over)
    await stack.end(over)
    await stack.granted({ credits: -1000, kind: 'adjustment' })
    t.clock.advance(1)
    await stack.start({ externalId: 'refused' })

    expect(await listed()).toEqual(['refused', 'over', 'failed', 'unanswered', 'talks', 'rings'])
    expect(await listed('status=ended')).toEqual(['over'])
    expect(await listed('status=authorized')).toEqual(['rings'])
    expect(await listed('status=refused,in_conversation')).toEqual(['refused', 'talks'])
    expect(await listed('status=refused&status=in_conversation')).toEqual(['refused', 'talks'])
    expect(await listed('status=unanswered,failed&status=ended')).toEqual(['over', 'failed', 'unanswered'])
    expect(await listed('status=lost')).toEqual([])
    expect(await listed('status=')).toHaveLength(6)
  })

  test('is filtered by agent and by direction', async () => {
    const other = await stack.ask('POST', '/v1/agents', { body: { ...newAgent, name: 'Sales' } })
    await begin('in')
    await begin('out', { direction: 'outbound' })
    await begin('sales in', { agentId: other.body.id })
    await begin('sales web', { agentId: other.body.id, direction: 'web' })
    expect(await listed(`agentId=${stack.agentId}`)).toEqual(['out', 'in'])
    expect(await listed(`agentId=${other.body.id}`)).toEqual(['sales web', 'sales in'])
    expect(await listed('direction=inbound')).toEqual(['sales in', 'in'])
    expect(await listed(`direction=inbound&agentId=${other.body.id}`)).toEqual(['sales in'])
    const foreign = await connectVoiceStack(t)
    expect(await listed(`agentId=${foreign.agentId}`)).toEqual([])
  })

  test('is filtered by the workspace’s local days: a call counts on the day it ended', async () => {
    t.clock.set(Date.parse('2026-03-28T12:00:00.000Z'))
    stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin' })
    /** A minute’s call that ends at the instant. */
    const callUntil = async (name: string, until: string) => {
      t.clock.set(Date.parse(until))
      const id = await begin(name, { at: instant(t.clock.now() - minute) })
      await stack.answer(id, t.clock.now() - minute)
      await stack.end(id, Date.parse(until))
    }
    // The 29th has 23 hours in Berlin: from 23:00 to 22:00 the next day by UTC.
    await callUntil('last of the 28th', '2026-03-28T22:59:59.999Z')
    await callUntil('first of the 29th', '2026-03-28T23:00:00.000Z')
    await callUntil('last of the 29th', '2026-03-29T21:59:59.999Z')
    await callUntil('first of the 30th', '2026-03-29T22:00:00.000Z')
    t.clock.set(Date.parse('2026-03-30T10:00:00.000Z'))
    await begin('open on the 30th')

    expect(await listed('from=2026-03-28&to=2026-03-28')).toEqual(['last of the 28th'])
    expect(await listed('from=2026-03-29&to=2026-03-29')).toEqual(['last of the 29th', 'first of the 29th'])
    expect(await listed('from=2026-03-30')).toEqual(['open on the 30th', 'first of the 30th'])
    expect(await listed('to=2026-03-29')).toEqual([
      'last of the 29th',
      'first of the 29th',
      'last of the 28th',
    ])
    expect(await listed('from=2026-03-31')).toEqual([])

    // The same instants are other days elsewhere.
    await stack.ask('PATCH', '/v1/workspace', { body: { timeZone: 'Pacific/Kiritimati' } })
    expect(await listed('from=2026-03-29&to=2026-03-29')).toEqual(['first of the 29th', 'last of the 28th'])
    await stack.ask('PATCH', '/v1/workspace', { body: { timeZone: 'America/New_York' } })
    expect(await listed('from=2026-03-28&to=2026-03-28')).toEqual(['first of the 29th', 'last of the 28th'])
  })

  test('has on a day also calls that went on for hours, and those that were reported only afterwards', async () => {
    t.clock.set(Date.parse('2026-11-24T01:00:00.000Z'))
    const long = await begin('long')
    await stack.answer(long)
    t.clock.advance(3 * 60 * minute)
    const usual = await begin('usual')
    await stack.answer(usual)
    await stack.end(usual)
    await stack.end(long)
    t.clock.set(Date.parse('2026-11-25T00:30:00.000Z'))
    const late = await begin('late', { at: '2026-11-24T22:00:00.000Z' })
    await stack.answer(late, Date.parse('2026-11-24T22:00:10.000Z'))
    await stack.end(late, Date.parse('2026-11-24T22:05:00.000Z'))
    await begin('open')

    const day = 'from=2026-11-24&to=2026-11-24'
    expect(await listed(day)).toEqual(['late', 'usual', 'long'])
    expect(await listed(`${day}&agentId=${stack.agentId}`)).toEqual(['late', 'usual', 'long'])
    expect(await listed(`${day}&status=lost`)).toEqual([])
    expect(await listed('from=2026-11-25&to=2026-11-25')).toEqual(['open'])
    expect(await listed(`agentId=${stack.agentId}`)).toEqual(['open', 'late', 'usual', 'long'])
  })

  test('comes in pages without loss or repetition while calls arrive and change', async () => {
    const names = Array.from({ length: 23 }, (_, n) => `call-${n}`)
    const ids: string[] = []
    for (const name of names) ids.push(await begin(name))
    const seen: unknown[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null; page++) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await stack.ask('GET', `/v1/calls?limit=5&status=authorized,unanswered${query}`)
      expect(body.data).toHaveLength(page === 4 ? 3 : 5)
      seen.push(...body.data.map(({ externalId }) => externalId))
      cursor = body.nextCursor
      await begin(`late-${page}`)
      await stack.end(ids[page] ?? '')
    }
    expect(seen).toEqual(names.reverse())
    expect(await listed('limit=200')).toHaveLength(23 + 5)
  })

  test('ends a page with no cursor exactly where the list ends', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await begin(name)
    const first = await stack.ask('GET', '/v1/calls?limit=2')
    expect(first.body.nextCursor).toEqual(expect.any(String))
    const second = await stack.ask('GET', `/v1/calls?limit=2&cursor=${first.body.nextCursor}`)
    expect(second.body.nextCursor).toBeNull()
    expect((await stack.ask('GET', '/v1/calls?limit=4')).body.nextCursor).toBeNull()
    const nothing = await connectVoiceStack(t)
    expect((await nothing.ask('GET', '/v1/calls')).body).toEqual({ data: [], nextCursor: null })
  })
})

describe('a receipt', () => {
  test('of a call that was paid by several grants adds up', async () => {
    await stack.granted({ credits: 2, expiresAt: instant(testNowMs + 60 * minute) })
    await stack.granted({ milliseconds: 1, expiresAt: instant(testNowMs + 61 * minute) })
    await stack.talk(30 * second)
    const id = await stack.talk(3 * minute)
    const receipt = await stack.receipt(id)
    expect(receipt).toMatchObject({
      asOf: instant(testNowMs),
      timeZone: 'UTC',
      charged: credits(3),
      payments: [
        { kind: 'promotional', amount: credits(1.5), expiresAt: instant(testNowMs + 60 * minute) },
        { kind: 'promotional', amount: milliseconds(1), expiresAt: instant(testNowMs + 61 * minute) },
        { kind: 'monthly', amount: milliseconds(90_000 - 1) },
      ],
      unpaid: credits(0),
      entries: [{ amount: credits(-3), balanceAfter: milliseconds(1000 * minute - 90_000 + 1) }],
    })
    const entry = (await stack.transactions()).at(-1)
    expect(receipt.entries[0]).toMatchObject({ transactionId: entry?.id, at: entry?.at })
    const grants = (await stack.ask('GET', '/v1/grants')).body.data.map((grant) => grant.id)
    for (const { grantId } of receipt.payments) expect(grants).toContain(grantId)
    expectSumsOf(receipt)
  })

  test('of a live call says what was charged so far, of one without conversation nothing', async () => {
    const live = await stack.answeredCall()
    t.clock.advance(5 * minute)
    expect(await stack.receipt(live)).toMatchObject({
      status: 'in_conversation',
      asOf: instant(t.clock.now()),
      answeredAt: instant(testNowMs),
      duration: null,
      charged: credits(0),
      payments: [],
      unpaid: credits(0),
      entries: [],
    })
    const unanswered = await stack.startedCall()
    await stack.end(unanswered)
    expect(await stack.receipt(unanswered)).toMatchObject({ charged: credits(0), payments: [], entries: [] })
  })

  test('adds up whatever happens around it', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    const ids: string[] = []
    for (let n = 1; n <= 8; n++) {
      ids.push(await stack.talk(n * minute + n))
      if (n === 3) await stack.granted({ credits: 4, expiresAt: instant(testNowMs + n * minute) })
      if (n === 5) t.clock.set(testNowMs + 3 * minute)
      if (n === 7) await stack.granted({ milliseconds: 61_003 })
    }
    const talkedMs = ids.reduce((sum, _, index) => sum + (index + 1) * (minute + 1), 0)
    const receipts = await Promise.all(ids.map((id) => stack.receipt(id)))
    for (const receipt of receipts) expectSumsOf(receipt)
    const sum = (field: 'charged' | 'unpaid') =>
      receipts.reduce((total, receipt) => total + receipt[field].milliseconds, 0)
    expect(sum('charged')).toBe(talkedMs)
    expect(sum('unpaid')).toBe((await stack.balance()).overdraft.milliseconds)
    expect(sum('unpaid')).toBeGreaterThan(0)
  })
})

/** Payments and what is unpaid make what was charged; so do the entries, below zero. */
function expectSumsOf({ charged, payments, unpaid, entries }: ReceiptResponse): void {
  const sumOf = (parts: readonly { amount: Amount }[]) =>
    parts.reduce((sum, { amount }) => sum + amount.milliseconds, 0)
  expect([sumOf(payments) + unpaid.milliseconds, -sumOf(entries)]).toEqual([
    charged.milliseconds,
    charged.milliseconds,
  ])
}
