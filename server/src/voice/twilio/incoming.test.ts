import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { readOnlyCall, startStream } from '../../../test/twilio/incoming-calls.ts'
import { openTwilioWorld, PUBLIC_URL, type TwilioWorld } from '../../../test/twilio/world.ts'
import { REJECT_TWIML } from './twiml.ts'

const WEB_SOCKET = 'wss://agent.example.com/talk'
const SIP = 'sip:agent@pbx.example.com'

let world: TwilioWorld
beforeAll(async () => {
  world = await openTwilioWorld()
})
// Twilio's instants are whole seconds.
beforeEach(() => world.test.clock.advance(SECOND_MS - (world.test.clock.now() % SECOND_MS)))
afterAll(() => world.close())

describe('an incoming call', () => {
  test('is connected to the agent’s WebSocket and charged by Twilio’s whole seconds until it hangs up', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call, twiml } = await world.callIn(agent)
    const { id } = await readOnlyCall(world, agent)
    expect(twiml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect>' +
        `<Stream url="${WEB_SOCKET}" statusCallback="${PUBLIC_URL}/voice/twilio/stream?call=${id}">` +
        `<Parameter name="callId" value="${id}"/>` +
        `<Parameter name="agentId" value="agt_${agent.agentId.replaceAll('-', '')}"/>` +
        '<Parameter name="direction" value="inbound"/><Parameter name="from" value="+14155550123"/>' +
        `<Parameter name="to" value="${agent.phoneNumber}"/></Stream></Connect></Response>`,
    )
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'authorized',
      direction: 'inbound',
      from: '+14155550123',
      to: agent.phoneNumber,
      externalId: call.sid,
    })
    await world.advance(1_700)
    await startStream(world, call, twiml)
    expect(await readOnlyCall(world, agent)).toMatchObject({ status: 'in_conversation' })
    await world.advance(90_100)
    await world.send(world.twilio.end(call))
    const second = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString()
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'ended',
      endReason: 'completed',
      answeredAt: second(call.answeredAtMs ?? 0),
      endedAt: second(call.endedAtMs ?? 0),
      charged: { milliseconds: 90_000 },
    })
  })

  test('has its hard stop set at Twilio when it is answered, and again if that fails', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call, twiml } = await world.callIn(agent)
    world.twilio.fail('POST', { kind: 'server_error', when: 'before' })
    await startStream(world, call, twiml)
    await world.advance(0)
    expect(call.fields.get('TimeLimit')).toBeUndefined()
    await world.advance(6_000)
    const { maxDurationSeconds } = await readOnlyCall(world, agent)
    expect(call.fields.get('TimeLimit')).toEqual([String(maxDurationSeconds)])
    await world.send(world.twilio.end(call))
  })

  test('is hung up at its hard stop even if Twilio does not end it', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call, twiml } = await world.callIn(agent)
    await startStream(world, call, twiml)
    const { maxDurationSeconds } = await readOnlyCall(world, agent)
    await world.advance(maxDurationSeconds * SECOND_MS - 1_000)
    expect(call.status).toBe('in-progress')
    await world.advance(6_000)
    expect(call.status).toBe('completed')
    await world.advance(40_000)
    expect(await readOnlyCall(world, agent)).toMatchObject({ status: 'ended', endSource: 'reported' })
  })

  test('rings until an agent at a SIP address answers, and is charged from then on', async () => {
    const agent = await world.addAgent(SIP)
    const { call, twiml } = await world.callIn(agent)
    const { id, maxDurationSeconds } = await readOnlyCall(world, agent)
    expect(twiml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        `<Dial answerOnBridge="true" timeLimit="${maxDurationSeconds}">` +
        `<Sip statusCallback="${PUBLIC_URL}/voice/twilio/agent?call=${id}" statusCallbackEvent="answered completed">` +
        `${SIP}</Sip></Dial></Response>`,
    )
    await world.advance(8_000)
    await world.send(world.createAgentCallback(call, twiml, { CallStatus: 'ringing' }))
    expect(await readOnlyCall(world, agent)).toMatchObject({ status: 'authorized' })
    world.twilio.answer(call)
    await world.send(world.createAgentCallback(call, twiml, { CallStatus: 'in-progress' }))
    await world.advance(MINUTE_MS)
    await world.send(world.twilio.end(call))
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'ended',
      charged: { milliseconds: MINUTE_MS },
    })
  })

  test('that its agent does not answer costs nothing', async () => {
    const agent = await world.addAgent('+493090182999')
    const { call, twiml } = await world.callIn(agent)
    expect(twiml).toContain('>+493090182999</Number></Dial>')
    await world.advance(30_000)
    world.twilio.end(call, 'no-answer')
    await world.send(world.createAgentCallback(call, twiml, { CallStatus: 'no-answer' }))
    await world.advance(6_000)
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'unanswered',
      endReason: 'no_answer',
      charged: { milliseconds: 0 },
    })
  })

  test('is one call, however often Twilio asks and whichever server', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const call = world.twilio.callIn(agent.phoneNumber)
    const question = {
      url: `${PUBLIC_URL}/voice/twilio/incoming`,
      fields: { CallSid: call.sid, From: call.from, To: call.to, CallStatus: 'ringing' },
    }
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => world.send(question, { via: n % 2 ? world.request : world.other.request })),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const { id } = await readOnlyCall(world, agent)
    expect(answers[0]?.text).toContain(id)
    await world.send({
      url: `${PUBLIC_URL}/voice/twilio/status`,
      fields: { CallSid: call.sid, CallStatus: 'no-answer' },
    })
    // It is over, so Twilio’s next question does not connect it.
    expect((await world.send(question)).text).toBe(REJECT_TWIML)
    expect(await readOnlyCall(world, agent)).toMatchObject({ status: 'unanswered' })
  })

  test('whose caller hides the number has no caller', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call } = await world.callIn(agent, { from: '+266696687' })
    expect(await readOnlyCall(world, agent)).toMatchObject({ from: null })
    await world.send(world.twilio.end(call, 'canceled'))
  })

  test('is looked up if the report of its end is lost, and ends at Twilio’s instant', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call, twiml } = await world.callIn(agent)
    await startStream(world, call, twiml)
    await world.advance(2 * MINUTE_MS)
    world.twilio.end(call)
    world.twilio.reachable = false
    await world.advance(30 * MINUTE_MS)
    expect(await readOnlyCall(world, agent)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    await world.advance(MINUTE_MS)
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: 2 * MINUTE_MS },
    })
  })

  test('is charged by its duration if nobody reported its answer', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { call } = await world.callIn(agent)
    world.twilio.answer(call)
    world.test.clock.advance(9 * SECOND_MS)
    await world.send(world.twilio.end(call))
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'ended',
      charged: { milliseconds: 9_000 },
    })
  })
})
