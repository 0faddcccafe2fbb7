import { HOUR_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder } from '../../test/voice-stack.ts'
import { newUuid } from '../platform/ids.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import { type DialOrder, type SimulatedLife, USUAL_LIFE } from './index.ts'

let t: TestApp
let isCarrierReachable = true
afterEach(async () => {
  isCarrierReachable = true
  await closeInOrder(t)
})

const only = (outcome: keyof SimulatedLife['outcomes']): SimulatedLife['outcomes'] => ({
  talks: 0,
  busy: 0,
  noAnswer: 0,
  voicemail: 0,
  failed: 0,
  [outcome]: 1,
})

/** Calls ring for 5 seconds and people talk for a minute. */
const steady: Partial<SimulatedLife> = {
  outcomes: only('talks'),
  dropped: 0,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  ringMs: { min: 5_000, max: 5_000 },
  talkMs: { median: MINUTE_MS, spread: 0, max: USUAL_LIFE.talkMs.max },
}

async function open(life: Partial<SimulatedLife> = {}): Promise<void> {
  t = await testApp({ simulated: { ...steady, ...life, reachable: () => isCarrierReachable } })
}

async function createOrder(fields: Partial<DialOrder> = {}): Promise<DialOrder> {
  const agent = await t.request('POST', '/v1/agents', {
    key: t.workspaceKey,
    body: { name: 'Sales', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
  })
  const agentId = uuidFrom('agent', agent.body.id) ?? ''
  const callId = newUuid(t.clock.now())
  return {
    workspaceId: t.workspaceUuid,
    callId,
    agentId,
    campaignId: null,
    to: '+14155550123',
    onVoicemail: 'hang_up',
    ...fields,
  }
}

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

async function readCall({ callId }: DialOrder) {
  const id = publicId('call', callId)
  return (await t.request('GET', `/v1/calls/${id}`, { key: t.workspaceKey })).body
}

async function countSimulatedCalls(): Promise<number> {
  const { rows } = await t.database.query<{ calls: number }>('select count(*) as calls from simulated_calls')
  return rows[0]?.calls ?? 0
}

describe('a call that is dialed', () => {
  test('rings, is answered and is charged from answer to hang-up, by the carrier’s instants', async () => {
    await open()
    const order = await createOrder()
    const placedAtMs = t.clock.now()
    expect(await t.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    expect(await readCall(order)).toMatchObject({
      status: 'authorized',
      direction: 'outbound',
      to: '+14155550123',
    })
    await advance(5_400)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    await advance(61_000)
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      answeredAt: new Date(placedAtMs + 5_000).toISOString(),
      endedAt: new Date(placedAtMs + 65_000).toISOString(),
      endReason: 'completed',
      charged: { milliseconds: MINUTE_MS },
    })
  })

  test.each([
    { outcome: 'busy', status: 'unanswered', reason: 'busy', chargedMs: 0 },
    { outcome: 'noAnswer', status: 'unanswered', reason: 'no_answer', chargedMs: 0 },
    { outcome: 'failed', status: 'failed', reason: 'failed', chargedMs: 0 },
    { outcome: 'voicemail', status: 'ended', reason: 'voicemail', chargedMs: 3_500 },
  ] as const)('that meets $outcome is $status', async ({ outcome, status, reason, chargedMs }) => {
    await open({ outcomes: only(outcome) })
    const order = await createOrder()
    await t.app.voice.dial(order)
    await advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({
      status,
      endReason: reason,
      charged: { milliseconds: chargedMs },
    })
  })

  test('is placed once, however often and at however many servers it is ordered', async () => {
    await open()
    const other = await t.addProcess()
    const order = await createOrder()
    const all = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? t.app : other.app).voice.dial(order)))
    expect(all.filter(({ outcome }) => outcome === 'placed').length).toBeGreaterThan(0)
    await advance(10_000)
    expect(await t.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    expect(await countSimulatedCalls()).toBe(1)
  })

  test('is refused by the gate before a carrier is asked', async () => {
    await open()
    const order = await createOrder()
    await t.request('POST', `/v1/workspaces/${t.workspaceId}/grants`, {
      key: t.operatorKey,
      body: { kind: 'adjustment', credits: -1000, reason: 'All of it' },
    })
    expect(await t.app.voice.dial(order)).toEqual({ outcome: 'refused', reason: 'out_of_credits' })
    expect(await countSimulatedCalls()).toBe(0)
  })

  test('is charged correctly if its messages arrive twice, reordered or not at all', async () => {
    for (const [index, life] of [{ doubled: 1 }, { reordered: 1 }, { lostEnds: 1 }].entries()) {
      if (index > 0) await closeInOrder(t)
      await open(life)
      const order = await createOrder()
      await t.app.voice.dial(order)
      for (let minutes = 0; minutes < 8; minutes += 1) await advance(MINUTE_MS)
      expect(await readCall(order)).toMatchObject({ status: 'ended', charged: { milliseconds: MINUTE_MS } })
    }
  })
})

describe('an order that is canceled', () => {
  test('before it is dialed is never placed, however often it is dialed', async () => {
    await open()
    const order = await createOrder()
    expect(await t.app.voice.cancelOrder(order)).toBe(true)
    expect(await t.app.voice.dial(order)).toMatchObject({ outcome: 'failed', reason: 'withdrawn' })
    expect(await t.app.voice.cancelOrder(order)).toBe(true)
    expect((await readCall(order)).code).toBe('call_not_found')
    expect(await countSimulatedCalls()).toBe(0)
  })

  test('while it is dialed is either placed or ends as withdrawn', async () => {
    await open()
    const other = await t.addProcess()
    const outcomes = new Set<string>()
    for (let round = 0; round < 40; round += 1) {
      const order = await createOrder()
      const placedBefore = await countSimulatedCalls()
      const dialing = other.app.voice.dial(order)
      for (let waits = 0; waits < round % 20; waits += 1) await t.database.query('select 1')
      const isGone = await t.app.voice.cancelOrder(order)
      const dialed = await dialing
      // The first cancellation may have come before there was a call to end.
      await t.app.voice.cancelOrder(order)
      const placed = (await countSimulatedCalls()) - placedBefore
      outcomes.add(`${dialed.outcome} ${placed}`)
      expect(placed).toBe(dialed.outcome === 'placed' ? 1 : 0)
      if (placed === 1) expect(isGone).toBe(false)
      const call = await readCall(order)
      if (placed === 0 && call.id !== undefined) {
        expect(call).toMatchObject({ status: 'failed', endReason: 'withdrawn', charged: { milliseconds: 0 } })
      }
    }
    expect([...outcomes].sort()).toEqual(['failed 0', 'placed 1'])
  })

  test('after the carrier has it goes on', async () => {
    await open()
    const order = await createOrder()
    await t.app.voice.dial(order)
    expect(await t.app.voice.cancelOrder(order)).toBe(false)
    await advance(5_400)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
  })
})

describe('a carrier that cannot be reached', () => {
  test('is not asked to place a call again: once it says that there is no call, the order has failed for good', async () => {
    await open()
    const order = await createOrder()
    isCarrierReachable = false
    expect(await t.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
    expect(await t.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
    await advance(5 * MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'authorized' })
    isCarrierReachable = true
    await advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'failed', endReason: 'not_placed' })
    await t.app.voice.dial(order)
    await advance(5 * MINUTE_MS)
    expect(await countSimulatedCalls()).toBe(0)
  })

  test('closes nothing: a call whose end is lost stays live until the carrier confirms it', async () => {
    await open({ lostEnds: 1 })
    const order = await createOrder()
    await t.app.voice.dial(order)
    await advance(6_000)
    isCarrierReachable = false
    await advance(50 * MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    isCarrierReachable = true
    await advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: MINUTE_MS },
    })
  })

  test('leaves its calls to the hard stop; what it says later corrects them', async () => {
    await open({ lostEnds: 1 })
    const order = await createOrder()
    await t.app.voice.dial(order)
    await advance(6_000)
    isCarrierReachable = false
    await advance(4 * HOUR_MS + 2 * MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'lost', endReason: 'hard_stop' })
    isCarrierReachable = true
    await advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'ended', charged: { milliseconds: MINUTE_MS } })
  })
})

describe('a hang-up order', () => {
  const orderHangUp = (callId: string) =>
    t.database.query(`update calls set hang_up_at_ms = $2, hang_up_reason = 'out_of_credits' where id = $1`, [
      callId,
      t.clock.now(),
    ])

  test('is repeated until the carrier confirms it, and the charge stops at the confirmed instant', async () => {
    await open()
    const order = await createOrder()
    await t.app.voice.dial(order)
    const placedAtMs = t.clock.now()
    await advance(20_000)
    isCarrierReachable = false
    await orderHangUp(order.callId)
    t.app.voice.wake()
    await t.app.voice.idle()
    await advance(1_000)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    isCarrierReachable = true
    await advance(5_000)
    await advance(1_000)
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      endReason: 'hung_up',
      endedAt: new Date(placedAtMs + 26_000).toISOString(),
      charged: { milliseconds: 21_000 },
    })
  })

  test('for a call that still rings ends it uncharged', async () => {
    await open()
    const order = await createOrder()
    await t.app.voice.dial(order)
    await advance(1_000)
    await orderHangUp(order.callId)
    await advance(1_000)
    await advance(1_000)
    expect(await readCall(order)).toMatchObject({
      status: 'unanswered',
      endReason: 'canceled',
      charged: { milliseconds: 0 },
    })
  })
})
