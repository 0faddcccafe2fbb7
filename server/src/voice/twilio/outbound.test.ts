import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { FORBIDDEN_TO, INVALID_TO } from '../../../test/twilio/rest-api.ts'
import { openTwilioWorld, publicUrl, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'
import type { CallResponse } from '../../calls/response-schemas.ts'
import { publicId } from '../../public-ids.ts'
import type { DialOrder } from '../index.ts'
import { hungUp } from './twiml.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const webSocket = 'wss://agent.example.com/talk'

let world: TwilioWorld
let agent: TwilioAgent
beforeAll(async () => {
  world = await openTwilioWorld()
})
beforeEach(async () => {
  // Twilio tells whole seconds.
  world.test.clock.advance(1_000 - (world.test.clock.now() % 1_000))
  agent = await world.agentAt(webSocket)
})
afterAll(() => world.close())

async function callOf({ callId }: DialOrder): Promise<CallResponse> {
  const answer = await world.request<CallResponse>('GET', `/v1/calls/${publicId('call', callId)}`, {
    key: agent.key,
  })
  expect(answer.status).toBe(200)
  return answer.body
}

const placedFor = ({ callId }: DialOrder): FakeCall[] =>
  [...world.twilio.calls.values()].filter(({ fields }) =>
    fields.get('StatusCallback')?.[0]?.includes(publicId('call', callId)),
  )

async function dial(fields: Partial<DialOrder> = {}): Promise<{ order: DialOrder; call: FakeCall }> {
  const order = world.order(agent, fields)
  expect(await world.app.voice.dial(order)).toEqual({ outcome: 'placed' })
  return { order, call: world.twilio.lastPlaced() }
}

describe('a call that is dialled through Twilio', () => {
  test('is ordered with its hard stop, and with addresses that name it', async () => {
    const { order, call } = await dial({ onVoicemail: 'hang_up' })
    const id = publicId('call', order.callId)
    const { maxDurationSeconds } = await callOf(order)
    expect(Object.fromEntries(call.fields)).toEqual({
      To: ['+14155550123'],
      From: [agent.phoneNumber],
      Url: [`${publicUrl}/voice/twilio/outbound?call=${id}`],
      StatusCallback: [`${publicUrl}/voice/twilio/status?call=${id}`],
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      Timeout: ['45'],
      TimeLimit: [String(maxDurationSeconds)],
      MachineDetection: ['Enable'],
    })
    const talks = await dial({ onVoicemail: 'talk' })
    expect(talks.call.fields.get('MachineDetection')).toBeUndefined()
    for (const one of [call, talks.call]) await world.report(world.twilio.end(one, 'canceled'))
  })

  test('is connected to the agent when somebody answers, and charged from then to the hang-up', async () => {
    const { order, call } = await dial()
    await world.after(7_300)
    await world.report(world.twilio.ring(call))
    await world.report(world.twilio.answer(call))
    expect(await callOf(order)).toMatchObject({ status: 'in_conversation' })
    const twiml = await world.connect(call)
    expect(twiml).toContain(`<Connect><Stream url="${webSocket}"><Parameter name="callId"`)
    await world.after(60_000)
    await world.report(world.twilio.end(call))
    expect(await callOf(order)).toMatchObject({
      status: 'ended',
      direction: 'outbound',
      endReason: 'completed',
      charged: { milliseconds: 60_000 },
    })
  })

  test('shows an agent that is called by number who calls it', async () => {
    agent = await world.agentAt('+493090182888')
    const { order, call } = await dial()
    await world.report(world.twilio.answer(call))
    const { maxDurationSeconds } = await callOf(order)
    expect(await world.connect(call)).toContain(
      `<Dial timeLimit="${maxDurationSeconds}" callerId="${agent.phoneNumber}"><Number>+493090182888</Number></Dial>`,
    )
    await world.report(world.twilio.end(call))
  })

  test.each([
    { twilio: 'busy', status: 'unanswered', reason: 'busy' },
    { twilio: 'no-answer', status: 'unanswered', reason: 'no_answer' },
    { twilio: 'canceled', status: 'unanswered', reason: 'canceled' },
    { twilio: 'failed', status: 'failed', reason: 'failed' },
  ])('that Twilio says is $twilio is $status, and costs nothing', async ({ twilio, status, reason }) => {
    const { order, call } = await dial()
    await world.after(20_000)
    await world.report(world.twilio.end(call, twilio))
    expect(await callOf(order)).toMatchObject({ status, endReason: reason, charged: { milliseconds: 0 } })
  })

  test('that a machine answers is hung up, and known as voicemail', async () => {
    const { order, call } = await dial({ onVoicemail: 'hang_up' })
    await world.report(world.twilio.answer(call, 'machine_start'))
    await world.after(4_000)
    expect(await world.connect(call, { AnsweredBy: 'machine_start' })).toBe(hungUp)
    await world.report(world.twilio.end(call))
    expect(await callOf(order)).toMatchObject({
      status: 'ended',
      endReason: 'voicemail',
      charged: { milliseconds: 4_000 },
    })
  })

  test('is not connected any more when it is to be hung up, and hung up at Twilio', async () => {
    const { order, call } = await dial()
    await world.report(world.twilio.answer(call))
    await world.request('POST', `/v1/calls/${publicId('call', order.callId)}/hang-up`, {
      key: agent.key,
      body: {},
    })
    expect(await world.connect(call)).toBe(hungUp)
    await world.after(1_000)
    expect(call.status).toBe('completed')
    await world.after(4_000)
    expect(await callOf(order)).toMatchObject({ status: 'ended' })
  })

  test('is told to hang up until Twilio says that it is over, and charged to there', async () => {
    const { order, call } = await dial()
    await world.report(world.twilio.answer(call))
    await world.after(10_000)
    world.twilio.reachable = false
    await world.request('POST', `/v1/calls/${publicId('call', order.callId)}/hang-up`, {
      key: agent.key,
      body: {},
    })
    await world.after(20_000)
    await world.after(20_000)
    expect(await callOf(order)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    await world.after(30_000)
    await world.after(5_000)
    expect(await callOf(order)).toMatchObject({ status: 'ended', charged: { milliseconds: 80_000 } })
  })

  test('whose every message was lost is found out about', async () => {
    const { order, call } = await dial()
    await world.after(5_000)
    world.twilio.answer(call)
    await world.after(40_000)
    world.twilio.end(call)
    await world.after(30_000)
    expect(await callOf(order)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: 40_000 },
    })
  })

  test('goes on while it talks and Twilio cannot be reached: that closes nothing', async () => {
    const { order, call } = await dial()
    await world.report(world.twilio.answer(call))
    world.twilio.reachable = false
    for (let minutes = 0; minutes < 60; minutes += 10) await world.after(10 * MINUTE_MS)
    expect(await callOf(order)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    world.twilio.end(call)
    await world.after(MINUTE_MS)
    expect(await callOf(order)).toMatchObject({ status: 'ended', charged: { milliseconds: 60 * MINUTE_MS } })
  })
})

describe('an order', () => {
  test.each([
    { to: INVALID_TO, reason: 'invalid_number' },
    { to: FORBIDDEN_TO, reason: 'rejected_by_carrier' },
  ])('that Twilio refuses is a call that failed: $reason', async ({ to, reason }) => {
    const order = world.order(agent, { to })
    expect(await world.app.voice.dial(order)).toMatchObject({ outcome: 'failed', reason })
    expect(await callOf(order)).toMatchObject({ status: 'failed', endReason: reason })
  })

  test('with a token that Twilio does not take is refused, and the token is not told', async () => {
    world.twilio.fail('POST', { kind: 'wrong_token' })
    const dialed = await world.app.voice.dial(world.order(agent))
    expect(dialed).toMatchObject({ outcome: 'failed', reason: 'rejected_by_carrier' })
    expect(JSON.stringify(dialed)).not.toContain(world.twilio.authToken)
  })

  test('is placed once, however often and by however many servers it is ordered', async () => {
    const order = world.order(agent)
    const apps = [world.app, world.other.app, world.app, world.other.app]
    await Promise.all(apps.map((app) => app.voice.dial(order)))
    expect(await world.other.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    expect(placedFor(order)).toHaveLength(1)
    await world.report(world.twilio.end(world.twilio.lastPlaced(), 'busy'))
  })

  test.each([
    { kind: 'connection_lost', when: 'after' },
    { kind: 'server_error', when: 'after' },
  ] as const)(
    'whose answer got lost ($kind) is not placed again: the call is found at Twilio',
    async (fault) => {
      const order = world.order(agent)
      world.twilio.fail('POST', fault)
      expect(await world.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
      expect(await world.other.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
      const call = world.twilio.lastPlaced()
      world.twilio.answer(call)
      await world.after(30_000)
      expect(await callOf(order)).toMatchObject({ status: 'in_conversation' })
      world.twilio.end(call)
      await world.after(6 * MINUTE_MS)
      expect(await callOf(order)).toMatchObject({ status: 'ended' })
      expect(placedFor(order)).toHaveLength(1)
    },
  )

  test('whose answer got lost is found by what Twilio says of the call', async () => {
    const order = world.order(agent)
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'after' })
    await world.app.voice.dial(order)
    const call = world.twilio.lastPlaced()
    await world.report(world.twilio.ring(call))
    expect(await world.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    await world.report(world.twilio.end(call, 'busy'))
    expect(await callOf(order)).toMatchObject({ status: 'unanswered', endReason: 'busy' })
  })

  test.each([
    { kind: 'connection_lost', when: 'before' },
    { kind: 'server_error', when: 'before' },
    { kind: 'rate_limited' },
    { kind: 'nonsense' },
  ] as const)('that never reached Twilio ($kind) counts as not placed after a while', async (fault) => {
    // Another call between the same numbers is somebody else’s.
    const other = await dial()
    const order = world.order(agent)
    if (fault.kind === 'nonsense') world.twilio.reachable = false
    else world.twilio.fail('POST', fault)
    expect(await world.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
    world.twilio.reachable = true
    await world.after(MINUTE_MS)
    expect(await callOf(order)).toMatchObject({ status: 'authorized' })
    await world.after(MINUTE_MS)
    await world.after(MINUTE_MS)
    expect(await callOf(order)).toMatchObject({ status: 'failed', endReason: 'not_placed' })
    expect(placedFor(order)).toHaveLength(0)
    await world.report(world.twilio.end(other.call, 'busy'))
  })

  test('that turns up after it counted as failed is hung up, and costs nothing', async () => {
    const order = world.order(agent, { to: '+14155550199' })
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'after' })
    await world.app.voice.dial(order)
    const call = world.twilio.lastPlaced()
    world.twilio.forget(call.sid)
    for (let minutes = 0; minutes < 3; minutes += 1) await world.after(MINUTE_MS)
    expect(await callOf(order)).toMatchObject({ status: 'failed' })
    world.twilio.remember(call)
    await world.report(world.twilio.answer(call))
    await world.app.voice.idle()
    expect(call.status).toBe('completed')
    expect(await world.connect(call)).toBe(hungUp)
    expect(await callOf(order)).toMatchObject({ status: 'failed', charged: { milliseconds: 0 } })
  })

  test('is not made for an agent that has no number, or is nowhere', async () => {
    const nowhere = await world.agentAt(null)
    expect(await world.app.voice.dial(world.order(nowhere))).toMatchObject({
      outcome: 'failed',
      reason: 'no_endpoint',
    })
    const path = `/v1/agents/${publicId('agent', agent.agentId)}`
    await world.request('PATCH', path, { key: agent.key, body: { phoneNumber: null } })
    expect(await world.app.voice.dial(world.order(agent))).toMatchObject({
      outcome: 'failed',
      reason: 'no_caller_number',
    })
  })
})
