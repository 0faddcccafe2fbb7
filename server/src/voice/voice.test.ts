import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { closeInOrder } from '../../test/voice-stack.ts'
import { newUuid } from '../platform/ids.ts'
import { publicId } from '../public-ids.ts'
import { type DialOrder, type SimulatedLife, usualLife } from './index.ts'

const MINUTE_MS = 60_000

let t: TestApp
let carrierAnswers = true
afterEach(async () => {
  carrierAnswers = true
  await closeInOrder(t)
})

const always = (outcome: keyof SimulatedLife['outcomes']): SimulatedLife['outcomes'] => ({
  talks: 0,
  busy: 0,
  noAnswer: 0,
  voicemail: 0,
  failed: 0,
  [outcome]: 1,
})

/** A world in which calls ring 5 seconds and people talk for a minute. */
const steady: Partial<SimulatedLife> = {
  outcomes: always('talks'),
  dropped: 0,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  ringMs: { min: 5_000, max: 5_000 },
  talkMs: { median: MINUTE_MS, spread: 0, max: usualLife.talkMs.max },
}

async function open(life: Partial<SimulatedLife> = {}): Promise<void> {
  t = await testApp({ simulated: { ...steady, ...life, reachable: () => carrierAnswers } })
}

async function order(fields: Partial<DialOrder> = {}): Promise<DialOrder> {
  const agent = await t.request('POST', '/v1/agents', {
    key: t.workspaceKey,
    body: { name: 'Sales', language: 'en', llmProvider: 'openai', llmModel: 'gpt-5' },
  })
  const hex = agent.body.id.slice('agt_'.length)
  const agentId = hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
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

async function after(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

async function callOf({ callId }: DialOrder) {
  const id = publicId('call', callId)
  return (await t.request('GET', `/v1/calls/${id}`, { key: t.workspaceKey })).body
}

async function simulatedCalls(): Promise<number> {
  const { rows } = await t.database.query<{ calls: number }>('select count(*) as calls from simulated_calls')
  return rows[0]?.calls ?? 0
}

describe('a call that is dialled', () => {
  test('rings, is answered and is charged from answer to hang-up by the carrier’s instants', async () => {
    await open()
    const it = await order()
    const placedAtMs = t.clock.now()
    expect(await t.app.voice.dial(it)).toEqual({ outcome: 'placed' })
    expect(await callOf(it)).toMatchObject({
      status: 'authorized',
      direction: 'outbound',
      to: '+14155550123',
    })
    await after(5_400)
    expect(await callOf(it)).toMatchObject({ status: 'in_conversation' })
    await after(61_000)
    expect(await callOf(it)).toMatchObject({
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
    await open({ outcomes: always(outcome) })
    const it = await order()
    await t.app.voice.dial(it)
    await after(MINUTE_MS)
    expect(await callOf(it)).toMatchObject({
      status,
      endReason: reason,
      charged: { milliseconds: chargedMs },
    })
  })

  test('is placed once, however often and by however many it is ordered', async () => {
    await open()
    const other = await t.addProcess()
    const it = await order()
    const all = await Promise.all([1, 2, 3, 4].map((n) => (n % 2 ? t.app : other.app).voice.dial(it)))
    expect(all.filter(({ outcome }) => outcome === 'placed').length).toBeGreaterThan(0)
    await after(10_000)
    expect(await t.app.voice.dial(it)).toEqual({ outcome: 'placed' })
    expect(await simulatedCalls()).toBe(1)
  })

  test('is refused by the gate before any carrier hears of it', async () => {
    await open()
    const it = await order()
    await t.request('POST', `/v1/workspaces/${t.workspaceId}/grants`, {
      key: t.operatorKey,
      body: { kind: 'adjustment', credits: -1000, reason: 'All of it' },
    })
    expect(await t.app.voice.dial(it)).toEqual({ outcome: 'refused', reason: 'out_of_credits' })
    expect(await simulatedCalls()).toBe(0)
  })

  test('whose messages come twice, reordered or not at all is charged the same', async () => {
    for (const [at, life] of [{ doubled: 1 }, { reordered: 1 }, { lostEnds: 1 }].entries()) {
      if (at > 0) await closeInOrder(t)
      await open(life)
      const it = await order()
      await t.app.voice.dial(it)
      for (let minutes = 0; minutes < 8; minutes += 1) await after(MINUTE_MS)
      expect(await callOf(it)).toMatchObject({ status: 'ended', charged: { milliseconds: MINUTE_MS } })
    }
  })
})

describe('an order that is taken back', () => {
  test('before anybody heard of it is placed by nobody, however often it is ordered', async () => {
    await open()
    const it = await order()
    expect(await t.app.voice.withdraw(it)).toBe(true)
    expect(await t.app.voice.dial(it)).toMatchObject({ outcome: 'failed', reason: 'withdrawn' })
    expect(await t.app.voice.withdraw(it)).toBe(true)
    expect((await callOf(it)).code).toBe('call_not_found')
    expect(await simulatedCalls()).toBe(0)
  })

  test('while it is carried out is either placed, or has a call that says so', async () => {
    await open()
    const other = await t.addProcess()
    const outcomes = new Set<string>()
    for (let round = 0; round < 40; round += 1) {
      const it = await order()
      const placedBefore = await simulatedCalls()
      const dialing = other.app.voice.dial(it)
      for (let waits = 0; waits < round % 20; waits += 1) await t.database.query('select 1')
      const gone = await t.app.voice.withdraw(it)
      const dialed = await dialing
      // What was taken back too early for the call to be there is over all the same.
      await t.app.voice.withdraw(it)
      const placed = (await simulatedCalls()) - placedBefore
      outcomes.add(`${dialed.outcome} ${placed}`)
      expect(placed).toBe(dialed.outcome === 'placed' ? 1 : 0)
      if (placed === 1) expect(gone).toBe(false)
      const call = await callOf(it)
      if (placed === 0 && call.id !== undefined) {
        expect(call).toMatchObject({ status: 'failed', endReason: 'withdrawn', charged: { milliseconds: 0 } })
      }
    }
    expect([...outcomes].sort()).toEqual(['failed 0', 'placed 1'])
  })

  test('when it is with the carrier goes on', async () => {
    await open()
    const it = await order()
    await t.app.voice.dial(it)
    expect(await t.app.voice.withdraw(it)).toBe(false)
    await after(5_400)
    expect(await callOf(it)).toMatchObject({ status: 'in_conversation' })
  })
})

describe('a carrier that cannot be reached', () => {
  test('is not asked again blindly: that it placed nothing is found out, and stands', async () => {
    await open()
    const it = await order()
    carrierAnswers = false
    expect(await t.app.voice.dial(it)).toEqual({ outcome: 'unknown' })
    expect(await t.app.voice.dial(it)).toEqual({ outcome: 'unknown' })
    await after(5 * MINUTE_MS)
    expect(await callOf(it)).toMatchObject({ status: 'authorized' })
    carrierAnswers = true
    await after(MINUTE_MS)
    expect(await callOf(it)).toMatchObject({ status: 'failed', endReason: 'not_placed' })
    await t.app.voice.dial(it)
    await after(5 * MINUTE_MS)
    expect(await simulatedCalls()).toBe(0)
  })

  test('closes nothing: a call whose end was lost stays until the carrier confirms it', async () => {
    await open({ lostEnds: 1 })
    const it = await order()
    await t.app.voice.dial(it)
    await after(6_000)
    carrierAnswers = false
    await after(50 * MINUTE_MS)
    expect(await callOf(it)).toMatchObject({ status: 'in_conversation' })
    carrierAnswers = true
    await after(MINUTE_MS)
    expect(await callOf(it)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: MINUTE_MS },
    })
  })

  test('leaves a call to its hard stop, where it is closed; what the carrier says later still holds', async () => {
    await open({ lostEnds: 1 })
    const it = await order()
    await t.app.voice.dial(it)
    await after(6_000)
    carrierAnswers = false
    await after(4 * 60 * MINUTE_MS + 2 * MINUTE_MS)
    expect(await callOf(it)).toMatchObject({ status: 'lost', endReason: 'hard_stop' })
    carrierAnswers = true
    await after(MINUTE_MS)
    expect(await callOf(it)).toMatchObject({ status: 'ended', charged: { milliseconds: MINUTE_MS } })
  })
})

describe('a hang-up that was ordered', () => {
  const orderHangUp = (callId: string) =>
    t.database.query(`update calls set hang_up_at_ms = $2, hang_up_reason = 'out_of_credits' where id = $1`, [
      callId,
      t.clock.now(),
    ])

  test('is told until the carrier confirms, and the charge stops at the confirmed instant', async () => {
    await open()
    const it = await order()
    await t.app.voice.dial(it)
    const placedAtMs = t.clock.now()
    await after(20_000)
    carrierAnswers = false
    await orderHangUp(it.callId)
    t.app.voice.wake()
    await t.app.voice.idle()
    await after(1_000)
    expect(await callOf(it)).toMatchObject({ status: 'in_conversation' })
    carrierAnswers = true
    await after(5_000)
    await after(1_000)
    expect(await callOf(it)).toMatchObject({
      status: 'ended',
      endReason: 'hung_up',
      endedAt: new Date(placedAtMs + 26_000).toISOString(),
      charged: { milliseconds: 21_000 },
    })
  })

  test('of a call that still rings ends it uncharged', async () => {
    await open()
    const it = await order()
    await t.app.voice.dial(it)
    await after(1_000)
    await orderHangUp(it.callId)
    await after(1_000)
    await after(1_000)
    expect(await callOf(it)).toMatchObject({
      status: 'unanswered',
      endReason: 'canceled',
      charged: { milliseconds: 0 },
    })
  })
})
