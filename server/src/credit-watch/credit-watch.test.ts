import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Ask, type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { openEvents } from '../../test/event-stream.ts'
import { reloadCustomer } from '../../test/reload-customer.ts'
import {
  closeInOrder,
  connectVoiceStack,
  credits,
  instant,
  milliseconds,
  type VoiceStack,
} from '../../test/voice-stack.ts'
import type { App } from '../app.ts'
import { uuidFrom } from '../public-ids.ts'

let t: TestApp
let other: { app: App; request: Ask }
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

const second = 1_000
const minute = 60 * second

type AlertAnswer = {
  readonly kind: string
  readonly at: string
  readonly title: string
  readonly detail: string
  readonly link: string
}

/** Oldest first. */
const alerts = async () =>
  (await stack.ask<{ data: AlertAnswer[] }>('GET', '/v1/alerts?limit=200')).body.data.toReversed()
const alertKinds = async () => (await alerts()).map(({ kind }) => kind)
const settings = (body: object) => stack.ask('PATCH', '/v1/workspace', { body })
const callOf = async (id: string) => await stack.receipt(id)

async function later(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

/** The workspace has this balance and has been told all that follows from it. */
async function withBalance(wantedMs: number): Promise<void> {
  const { balance } = await stack.balance()
  const amount = wantedMs - balance.milliseconds
  if (amount !== 0) await stack.granted({ milliseconds: amount, kind: 'adjustment' })
  await t.app.runDue()
}

/** Two calls in conversation since now, with a credit for both. */
async function twoCallsAndACredit(): Promise<[string, string]> {
  await withBalance(minute)
  return [await stack.answeredCall(), await stack.answeredCall()]
}

describe('a workspace with one credit and two calls in conversation', () => {
  test('is out after 30.000 seconds and not a millisecond before, however late that is seen', async () => {
    await twoCallsAndACredit()
    await later(30 * second - 1)
    expect(await stack.balance()).toMatchObject({ status: 'low', outSince: null, balance: milliseconds(2) })
    expect(await alertKinds()).toEqual(['balance_low'])
    await later(1)
    const outSince = instant(testNowMs + 30 * second)
    expect(await stack.balance()).toMatchObject({ status: 'out', outSince, balance: milliseconds(0) })
    await later(minute)
    expect(await stack.balance()).toMatchObject({ outSince, overdraft: credits(2) })
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero'])
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
  })

  test('lets both finish and charges them to the end; the next credits pay that first', async () => {
    const [one, two] = await twoCallsAndACredit()
    await later(30 * second)
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    await later(60 * second)
    expect((await stack.end(one)).body).toMatchObject({ charged: credits(1.5), hangUpOrderedAt: null })
    await later(30 * second)
    expect((await stack.end(two)).body.charged).toEqual(credits(2))
    expect(await stack.balance()).toMatchObject({ balance: credits(-2.5), overdraft: credits(2.5) })
    await stack.granted({ credits: 10 })
    await t.app.runDue()
    expect(await stack.balance()).toMatchObject({
      balance: credits(7.5),
      overdraft: credits(0),
      promotional: { remaining: credits(7.5) },
      outSince: null,
    })
    expect((await alerts()).at(-2)?.detail).toContain(
      'The 2 live calls continue to their end; the next credits pay for them first.',
    )
  })

  test('has both hung up where calls end with the credits, and charges them until they are over', async () => {
    await settings({ whenCreditsRunOut: 'end' })
    const [one, two] = await twoCallsAndACredit()
    const ringing = await stack.startedCall()
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    await later(30 * second)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'out_of_credits' }
    for (const id of [one, two, ringing]) {
      expect(await callOf(id)).toMatchObject(ordered)
      expect(await stack.heartbeat(id)).toMatchObject({ body: { continue: false } })
    }
    await later(2 * second)
    expect((await stack.end(one)).body).toMatchObject({ ...ordered, charged: milliseconds(32 * second) })
    expect((await stack.end(two)).body).toMatchObject({ status: 'ended', charged: milliseconds(32 * second) })
    expect(await stack.balance()).toMatchObject({ overdraft: milliseconds(4 * second) })
    expect((await alerts()).at(-1)?.detail).toContain('The 3 live calls are being ended.')
  })

  test('says so on the spot to whoever watches: the calls, the alert and the balance', async () => {
    const address = await t.app.listen().catch(() => t.app.server.listeningOrigin)
    await settings({ whenCreditsRunOut: 'end' })
    const [one, two] = await twoCallsAndACredit()
    const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${stack.key}` })
    await stream.next(({ event }) => event === 'balance')
    t.clock.advance(30 * second)
    await t.app.runDue()
    const told = [await stream.next(), await stream.next(), await stream.next(), await stream.next()]
    expect(
      told
        .filter(({ event }) => event === 'call')
        .map(({ data }) => data.id)
        .sort(),
    ).toEqual([one, two].sort())
    expect(told.map(({ event }) => event).slice(2)).toEqual(['alert', 'balance'])
    stream.close()
  })
})

describe('credits that come back', () => {
  test('let calls be answered at once, and the calls go on that were to be hung up', async () => {
    await settings({ whenCreditsRunOut: 'end' })
    const [one, two] = await twoCallsAndACredit()
    await later(30 * second)
    await stack.end(two)
    t.clock.advance(1)
    await stack.granted({ credits: 5 })
    expect((await stack.start()).status).toBe(201)
    await t.app.runDue()
    expect(await callOf(one)).toMatchObject({ hangUpOrderedAt: null, hangUpReason: null })
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    // Of one that is over it stays known why.
    expect(await callOf(two)).toMatchObject({ hangUpReason: 'out_of_credits' })
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero', 'credits_returned'])
    expect((await alerts()).at(-1)).toMatchObject({
      title: 'Credits are back',
      detail:
        'Incoming calls are answered again since 22 Nov 2026, 10:00 (UTC). The live call continues to its end.',
      link: '/billing',
    })
  })

  test('by a late report: a call was over before, and what is left lasts longer', async () => {
    const [one] = await twoCallsAndACredit()
    await later(34 * second)
    expect(await stack.balance()).toMatchObject({ outSince: instant(testNowMs + 30 * second) })
    t.clock.advance(second)
    await stack.end(one, testNowMs + 10 * second)
    await t.app.runDue()
    expect(await stack.balance()).toMatchObject({ balance: milliseconds(15 * second), outSince: null })
    await later(15 * second)
    expect(await stack.balance()).toMatchObject({ outSince: instant(testNowMs + 50 * second) })
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero', 'credits_returned', 'balance_zero'])
  })

  test('and go again are told of each time, once', async () => {
    await withBalance(minute)
    for (let round = 0; round < 4; round += 1) {
      t.clock.advance(second)
      await withBalance(0)
      t.clock.advance(second)
      await withBalance(minute)
      await other.app.runDue()
    }
    const told = (await alertKinds()).filter((kind) => kind !== 'balance_low')
    expect(told).toEqual(Array.from({ length: 4 }, () => ['balance_zero', 'credits_returned']).flat())
  })

  test('by the reset', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    await withBalance(0)
    await later(31 * 24 * 60 * minute)
    expect(await alertKinds()).toEqual(['balance_zero', 'credits_returned'])
    expect(await stack.balance()).toMatchObject({ status: 'ok', balance: credits(30) })
  })
})

describe('a change of what happens to calls without credits', () => {
  test('ends the calls that are on without credits, or lets them finish after all', async () => {
    const [one, two] = await twoCallsAndACredit()
    await later(30 * second)
    expect(await callOf(one)).toMatchObject({ hangUpOrderedAt: null })
    await later(5 * second)
    await settings({ whenCreditsRunOut: 'end' })
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'out_of_credits' }
    for (const id of [one, two]) expect(await callOf(id)).toMatchObject(ordered)
    await settings({ whenCreditsRunOut: 'finish' })
    for (const id of [one, two]) expect(await callOf(id)).toMatchObject({ hangUpOrderedAt: null })
  })

  test('touches no call while there are credits', async () => {
    await withBalance(minute)
    const call = await stack.answeredCall()
    await settings({ whenCreditsRunOut: 'end' })
    expect(await callOf(call)).toMatchObject({ hangUpOrderedAt: null })
  })
})

test('a call that was taken for lost and is on after all is hung up like the others', async () => {
  await settings({ whenCreditsRunOut: 'end' })
  await withBalance(2 * minute)
  const [one, two] = [await stack.startedCall(), await stack.answeredCall()]
  await later(31 * minute)
  expect(await callOf(one)).toMatchObject({ status: 'lost' })
  expect(await callOf(two)).toMatchObject({ hangUpReason: 'out_of_credits' })
  const answered = await stack.answer(one)
  expect(answered.body).toMatchObject({ status: 'in_conversation', hangUpReason: 'out_of_credits' })
})

describe('a server whose clock is behind', () => {
  test('lets no call in that the others refuse, and takes nothing back', async () => {
    const behind = await t.addProcess({ clock: { now: () => t.clock.now() - 3 * second } })
    await twoCallsAndACredit()
    await later(30 * second)
    const started = await behind.request('POST', '/v1/calls', {
      key: stack.key,
      body: { agentId: stack.agentId, direction: 'web' },
    })
    expect(started.body).toMatchObject({ status: 'refused' })
    await behind.app.runDue()
    await t.app.runDue()
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero'])
  })
})

describe('the balance is low', () => {
  test('below a tenth of the monthly credits, which is told once, with how long it lasts', async () => {
    await withBalance(101 * minute)
    await stack.answeredCall()
    await later(minute)
    expect(await alertKinds()).toEqual([])
    await later(1)
    const [alert] = await alerts()
    expect(alert).toEqual({
      id: expect.any(String),
      kind: 'balance_low',
      at: instant(t.clock.now()),
      title: 'Credits are low',
      detail:
        'Less than 100 credits are left. With the call that is on they last until 22 Nov 2026, 11:41 (UTC). Buy credits, or switch on auto-reload, so that calls go on.',
      link: '/billing',
      readAt: null,
    })
    await later(minute)
    await stack.granted({ credits: 500 })
    await t.app.runDue()
    expect(await alertKinds()).toEqual(['balance_low'])
    await later(500 * minute)
    expect(await alertKinds()).toEqual(['balance_low', 'balance_low'])
  })

  test('below what the workspace chose, from the moment it chose it', async () => {
    await settings({ lowBalanceCredits: 2 })
    await withBalance(3 * minute)
    expect(await alertKinds()).toEqual([])
    expect(await stack.balance()).toMatchObject({ status: 'ok', lowBelow: credits(2) })
    await settings({ lowBalanceCredits: 3.5 })
    expect(await stack.balance()).toMatchObject({ status: 'low' })
    await t.app.runDue()
    expect(await alertKinds()).toEqual(['balance_low'])
    await settings({ lowBalanceCredits: 0 })
    await withBalance(1)
    expect(await stack.balance()).toMatchObject({ status: 'ok' })
    await settings({ lowBalanceCredits: null })
    expect(await stack.balance()).toMatchObject({ status: 'low', lowBelow: credits(100) })
  })

  test('says on the Free plan when credits come, and that others can buy them', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    await withBalance(minute)
    expect((await alerts())[0]?.detail).toBe(
      'Less than 5 credits are left. The next monthly credits come on 22 Dec 2026, 10:00 (UTC). Credits can be bought on a paid plan: change to one to have more now.',
    )
  })
})

describe('several servers', () => {
  test('that see the same crossing at the same moment act on it once', async () => {
    await settings({ whenCreditsRunOut: 'end' })
    await twoCallsAndACredit()
    t.clock.advance(30 * second)
    await Promise.all([t.app, other.app, t.app, other.app].map((app) => app.runDue()))
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero'])
    const { rowCount } = await t.database.query(
      `select from events where workspace_id = $1 and topic = 'alert'`,
      [uuidFrom('workspace', stack.workspaceId)],
    )
    expect(rowCount).toBe(2)
  })

  test('act on what another committed', async () => {
    await withBalance(minute)
    const { body } = await other.request('POST', '/v1/calls', {
      key: stack.key,
      body: { agentId: stack.agentId, direction: 'web' },
    })
    await other.request('POST', `/v1/calls/${body.id}/answer`, { key: stack.key, body: {} })
    await later(minute)
    expect(await alertKinds()).toEqual(['balance_low', 'balance_zero'])
  })
})

test('auto-reload buys in the middle of a call, at the moment the balance falls below its threshold', async () => {
  const customer = await reloadCustomer(t)
  await customer.setBalance(21)
  await customer.save({ thresholdCredits: 20 })
  await customer.answeredCall()
  t.clock.advance(minute)
  await t.app.creditWatch.runDue()
  await t.app.autoReload.idle()
  expect(await customer.reloads()).toEqual([])
  t.clock.advance(1)
  await t.app.creditWatch.runDue()
  await t.app.autoReload.idle()
  expect(await customer.reloads()).toMatchObject([{ status: 'succeeded', credits: credits(200) }])
  expect((await customer.attempts())[0]).toMatchObject({ at: instant(t.clock.now()) })
})

describe('POST /v1/calls/{id}/hang-up', () => {
  const hangUp = (id: string, options = {}) => stack.ask('POST', `/v1/calls/${id}/hang-up`, options)

  test('202: the call is to be hung up, also where credits come back', async () => {
    await settings({ whenCreditsRunOut: 'end' })
    const [one, two] = await twoCallsAndACredit()
    const first = await hangUp(one)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'by_hand' }
    expect(first).toMatchObject({ status: 202, body: { id: one, status: 'in_conversation', ...ordered } })
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: false } })
    await later(30 * second)
    expect(await hangUp(two)).toMatchObject({ status: 202, body: { hangUpReason: 'by_hand' } })
    expect(await hangUp(one)).toMatchObject({ status: 202, body: ordered })
    await stack.granted({ credits: 5 })
    await t.app.runDue()
    expect(await callOf(one)).toMatchObject(ordered)
    expect(await callOf(two)).toMatchObject({ hangUpReason: 'by_hand' })
  })

  test('200: a call that is over stays as it is', async () => {
    const id = await stack.talk(minute)
    expect(await hangUp(id)).toMatchObject({ status: 200, body: { status: 'ended', hangUpOrderedAt: null } })
  })

  test('the same key gives the first answer again', async () => {
    const id = await stack.answeredCall()
    const first = await hangUp(id, { idempotencyKey: 'once' })
    await stack.end(id)
    const again = await hangUp(id, { idempotencyKey: 'once' })
    expect(again).toMatchObject({ status: 202, body: first.body })
    expect(again.headers['idempotent-replayed']).toBe('true')
  })

  test('404: a call of another workspace', async () => {
    const stranger = await connectVoiceStack(t)
    const id = await stranger.answeredCall()
    expect(await hangUp(id)).toMatchObject({ status: 404, body: { code: 'call_not_found' } })
    expect((await stranger.receipt(id)).hangUpOrderedAt).toBeNull()
  })

  test('400: a body that says anything', async () => {
    expect((await hangUp(await stack.answeredCall(), { body: { at: 'now' } })).status).toBe(400)
  })

  test('403: a member looks and hangs nothing up', async () => {
    const owner = await t.signUp()
    const invitation = await t.request('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: { email: 'm@example.com', role: 'member' },
    })
    const token = new URL(String(invitation.body.url)).searchParams.get('token') ?? ''
    const { cookie } = await t.signUp({ invitation: token })
    const agent = await t.request('POST', '/v1/agents', {
      cookie: owner.cookie,
      body: { name: 'Ada', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
    })
    const call = await t.request('POST', '/v1/calls', {
      cookie: owner.cookie,
      body: { agentId: agent.body.id, direction: 'web' },
    })
    const answer = await t.request('POST', `/v1/calls/${call.body.id}/hang-up`, { cookie, body: {} })
    expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden' } })
  })
})
