import { DAY_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Ask, type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { openEvents } from '../../test/event-stream.ts'
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

async function advance(ms: number): Promise<void> {
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
    await advance(30 * SECOND_MS - 1)
    expect(await stack.balance()).toMatchObject({ status: 'low', outSince: null, balance: milliseconds(2) })
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await advance(1)
    const outSince = instant(testNowMs + 30 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({ status: 'out', outSince, balance: milliseconds(0) })
    await advance(MINUTE_MS)
    expect(await stack.balance()).toMatchObject({ outSince, overdraft: credits(2) })
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
    expect((await stack.start()).body.refusal?.reason).toBe('out_of_credits')
  })

  test('lets both finish and charges them to the end; the next credits pay for that first', async () => {
    const [one, two] = await startTwoCallsWithACredit()
    await advance(30 * SECOND_MS)
    expect(await stack.heartbeat(one)).toMatchObject({ body: { continue: true } })
    await advance(60 * SECOND_MS)
    expect((await stack.end(one)).body).toMatchObject({ charged: credits(1.5), hangUpOrderedAt: null })
    await advance(30 * SECOND_MS)
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
    await advance(30 * SECOND_MS)
    const ordered = { hangUpOrderedAt: instant(t.clock.now()), hangUpReason: 'out_of_credits' }
    for (const id of [one, two, ringing]) {
      expect(await readCall(id)).toMatchObject(ordered)
      expect(await stack.heartbeat(id)).toMatchObject({ body: { continue: false } })
    }
    await advance(2 * SECOND_MS)
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
    await advance(30 * SECOND_MS)
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
    await advance(34 * SECOND_MS)
    expect(await stack.balance()).toMatchObject({ outSince: instant(testNowMs + 30 * SECOND_MS) })
    t.clock.advance(SECOND_MS)
    await stack.end(one, testNowMs + 10 * SECOND_MS)
    await t.app.runDue()
    expect(await stack.balance()).toMatchObject({ balance: milliseconds(15 * SECOND_MS), outSince: null })
    await advance(15 * SECOND_MS)
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
    await advance(31 * DAY_MS)
    expect(await listAlertKinds()).toEqual(['balance_zero', 'credits_returned'])
    expect(await stack.balance()).toMatchObject({ status: 'ok', balance: credits(30) })
  })
})

describe('changing what happens to calls when credits run out', () => {
  test('ends the live calls of a workspace that is out, or lets them finish after all', async () => {
    const [one, two] = await startTwoCallsWithACredit()
    await advance(30 * SECOND_MS)
    expect(await readCall(one)).toMatchObject({ hangUpOrderedAt: null })
    await advance(5 * SECOND_MS)
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
  await advance(31 * MINUTE_MS)
  expect(await readCall(one)).toMatchObject({ status: 'lost' })
  expect(await readCall(two)).toMatchObject({ hangUpReason: 'out_of_credits' })
  const answered = await stack.answer(one)
  expect(answered.body).toMatchObject({ status: 'in_conversation', hangUpReason: 'out_of_credits' })
})

describe('a server whose clock is behind', () => {
  test('refuses calls that the others refuse, and reverts nothing', async () => {
    const behind = await t.addProcess({ clock: { now: () => t.clock.now() - 3 * SECOND_MS } })
    await startTwoCallsWithACredit()
    await advance(30 * SECOND_MS)
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
    await advance(MINUTE_MS)
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_zero'])
  })
})
