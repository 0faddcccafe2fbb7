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

/** Lists calls. Returns their external ids in the order of the list. */
async function list(query = ''): Promise<unknown[]> {
  const { status, body } = await stack.ask('GET', `/v1/calls?${query}`)
  expect({ status, body }).toMatchObject({ status: 200 })
  return body.data.map(({ externalId }) => externalId)
}

/** Starts a call a millisecond after the one before, so that their order is known. Returns its id. */
function start(externalId: string, fields: object = {}): Promise<string> {
  t.clock.advance(1)
  return stack.startedCall({ externalId, ...fields })
}

describe('the history', () => {
  test('shows calls as their receipts do, newest first', async () => {
    const ids = [await start('first'), await start('second'), await start('third')]
    await stack.answer(ids[1] ?? '')
    t.clock.advance(90 * SECOND_MS)
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
    await start('rings')
    await stack.answer(await start('talks'))
    await stack.end(await start('unanswered'))
    await stack.end(await start('failed'), undefined, { reason: 'failed' })
    const over = await start('over')
    await stack.answer(over)
    await stack.end(over)
    await stack.granted({ credits: -1000, kind: 'adjustment' })
    t.clock.advance(1)
    await stack.start({ externalId: 'refused' })

    expect(await list()).toEqual(['refused', 'over', 'failed', 'unanswered', 'talks', 'rings'])
    expect(await list('status=ended')).toEqual(['over'])
    expect(await list('status=authorized')).toEqual(['rings'])
    expect(await list('status=refused,in_conversation')).toEqual(['refused', 'talks'])
    expect(await list('status=refused&status=in_conversation')).toEqual(['refused', 'talks'])
    expect(await list('status=unanswered,failed&status=ended')).toEqual(['over', 'failed', 'unanswered'])
    expect(await list('status=lost')).toEqual([])
    expect(await list('status=')).toHaveLength(6)
  })

  test('is filtered by agent and by direction', async () => {
    const other = await stack.ask('POST', '/v1/agents', { body: { ...newAgent, name: 'Sales' } })
    await start('in')
    await start('out', { direction: 'outbound' })
    await start('sales in', { agentId: other.body.id })
    await start('sales web', { agentId: other.body.id, direction: 'web' })
    expect(await list(`agentId=${stack.agentId}`)).toEqual(['out', 'in'])
    expect(await list(`agentId=${other.body.id}`)).toEqual(['sales web', 'sales in'])
    expect(await list('direction=inbound')).toEqual(['sales in', 'in'])
    expect(await list(`direction=inbound&agentId=${other.body.id}`)).toEqual(['sales in'])
    const foreign = await connectVoiceStack(t)
    expect(await list(`agentId=${foreign.agentId}`)).toEqual([])
  })

  test('is filtered by the workspace’s local days: a call counts on the day it ended', async () => {
    t.clock.set(Date.parse('2026-03-28T12:00:00.000Z'))
    stack = await connectVoiceStack(t, { timeZone: 'Europe/Berlin' })
    /** Makes a call of a minute that ends at an instant. */
    const callUntil = async (name: string, until: string) => {
      t.clock.set(Date.parse(until))
      const id = await start(name, { at: instant(t.clock.now() - MINUTE_MS) })
      await stack.answer(id, t.clock.now() - MINUTE_MS)
      await stack.end(id, Date.parse(until))
    }
    // In Berlin the 29th has 23 hours: from 23:00 to 22:00 UTC.
    await callUntil('last of the 28th', '2026-03-28T22:59:59.999Z')
    await callUntil('first of the 29th', '2026-03-28T23:00:00.000Z')
    await callUntil('last of the 29th', '2026-03-29T21:59:59.999Z')
    await callUntil('first of the 30th', '2026-03-29T22:00:00.000Z')
    t.clock.set(Date.parse('2026-03-30T10:00:00.000Z'))
    await start('open on the 30th')

    expect(await list('from=2026-03-28&to=2026-03-28')).toEqual(['last of the 28th'])
    expect(await list('from=2026-03-29&to=2026-03-29')).toEqual(['last of the 29th', 'first of the 29th'])
    expect(await list('from=2026-03-30')).toEqual(['open on the 30th', 'first of the 30th'])
    expect(await list('to=2026-03-29')).toEqual(['last of the 29th', 'first of the 29th', 'last of the 28th'])
    expect(await list('from=2026-03-31')).toEqual([])

    // In other time zones these instants are on other days.
    await stack.ask('PATCH', '/v1/workspace', { body: { timeZone: 'Pacific/Kiritimati' } })
    expect(await list('from=2026-03-29&to=2026-03-29')).toEqual(['first of the 29th', 'last of the 28th'])
    await stack.ask('PATCH', '/v1/workspace', { body: { timeZone: 'America/New_York' } })
    expect(await list('from=2026-03-28&to=2026-03-28')).toEqual(['first of the 29th', 'last of the 28th'])
  })

  test('shows on a day the calls that lasted for hours and the calls that were reported later', async () => {
    t.clock.set(Date.parse('2026-11-24T01:00:00.000Z'))
    const long = await start('long')
    await stack.answer(long)
    t.clock.advance(3 * 60 * MINUTE_MS)
    const usual = await start('usual')
    await stack.answer(usual)
    await stack.end(usual)
    await stack.end(long)
    t.clock.set(Date.parse('2026-11-25T00:30:00.000Z'))
    const late = await start('late', { at: '2026-11-24T22:00:00.000Z' })
    await stack.answer(late, Date.parse('2026-11-24T22:00:10.000Z'))
    await stack.end(late, Date.parse('2026-11-24T22:05:00.000Z'))
    await start('open')

    const day = 'from=2026-11-24&to=2026-11-24'
    expect(await list(day)).toEqual(['late', 'usual', 'long'])
    expect(await list(`${day}&agentId=${stack.agentId}`)).toEqual(['late', 'usual', 'long'])
    expect(await list(`${day}&status=lost`)).toEqual([])
    expect(await list('from=2026-11-25&to=2026-11-25')).toEqual(['open'])
    expect(await list(`agentId=${stack.agentId}`)).toEqual(['open', 'late', 'usual', 'long'])
  })

  test('comes in pages without loss or repetition while calls arrive and change', async () => {
    const names = Array.from({ length: 23 }, (_, n) => `call-${n}`)
    const ids: string[] = []
    for (const name of names) ids.push(await start(name))
    const seen: unknown[] = []
    let cursor: string | null = ''
    for (let page = 0; cursor !== null; page++) {
      const query: string = cursor === '' ? '' : `&cursor=${cursor}`
      const { body } = await stack.ask('GET', `/v1/calls?limit=5&status=authorized,unanswered${query}`)
      expect(body.data).toHaveLength(page === 4 ? 3 : 5)
      seen.push(...body.data.map(({ externalId }) => externalId))
      cursor = body.nextCursor
      await start(`late-${page}`)
      await stack.end(ids[page] ?? '')
    }
    expect(seen).toEqual(names.reverse())
    expect(await list('limit=200')).toHaveLength(23 + 5)
  })

  test('gives no cursor with the last page', async () => {
    for (const name of ['a', 'b', 'c', 'd']) await start(name)
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
  test('of a call that several grants paid adds up', async () => {
    await stack.granted({ credits: 2, expiresAt: instant(testNowMs + 60 * MINUTE_MS) })
    await stack.granted({ milliseconds: 1, expiresAt: instant(testNowMs + 61 * MINUTE_MS) })
    await stack.talk(30 * SECOND_MS)
    const id = await stack.talk(3 * MINUTE_MS)
    const receipt = await stack.receipt(id)
    expect(receipt).toMatchObject({
      asOf: instant(testNowMs),
      timeZone: 'UTC',
      charged: credits(3),
      payments: [
        { kind: 'promotional', amount: credits(1.5), expiresAt: instant(testNowMs + 60 * MINUTE_MS) },
        { kind: 'promotional', amount: milliseconds(1), expiresAt: instant(testNowMs + 61 * MINUTE_MS) },
        { kind: 'monthly', amount: milliseconds(90_000 - 1) },
      ],
      unpaid: credits(0),
      entries: [{ amount: credits(-3), balanceAfter: milliseconds(1000 * MINUTE_MS - 90_000 + 1) }],
    })
    const entry = (await stack.transactions()).at(-1)
    expect(receipt.entries[0]).toMatchObject({ transactionId: entry?.id, at: entry?.at })
    const grants = (await stack.ask('GET', '/v1/grants')).body.data.map((grant) => grant.id)
    for (const { grantId } of receipt.payments) expect(grants).toContain(grantId)
    expectSums(receipt)
  })

  test('of a live call says what was charged so far; of a call without a conversation, nothing', async () => {
    const live = await stack.answeredCall()
    t.clock.advance(5 * MINUTE_MS)
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
      ids.push(await stack.talk(n * MINUTE_MS + n))
      if (n === 3) await stack.granted({ credits: 4, expiresAt: instant(testNowMs + n * MINUTE_MS) })
      if (n === 5) t.clock.set(testNowMs + 3 * MINUTE_MS)
      if (n === 7) await stack.granted({ milliseconds: 61_003 })
    }
    const talkedMs = ids.reduce((sum, _, index) => sum + (index + 1) * (MINUTE_MS + 1), 0)
    const receipts = await Promise.all(ids.map((id) => stack.receipt(id)))
    for (const receipt of receipts) expectSums(receipt)
    const sum = (field: 'charged' | 'unpaid') =>
      receipts.reduce((total, receipt) => total + receipt[field].milliseconds, 0)
    expect(sum('charged')).toBe(talkedMs)
    expect(sum('unpaid')).toBe((await stack.balance()).overdraft.milliseconds)
    expect(sum('unpaid')).toBeGreaterThan(0)
  })
})

/** Expects that payments and unpaid credit add up to the charge, and the entries to the charge below zero. */
function expectSums({ charged, payments, unpaid, entries }: ReceiptResponse): void {
  const sumOf = (items: readonly { amount: Amount }[]) =>
    items.reduce((sum, { amount }) => sum + amount.milliseconds, 0)
  expect([sumOf(payments) + unpaid.milliseconds, -sumOf(entries)]).toEqual([
    charged.milliseconds,
    charged.milliseconds,
  ])
}
