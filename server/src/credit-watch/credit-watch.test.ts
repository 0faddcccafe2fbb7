import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
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

type AlertAnswer = {
  readonly kind: string
  readonly at: string
  readonly title: string
  readonly detail: string
  readonly link: string
}

/** Lists the workspace's alerts, oldest first. */
const listAlerts = async () =>
  (await stack.ask<{ data: AlertAnswer[] }>('GET', '/v1/alerts?limit=200')).body.data.toReversed()
const listAlertKinds = async () => (await listAlerts()).map(({ kind }) => kind)
const changeSettings = (body: object) => stack.ask('PATCH', '/v1/workspace', { body })
const readCall = (id: string) => stack.receipt(id)

async function later(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

/** Sets the workspace's balance, and does everything that follows. */
async function setBalance(wantedMs: number): Promise<void> {
  const { balance } = await stack.balance()
  const amount = wantedMs - balance.milliseconds
  if (amount !== 0) await stack.granted({ milliseconds: amount, kind: 'adjustment' })
  await t.app.runDue()
}

/** Sets the balance to one credit and starts two conversations. */
async function startTwoCallsWithACredit(): Promise<[string, string]> {
  await setBalance(MINUTE_MS)
  return [await stack.answeredCall(), await stack.answeredCall()]
}

describe('a workspace with one credit and two calls in conversation', () => {
  test('is out after 30.000 seconds and not a millisecond before, however late that is noticed', async () => {
    await startTwoCallsWithACredit()
    await later(30 * SECOND_MS - 1)
    expect(await stack.balance()).toMatchObject({ status: 'low', outSince: null, balance: milliseconds(2) })
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await later(1)
    const outSince = instant(testNowMs + 30 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({ status: 'out', outSince, balance: milliseconds(0) })
    await later(MINUTE_MS)
    expect(await stack.balance()).toMatchObject({ outSince, overdraft: credits(2) })
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
  })

  test('lets both finish and charges them to the end; the next credits pay for that first', async () => {
    const [one, two] = await startTwoCallsWithACredit()
    await later(30 * SECOND_MS)
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    await later(60 * SECOND_MS)
    expect((await stack.end(one)).body).toMatchObject({ charged: credits(1.5), hangUpOrderedAt: null })
    await later(30 * SECOND_MS)
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
    expect((await listAlerts()).at(-2)?.detail).toContain(
      'The 2 live calls continue to their end; the next credits pay for them first.',
    )
  })

  test('orders hang-ups for both if its calls end with the credits, and charges them until they are over', async () => {
    await changeSettings({ whenCreditsRunOut: 'end' })
    const [one, two] = await startTwoCallsWithACredit()
    const ringing = await stack.startedCall()
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    await later(30 * SECOND_MS)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'out_of_credits' }
    for (const id of [one, two, ringing]) {
      expect(await readCall(id)).toMatchObject(ordered)
      expect(await stack.heartbeat(id)).toMatchObject({ body: { continue: false } })
    }
    await later(2 * SECOND_MS)
    expect((await stack.end(one)).body).toMatchObject({ ...ordered, charged: milliseconds(32 * SECOND_MS) })
    expect((await stack.end(two)).body).toMatchObject({
      status: 'ended',
      charged: milliseconds(32 * SECOND_MS),
    })
    expect(await stack.balance()).toMatchObject({ overdraft: milliseconds(4 * SECOND_MS) })
    expect((await listAlerts()).at(-1)?.detail).toContain('The 3 live calls are being ended.')
  })

  test('sends events to live listeners at once: of the calls, the alert and the balance', async () => {
    const address = await t.app.listen().catch(() => t.app.server.listeningOrigin)
    await changeSettings({ whenCreditsRunOut: 'end' })
    const [one, two] = await startTwoCallsWithACredit()
    const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${stack.key}` })
    await stream.next(({ event }) => event === 'balance')
    t.clock.advance(30 * SECOND_MS)
    await t.app.runDue()
    const events = [await stream.next(), await stream.next(), await stream.next(), await stream.next()]
    expect(
      events
        .filter(({ event }) => event === 'call')
        .map(({ data }) => data.id)
        .sort(),
    ).toEqual([one, two].sort())
    expect(events.map(({ event }) => event).slice(2)).toEqual(['alert', 'balance'])
    stream.close()
  })
})

describe('credits that come back', () => {
  test('let new calls in at once, and live calls with hang-up orders continue', async () => {
    await changeSettings({ whenCreditsRunOut: 'end' })
    const [one, two] = await startTwoCallsWithACredit()
    await later(30 * SECOND_MS)
    await stack.end(two)
    t.clock.advance(1)
    await stack.granted({ credits: 5 })
    expect((await stack.start()).status).toBe(201)
    await t.app.runDue()
    expect(await readCall(one)).toMatchObject({ hangUpOrderedAt: null, hangUpReason: null })
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    // A call that is over keeps the reason.
    expect(await readCall(two)).toMatchObject({ hangUpReason: 'out_of_credits' })
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero', 'credits_returned'])
    expect((await listAlerts()).at(-1)).toMatchObject({
      title: 'Credits are back',
      detail:
        'Incoming calls have been answered again since 22 Nov 2026, 10:00 (UTC). The live call continues to its end.',
      link: '/billing',
    })
  })

  test('by a late report of a call that ended earlier: what is left lasts longer', async () => {
    const [one] = await startTwoCallsWithACredit()
    await later(34 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({ outSince: instant(testNowMs + 30 * SECOND_MS) })
    t.clock.advance(SECOND_MS)
    await stack.end(one, testNowMs + 10 * SECOND_MS)
    await t.app.runDue()
    expect(await stack.balance()).toMatchObject({ balance: milliseconds(15 * SECOND_MS), outSince: null })
    await later(15 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({ outSince: instant(testNowMs + 50 * SECOND_MS) })
    expect(await listAlertKinds()).toEqual([
      'balance_low',
      'balance_zero',
      'credits_returned',
      'balance_zero',
    ])
  })

  test('and run out again raise one alert each time', async () => {
    await setBalance(MINUTE_MS)
    for (let round = 0; round < 4; round += 1) {
      t.clock.advance(SECOND_MS)
      await setBalance(0)
      t.clock.advance(SECOND_MS)
      await setBalance(MINUTE_MS)
      await other.app.runDue()
    }
    const kinds = (await listAlertKinds()).filter((kind) => kind !== 'balance_low')
    expect(kinds).toEqual(Array.from({ length: 4 }, () => ['balance_zero', 'credits_returned']).flat())
  })

  test('at the reset', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    await setBalance(0)
    await later(31 * DAY_MS)
    expect(await listAlertKinds()).toEqual(['balance_zero', 'credits_returned'])
    expect(await stack.balance()).toMatchObject({ status: 'ok', balance: credits(30) })
  })
})

describe('changing what happens to calls when credits run out', () => {
  test('ends the live calls of a workspace that is out, or lets them finish after all', async () => {
    const [one, two] = await startTwoCallsWithACredit()
    await later(30 * SECOND_MS)
    expect(await readCall(one)).toMatchObject({ hangUpOrderedAt: null })
    await later(5 * SECOND_MS)
    await changeSettings({ whenCreditsRunOut: 'end' })
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'out_of_credits' }
    for (const id of [one, two]) expect(await readCall(id)).toMatchObject(ordered)
    await changeSettings({ whenCreditsRunOut: 'finish' })
    for (const id of [one, two]) expect(await readCall(id)).toMatchObject({ hangUpOrderedAt: null })
  })

  test('does not touch calls while there are credits', async () => {
    await setBalance(MINUTE_MS)
    const call = await stack.answeredCall()
    await changeSettings({ whenCreditsRunOut: 'end' })
    expect(await readCall(call)).toMatchObject({ hangUpOrderedAt: null })
  })
})

test('a call that was presumed lost and is live after all gets a hang-up order like the others', async () => {
  await changeSettings({ whenCreditsRunOut: 'end' })
  await setBalance(2 * MINUTE_MS)
  const [one, two] = [await stack.startedCall(), await stack.answeredCall()]
  await later(31 * MINUTE_MS)
  expect(await readCall(one)).toMatchObject({ status: 'lost' })
  expect(await readCall(two)).toMatchObject({ hangUpReason: 'out_of_credits' })
  const answered = await stack.answer(one)
  expect(answered.body).toMatchObject({ status: 'in_conversation', hangUpReason: 'out_of_credits' })
})

describe('a server whose clock is behind', () => {
  test('refuses calls that the others refuse, and reverts nothing', async () => {
    const behind = await t.addProcess({ clock: { now: () => t.clock.now() - 3 * SECOND_MS } })
    await startTwoCallsWithACredit()
    await later(30 * SECOND_MS)
    const started = await behind.request('POST', '/v1/calls', {
      key: stack.key,
      body: { agentId: stack.agentId, direction: 'web' },
    })
    expect(started.body).toMatchObject({ status: 'refused' })
    await behind.app.runDue()
    await t.app.runDue()
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
  })
})

describe('a low balance', () => {
  test('is below a tenth of the monthly credits; its alert is raised once, with how long the credits last', async () => {
    await setBalance(101 * MINUTE_MS)
    await stack.answeredCall()
    await later(MINUTE_MS)
    expect(await listAlertKinds()).toEqual([])
    await later(1)
    const [alert] = await listAlerts()
    expect(alert).toEqual({
      id: expect.any(String),
      kind: 'balance_low',
      at: instant(t.clock.now()),
      title: 'Credits are low',
      detail:
        'Less than 100 credits are left. With the live call they last until 22 Nov 2026, 11:41 (UTC). Buy credits, or switch on auto-reload, so that calls can continue.',
      link: '/billing',
      readAt: null,
    })
    await later(MINUTE_MS)
    await stack.granted({ credits: 500 })
    await t.app.runDue()
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await later(500 * MINUTE_MS)
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_low'])
  })

  test('is below the threshold that the workspace chose, from the moment it was chosen', async () => {
    await changeSettings({ lowBalanceCredits: 2 })
    await setBalance(3 * MINUTE_MS)
    expect(await listAlertKinds()).toEqual([])
    expect(await stack.balance()).toMatchObject({ status: 'ok', lowBelow: credits(2) })
    await changeSettings({ lowBalanceCredits: 3.5 })
    expect(await stack.balance()).toMatchObject({ status: 'low' })
    await t.app.runDue()
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await changeSettings({ lowBalanceCredits: 0 })
    await setBalance(1)
    expect(await stack.balance()).toMatchObject({ status: 'ok' })
    await changeSettings({ lowBalanceCredits: null })
    expect(await stack.balance()).toMatchObject({ status: 'low', lowBelow: credits(100) })
  })

  test('raises an alert on the Free plan that says when the next credits arrive, and that paid plans can buy more', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    await setBalance(MINUTE_MS)
    expect((await listAlerts())[0]?.detail).toBe(
      'Less than 5 credits are left. The next monthly credits arrive on 22 Dec 2026, 10:00 (UTC). Paid plans can buy credits: change to one to get more now.',
    )
  })
})

describe('several servers', () => {
  test('that notice a crossing at one moment act on it once', async () => {
    await changeSettings({ whenCreditsRunOut: 'end' })
    await startTwoCallsWithACredit()
    t.clock.advance(30 * SECOND_MS)
    await Promise.all([t.app, other.app, t.app, other.app].map((app) => app.runDue()))
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
    const { rowCount } = await t.database.query(
      `select from events where workspace_id = $1 and topic = 'alert'`,
      [uuidFrom('workspace', stack.workspaceId)],
    )
    expect(rowCount).toBe(2)
  })

  test('act on what another committed', async () => {
    await setBalance(MINUTE_MS)
    const { body } = await other.request('POST', '/v1/calls', {
      key: stack.key,
      body: { agentId: stack.agentId, direction: 'web' },
    })
    await other.request('POST', `/v1/calls/${body.id}/answer`, { key: stack.key, body: {} })
    await later(MINUTE_MS)
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
  })
})

test('auto-reload buys during a call, at the moment the balance falls below its threshold', async () => {
  const customer = await reloadCustomer(t)
  await customer.setBalance(21)
  await customer.save({ thresholdCredits: 20 })
  await customer.answeredCall()
  t.clock.advance(MINUTE_MS)
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

  test('202: orders a hang-up, which stays when credits return', async () => {
    await changeSettings({ whenCreditsRunOut: 'end' })
    const [one, two] = await startTwoCallsWithACredit()
    const first = await hangUp(one)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'by_hand' }
    expect(first).toMatchObject({ status: 202, body: { id: one, status: 'in_conversation', ...ordered } })
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: false } })
    await later(30 * SECOND_MS)
    expect(await hangUp(two)).toMatchObject({ status: 202, body: { hangUpReason: 'by_hand' } })
    expect(await hangUp(one)).toMatchObject({ status: 202, body: ordered })
    await stack.granted({ credits: 5 })
    await t.app.runDue()
    expect(await readCall(one)).toMatchObject(ordered)
    expect(await readCall(two)).toMatchObject({ hangUpReason: 'by_hand' })
  })

  test('200: leaves a call that is over as it is', async () => {
    const id = await stack.talk(MINUTE_MS)
    expect(await hangUp(id)).toMatchObject({ status: 200, body: { status: 'ended', hangUpOrderedAt: null } })
  })

  test('202: a repeated idempotency key gets the first answer', async () => {
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

  test('400: a body with any field', async () => {
    expect((await hangUp(await stack.answeredCall(), { body: { at: 'now' } })).status).toBe(400)
  })

  test('403: a member hangs up no calls', async () => {
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
