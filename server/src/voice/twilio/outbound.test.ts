import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { FORBIDDEN_TO, INVALID_TO } from '../../../test/twilio/rest-api.ts'
import {
  openTwilioWorld,
  PUBLIC_URL,
  type TwilioAgent,
  type TwilioWorld,
} from '../../../test/twilio/world.ts'
import type { CallResponse } from '../../calls/response-schemas.ts'
import { publicId } from '../../public-ids.ts'
import type { DialOrder } from '../index.ts'
import { HANG_UP_TWIML } from './twiml.ts'

const WEB_SOCKET = 'wss://agent.example.com/talk'

let world: TwilioWorld
let agent: TwilioAgent
beforeAll(async () => {
  world = await openTwilioWorld()
})
beforeEach(async () => {
  // Twilio's instants are whole seconds.
  world.test.clock.advance(SECOND_MS - (world.test.clock.now() % SECOND_MS))
  agent = await world.addAgent(WEB_SOCKET)
})
afterAll(() => world.close())

async function readCall({ callId }: DialOrder): Promise<CallResponse> {
  const answer = await world.request<CallResponse>('GET', `/v1/calls/${publicId('call', callId)}`, {
    key: agent.key,
  })
  expect(answer.status).toBe(200)
  return answer.body
}

const findPlaced = ({ callId }: DialOrder): FakeCall[] =>
  [...world.twilio.calls.values()].filter(({ fields }) =>
    fields.get('StatusCallback')?.[0]?.includes(publicId('call', callId)),
  )

async function dial(fields: Partial<DialOrder> = {}): Promise<{ order: DialOrder; call: FakeCall }> {
  const order = world.createOrder(agent, fields)
  expect(await world.app.voice.dial(order)).toEqual({ outcome: 'placed' })
  return { order, call: world.twilio.lastPlaced() }
}

describe('a call that is dialed through Twilio', () => {
  test('is ordered with its hard stop and with URLs that name it', async () => {
    const { order, call } = await dial({ onVoicemail: 'hang_up' })
    const id = publicId('call', order.callId)
    const { maxDurationSeconds } = await readCall(order)
    expect(Object.fromEntries(call.fields)).toEqual({
      To: ['+14155550123'],
      From: [agent.phoneNumber],
      Url: [`${PUBLIC_URL}/voice/twilio/outbound?call=${id}`],
      StatusCallback: [`${PUBLIC_URL}/voice/twilio/status?call=${id}`],
      StatusCallbackEvent: ['initiated', 'ringing', 'answered', 'completed'],
      Timeout: ['45'],
      TimeLimit: [String(maxDurationSeconds)],
      MachineDetection: ['Enable'],
    })
    const talks = await dial({ onVoicemail: 'talk' })
    expect(talks.call.fields.get('MachineDetection')).toBeUndefined()
    for (const each of [call, talks.call]) await world.send(world.twilio.end(each, 'canceled'))
  })

  test('is connected to the agent when somebody answers, and charged from then until the hang-up', async () => {
    const { order, call } = await dial()
    await world.advance(7_300)
    await world.send(world.twilio.ring(call))
    await world.send(world.twilio.answer(call))
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    const twiml = await world.connect(call)
    expect(twiml).toContain(`<Connect><Stream url="${WEB_SOCKET}"><Parameter name="callId"`)
    await world.advance(60_000)
    await world.send(world.twilio.end(call))
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      direction: 'outbound',
      endReason: 'completed',
      charged: { milliseconds: 60_000 },
    })
  })

  test('shows the agent’s number to an agent that is called by number', async () => {
    agent = await world.addAgent('+493090182888')
    const { order, call } = await dial()
    await world.send(world.twilio.answer(call))
    const { maxDurationSeconds } = await readCall(order)
    expect(await world.connect(call)).toContain(
      `<Dial timeLimit="${maxDurationSeconds}" callerId="${agent.phoneNumber}"><Number>+493090182888</Number></Dial>`,
    )
    await world.send(world.twilio.end(call))
  })

  test.each([
    { twilio: 'busy', status: 'unanswered', reason: 'busy' },
    { twilio: 'no-answer', status: 'unanswered', reason: 'no_answer' },
    { twilio: 'canceled', status: 'unanswered', reason: 'canceled' },
    { twilio: 'failed', status: 'failed', reason: 'failed' },
  ])('that Twilio says is $twilio is $status, and costs nothing', async ({ twilio, status, reason }) => {
    const { order, call } = await dial()
    await world.advance(20_000)
    await world.send(world.twilio.end(call, twilio))
    expect(await readCall(order)).toMatchObject({ status, endReason: reason, charged: { milliseconds: 0 } })
  })

  test('that a machine answers is hung up and ends as voicemail', async () => {
    const { order, call } = await dial({ onVoicemail: 'hang_up' })
    await world.send(world.twilio.answer(call, 'machine_start'))
    await world.advance(4_000)
    expect(await world.connect(call, { AnsweredBy: 'machine_start' })).toBe(HANG_UP_TWIML)
    await world.send(world.twilio.end(call))
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      endReason: 'voicemail',
      charged: { milliseconds: 4_000 },
    })
  })

  test('that has a hang-up order is not connected, and is hung up at Twilio', async () => {
    const { order, call } = await dial()
    await world.send(world.twilio.answer(call))
    await world.request('POST', `/v1/calls/${publicId('call', order.callId)}/hang-up`, {
      key: agent.key,
      body: {},
    })
    expect(await world.connect(call)).toBe(HANG_UP_TWIML)
    await world.advance(1_000)
    expect(call.status).toBe('completed')
    await world.advance(4_000)
    expect(await readCall(order)).toMatchObject({ status: 'ended' })
  })

  test('is ordered to hang up until Twilio says that it is over, and charged until then', async () => {
    const { order, call } = await dial()
    await world.send(world.twilio.answer(call))
    await world.advance(10_000)
    world.twilio.reachable = false
    await world.request('POST', `/v1/calls/${publicId('call', order.callId)}/hang-up`, {
      key: agent.key,
      body: {},
    })
    await world.advance(20_000)
    await world.advance(20_000)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    await world.advance(30_000)
    await world.advance(5_000)
    // If one server looked the call up just before the other hung it up, its end is found after the next order.
    await world.advance(20_000)
    await world.advance(5_000)
    expect(await readCall(order)).toMatchObject({ status: 'ended', charged: { milliseconds: 80_000 } })
  })

  test('is looked up if all its reports are lost', async () => {
    const { order, call } = await dial()
    await world.advance(5_000)
    world.twilio.answer(call)
    await world.advance(40_000)
    world.twilio.end(call)
    await world.advance(30_000)
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: 40_000 },
    })
  })

  test('stays live while Twilio cannot be reached', async () => {
    const { order, call } = await dial()
    await world.send(world.twilio.answer(call))
    world.twilio.reachable = false
    for (let minutes = 0; minutes < 60; minutes += 10) await world.advance(10 * MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    world.twilio.end(call)
    await world.advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({
      status: 'ended',
      charged: { milliseconds: 60 * MINUTE_MS },
    })
  })
})

describe('an order', () => {
  test.each([
    { to: INVALID_TO, reason: 'invalid_number' },
    { to: FORBIDDEN_TO, reason: 'rejected_by_carrier' },
  ])('that Twilio refuses is a call that failed: $reason', async ({ to, reason }) => {
    const order = world.createOrder(agent, { to })
    expect(await world.app.voice.dial(order)).toMatchObject({ outcome: 'failed', reason })
    expect(await readCall(order)).toMatchObject({ status: 'failed', endReason: reason })
  })

  test('is refused if Twilio does not accept the token, and the token is not shown', async () => {
    world.twilio.fail('POST', { kind: 'wrong_token' })
    const dialed = await world.app.voice.dial(world.createOrder(agent))
    expect(dialed).toMatchObject({ outcome: 'failed', reason: 'rejected_by_carrier' })
    expect(JSON.stringify(dialed)).not.toContain(world.twilio.authToken)
  })

  test('is placed once, however often and at however many servers it is given', async () => {
    const order = world.createOrder(agent)
    const apps = [world.app, world.other.app, world.app, world.other.app]
    await Promise.all(apps.map((app) => app.voice.dial(order)))
    expect(await world.other.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    expect(findPlaced(order)).toHaveLength(1)
    await world.send(world.twilio.end(world.twilio.lastPlaced(), 'busy'))
  })

  test.each([
    { kind: 'connection_lost', when: 'after' },
    { kind: 'server_error', when: 'after' },
  ] as const)(
    'whose answer is lost ($kind) is not placed again: the call is found at Twilio',
    async (fault) => {
      const order = world.createOrder(agent)
      world.twilio.fail('POST', fault)
      expect(await world.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
      expect(await world.other.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
      const call = world.twilio.lastPlaced()
      world.twilio.answer(call)
      await world.advance(30_000)
      expect(await readCall(order)).toMatchObject({ status: 'in_conversation' })
      world.twilio.end(call)
      await world.advance(6 * MINUTE_MS)
      expect(await readCall(order)).toMatchObject({ status: 'ended' })
      expect(findPlaced(order)).toHaveLength(1)
    },
  )

  test('whose answer is lost is found by a report of Twilio’s', async () => {
    const order = world.createOrder(agent)
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'after' })
    await world.app.voice.dial(order)
    const call = world.twilio.lastPlaced()
    await world.send(world.twilio.ring(call))
    expect(await world.app.voice.dial(order)).toEqual({ outcome: 'placed' })
    await world.send(world.twilio.end(call, 'busy'))
    expect(await readCall(order)).toMatchObject({ status: 'unanswered', endReason: 'busy' })
  })

  test.each([
    { kind: 'connection_lost', when: 'before' },
    { kind: 'server_error', when: 'before' },
    { kind: 'rate_limited' },
    { kind: 'nonsense' },
  ] as const)('that never reached Twilio ($kind) ends as not placed after a while', async (fault) => {
    // Another call between these numbers must not be mistaken for it.
    const other = await dial()
    const order = world.createOrder(agent)
    if (fault.kind === 'nonsense') world.twilio.reachable = false
    else world.twilio.fail('POST', fault)
    expect(await world.app.voice.dial(order)).toEqual({ outcome: 'unknown' })
    world.twilio.reachable = true
    await world.advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'authorized' })
    await world.advance(MINUTE_MS)
    await world.advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'failed', endReason: 'not_placed' })
    expect(findPlaced(order)).toHaveLength(0)
    await world.send(world.twilio.end(other.call, 'busy'))
  })

  test('whose call turns up after it failed is hung up and costs nothing', async () => {
    const order = world.createOrder(agent, { to: '+14155550199' })
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'after' })
    await world.app.voice.dial(order)
    const call = world.twilio.lastPlaced()
    world.twilio.forget(call.sid)
    for (let minutes = 0; minutes < 3; minutes += 1) await world.advance(MINUTE_MS)
    expect(await readCall(order)).toMatchObject({ status: 'failed' })
    world.twilio.remember(call)
    await world.send(world.twilio.answer(call))
    await world.app.voice.idle()
    expect(call.status).toBe('completed')
    expect(await world.connect(call)).toBe(HANG_UP_TWIML)
    expect(await readCall(order)).toMatchObject({ status: 'failed', charged: { milliseconds: 0 } })
  })

  test('fails for an agent without a phone number or a voice endpoint', async () => {
    const unconnected = await world.addAgent(null)
    expect(await world.app.voice.dial(world.createOrder(unconnected))).toMatchObject({
      outcome: 'failed',
      reason: 'no_endpoint',
    })
    const path = `/v1/agents/${publicId('agent', agent.agentId)}`
    await world.request('PATCH', path, { key: agent.key, body: { phoneNumber: null } })
    expect(await world.app.voice.dial(world.createOrder(agent))).toMatchObject({
      outcome: 'failed',
      reason: 'no_caller_number',
    })
  })
})
