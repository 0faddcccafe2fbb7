import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { openTwilioWorld, publicUrl, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'
import type { CallResponse } from '../../calls/response-schemas.ts'
import { rejected } from './twiml.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60 * SECOND_MS
const webSocket = 'wss://agent.example.com/talk'
const sip = 'sip:agent@pbx.example.com'

let world: TwilioWorld
beforeAll(async () => {
  world = await openTwilioWorld()
})
// Twilio tells whole seconds.
beforeEach(() => world.test.clock.advance(1_000 - (world.test.clock.now() % 1_000)))
afterAll(() => world.close())

async function calls(agent: TwilioAgent): Promise<readonly CallResponse[]> {
  const { body } = await world.request('GET', '/v1/calls', { key: agent.key })
  return body.data as never
}

async function onlyCall(agent: TwilioAgent): Promise<CallResponse> {
  const all = await calls(agent)
  expect(all).toHaveLength(1)
  return all[0] as CallResponse
}

async function takeCredits(agent: TwilioAgent, left: number): Promise<void> {
  const { body } = await world.request('GET', '/v1/balance', { key: agent.key })
  const credits = left - (body.balance as { credits: number }).credits
  const { status } = await world.request('POST', `/v1/workspaces/${agent.id}/grants`, {
    key: world.test.operatorKey,
    body: { kind: 'adjustment', credits, reason: 'For a test' },
  })
  expect(status).toBe(201)
}

/** The audio of a call goes to its agent over a WebSocket. */
async function streamStarts(call: FakeCall, twiml: string): Promise<void> {
  world.twilio.answer(call)
  const Timestamp = new Date(world.test.clock.now()).toISOString()
  const fields = { StreamEvent: 'stream-started', StreamSid: 'MZ1', Timestamp }
  await world.report(world.agentCallback(call, twiml, fields))
  await world.app.voice.idle()
}

describe('a call that comes in', () => {
  test('is connected to the agent’s WebSocket, and charged by Twilio’s seconds until it hangs up', async () => {
    const agent = await world.agentAt(webSocket)
    const { call, twiml } = await world.callIn(agent)
    const { id } = await onlyCall(agent)
    expect(twiml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response><Connect>' +
        `<Stream url="${webSocket}" statusCallback="${publicUrl}/voice/twilio/stream?call=${id}">` +
        `<Parameter name="callId" value="${id}"/>` +
        `<Parameter name="agentId" value="agt_${agent.agentId.replaceAll('-', '')}"/>` +
        '<Parameter name="direction" value="inbound"/><Parameter name="from" value="+14155550123"/>' +
        `<Parameter name="to" value="${agent.phoneNumber}"/></Stream></Connect></Response>`,
    )
    expect(await onlyCall(agent)).toMatchObject({
      status: 'authorized',
      direction: 'inbound',
      from: '+14155550123',
      to: agent.phoneNumber,
      externalId: call.sid,
    })
    await world.after(1_700)
    await streamStarts(call, twiml)
    expect(await onlyCall(agent)).toMatchObject({ status: 'in_conversation' })
    await world.after(90_100)
    await world.report(world.twilio.end(call))
    const second = (ms: number) => new Date(Math.floor(ms / 1000) * 1000).toISOString()
    expect(await onlyCall(agent)).toMatchObject({
      status: 'ended',
      endReason: 'completed',
      answeredAt: second(call.answeredAtMs ?? 0),
      endedAt: second(call.endedAtMs ?? 0),
      charged: { milliseconds: 90_000 },
    })
  })

  test('has its hard stop set at Twilio once it is answered, and again where that failed', async () => {
    const agent = await world.agentAt(webSocket)
    const { call, twiml } = await world.callIn(agent)
    world.twilio.fail('POST', { kind: 'server_error', when: 'before' })
    await streamStarts(call, twiml)
    await world.after(0)
    expect(call.fields.get('TimeLimit')).toBeUndefined()
    await world.after(6_000)
    const { maxDurationSeconds } = await onlyCall(agent)
    expect(call.fields.get('TimeLimit')).toEqual([String(maxDurationSeconds)])
    await world.report(world.twilio.end(call))
  })

  test('is hung up at its hard stop even where Twilio does not do it by itself', async () => {
    const agent = await world.agentAt(webSocket)
    const { call, twiml } = await world.callIn(agent)
    await streamStarts(call, twiml)
    const { maxDurationSeconds } = await onlyCall(agent)
    await world.after(maxDurationSeconds * SECOND_MS - 1_000)
    expect(call.status).toBe('in-progress')
    await world.after(6_000)
    expect(call.status).toBe('completed')
    await world.after(40_000)
    expect(await onlyCall(agent)).toMatchObject({ status: 'ended', endSource: 'reported' })
  })

  test('rings until an agent at a SIP address answers, and is charged from then', async () => {
    const agent = await world.agentAt(sip)
    const { call, twiml } = await world.callIn(agent)
    const { id, maxDurationSeconds } = await onlyCall(agent)
    expect(twiml).toBe(
      '<?xml version="1.0" encoding="UTF-8"?><Response>' +
        `<Dial answerOnBridge="true" timeLimit="${maxDurationSeconds}">` +
        `<Sip statusCallback="${publicUrl}/voice/twilio/agent?call=${id}" statusCallbackEvent="answered completed">` +
        `${sip}</Sip></Dial></Response>`,
    )
    await world.after(8_000)
    await world.report(world.agentCallback(call, twiml, { CallStatus: 'ringing' }))
    expect(await onlyCall(agent)).toMatchObject({ status: 'authorized' })
    world.twilio.answer(call)
    await world.report(world.agentCallback(call, twiml, { CallStatus: 'in-progress' }))
    await world.after(MINUTE_MS)
    await world.report(world.twilio.end(call))
    expect(await onlyCall(agent)).toMatchObject({ status: 'ended', charged: { milliseconds: MINUTE_MS } })
  })

  test('that its agent does not take costs nothing', async () => {
    const agent = await world.agentAt('+493090182999')
    const { call, twiml } = await world.callIn(agent)
    expect(twiml).toContain('>+493090182999</Number></Dial>')
    await world.after(30_000)
    world.twilio.end(call, 'no-answer')
    await world.report(world.agentCallback(call, twiml, { CallStatus: 'no-answer' }))
    await world.after(6_000)
    expect(await onlyCall(agent)).toMatchObject({
      status: 'unanswered',
      endReason: 'no_answer',
      charged: { milliseconds: 0 },
    })
  })

  test('is one call however often Twilio asks, and of whichever server', async () => {
    const agent = await world.agentAt(webSocket)
    const call = world.twilio.callIn(agent.phoneNumber)
    const asked = {
      url: `${publicUrl}/voice/twilio/incoming`,
      fields: { CallSid: call.sid, From: call.from, To: call.to, CallStatus: 'ringing' },
    }
    const answers = await Promise.all(
      [1, 2, 3, 4].map((n) => world.report(asked, { via: n % 2 ? world.request : world.other.request })),
    )
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    const { id } = await onlyCall(agent)
    expect(answers[0]?.text).toContain(id)
    await world.report({
      url: `${publicUrl}/voice/twilio/status`,
      fields: { CallSid: call.sid, CallStatus: 'no-answer' },
    })
    // It is over: what is asked once more is not connected.
    expect((await world.report(asked)).text).toBe(rejected)
    expect(await onlyCall(agent)).toMatchObject({ status: 'unanswered' })
  })

  test('whose caller hides the number comes from nobody', async () => {
    const agent = await world.agentAt(webSocket)
    const { call } = await world.callIn(agent, { from: '+266696687' })
    expect(await onlyCall(agent)).toMatchObject({ from: null })
    await world.report(world.twilio.end(call, 'canceled'))
  })

  test('whose end was lost is found out about, by Twilio’s instants', async () => {
    const agent = await world.agentAt(webSocket)
    const { call, twiml } = await world.callIn(agent)
    await streamStarts(call, twiml)
    await world.after(2 * MINUTE_MS)
    world.twilio.end(call)
    world.twilio.reachable = false
    await world.after(30 * MINUTE_MS)
    expect(await onlyCall(agent)).toMatchObject({ status: 'in_conversation' })
    world.twilio.reachable = true
    await world.after(MINUTE_MS)
    expect(await onlyCall(agent)).toMatchObject({
      status: 'ended',
      endSource: 'reported',
      charged: { milliseconds: 2 * MINUTE_MS },
    })
  })

  test('whose answer nobody reported is charged by its length', async () => {
    const agent = await world.agentAt(webSocket)
    const { call } = await world.callIn(agent)
    world.twilio.answer(call)
    world.test.clock.advance(9 * SECOND_MS)
    await world.report(world.twilio.end(call))
    expect(await onlyCall(agent)).toMatchObject({ status: 'ended', charged: { milliseconds: 9_000 } })
  })
})

describe('a call that comes in is rejected as busy, unanswered and unbilled,', () => {
  test('when the workspace is out of credits, and connected again when credits are back', async () => {
    const agent = await world.agentAt(webSocket)
    await takeCredits(agent, 0)
    const { twiml } = await world.callIn(agent)
    expect(twiml).toBe(rejected)
    expect(twiml).toMatch(/<Response><Reject reason="busy"\/>/)
    expect(await onlyCall(agent)).toMatchObject({
      status: 'refused',
      refusal: { reason: 'out_of_credits' },
      charged: { milliseconds: 0 },
    })
    await takeCredits(agent, 10)
    const again = await world.callIn(agent)
    expect(again.twiml).toContain('<Connect>')
    await world.report(world.twilio.end(again.call, 'canceled'))
  })

  test('in the middle of two conversations, when the last credit is used up', async () => {
    const agent = await world.agentAt(webSocket)
    await takeCredits(agent, 1)
    const talking = [await world.callIn(agent), await world.callIn(agent)]
    for (const { call, twiml } of talking) await streamStarts(call, twiml)
    await world.after(29_999)
    const stillIn = await world.callIn(agent)
    expect(stillIn.twiml).toContain('<Connect>')
    await world.report(world.twilio.end(stillIn.call, 'canceled'))
    await world.after(1)
    expect((await world.callIn(agent)).twiml).toBe(rejected)
    for (const { call } of talking) expect(call.status).toBe('in-progress')
    await world.after(30_000)
    for (const { call } of talking) await world.report(world.twilio.end(call))
    const { body } = await world.request('GET', '/v1/balance', { key: agent.key })
    expect(body).toMatchObject({ status: 'out', balance: { milliseconds: -60_000 } })
  })

  test('and those that are on are hung up where the workspace wants that', async () => {
    const agent = await world.agentAt(webSocket)
    await takeCredits(agent, 1)
    await world.request('PATCH', '/v1/workspace', { key: agent.key, body: { whenCreditsRunOut: 'end' } })
    const talking = [await world.callIn(agent), await world.callIn(agent)]
    for (const { call, twiml } of talking) await streamStarts(call, twiml)
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'before' })
    await world.after(30_000)
    await world.after(3_000)
    expect((await world.callIn(agent)).twiml).toBe(rejected)
    for (const { call } of talking) expect(call.status).toBe('completed')
    await world.after(5_000)
    const all = await calls(agent)
    expect(all.filter(({ status }) => status === 'ended')).toHaveLength(2)
    // One of them was told at once, the other when it was told again.
    const chargedMs = all.map(({ charged }) => charged.milliseconds).sort((a, b) => a - b)
    expect(chargedMs).toEqual([0, 30_000, 33_000])
  })

  test('when the agent is disabled', async () => {
    const agent = await world.agentAt(webSocket)
    const path = `/v1/agents/agt_${agent.agentId.replaceAll('-', '')}`
    await world.request('PATCH', path, { key: agent.key, body: { status: 'disabled' } })
    expect((await world.callIn(agent)).twiml).toBe(rejected)
    expect(await onlyCall(agent)).toMatchObject({ refusal: { reason: 'agent_disabled' } })
  })

  test('when the plan’s number of calls at once is reached', async () => {
    const agent = await world.agentAt(webSocket, { planId: 'free' })
    const ringing: FakeCall[] = []
    for (;;) {
      const { call, twiml } = await world.callIn(agent)
      if (twiml === rejected) break
      ringing.push(call)
    }
    expect(ringing.length).toBeGreaterThan(0)
    const refused = (await calls(agent)).filter(({ status }) => status === 'refused')
    expect(refused).toMatchObject([{ refusal: { reason: 'concurrency_limit' } }])
    for (const call of ringing) await world.report(world.twilio.end(call, 'canceled'))
    const again = await world.callIn(agent)
    expect(again.twiml).toContain('<Connect>')
    await world.report(world.twilio.end(again.call, 'canceled'))
  })

  test('when no agent has the number', async () => {
    const agent = await world.agentAt(webSocket)
    const { twiml } = await world.callIn({ ...agent, phoneNumber: '+4930000000' })
    expect(twiml).toBe(rejected)
    expect(await calls(agent)).toEqual([])
  })

  test('when the agent is nowhere, and the agent says so until it is somewhere', async () => {
    const agent = await world.agentAt(null)
    const path = `/v1/agents/agt_${agent.agentId.replaceAll('-', '')}`
    const read = async () => (await world.request('GET', path, { key: agent.key })).body
    expect((await read()).unconnectedCallAt).toBeNull()
    expect((await world.callIn(agent)).twiml).toBe(rejected)
    await world.app.voice.idle()
    const turnedAwayAt = new Date(world.test.clock.now()).toISOString()
    expect((await read()).unconnectedCallAt).toBe(turnedAwayAt)
    const body = { voiceEndpoint: webSocket }
    await world.request('PATCH', path, { key: agent.key, body })
    expect((await read()).unconnectedCallAt).toBeNull()
    expect(await calls(agent)).toEqual([])
    const { call, twiml } = await world.callIn(agent)
    expect(twiml).toContain('<Connect>')
    await world.report(world.twilio.end(call, 'canceled'))
  })
})

describe('a request that Twilio did not sign', () => {
  test.each(['incoming', 'outbound', 'status', 'agent', 'stream'])(
    '403: is not listened to at /voice/twilio/%s, and learns nothing',
    async (path) => {
      const agent = await world.agentAt(webSocket)
      const fields = { CallSid: 'CA1', From: '+14155550123', To: agent.phoneNumber, CallStatus: 'ringing' }
      const told = { url: `${publicUrl}/voice/twilio/${path}`, fields }
      const forged = [
        await world.report(told, { token: 'another' }),
        await world.report(told, { headers: { 'x-twilio-signature': '' } }),
        await world.report({ ...told, url: `http://talktime.example.com/voice/twilio/${path}` }),
        await world.request('POST', `/voice/twilio/${path}`, {
          body: new URLSearchParams(fields).toString(),
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
        }),
      ]
      for (const { status, body, text } of forged) {
        expect(status).toBe(403)
        expect(body).toMatchObject({ code: 'forbidden', detail: 'The request is not signed as it must be.' })
        expect(text).not.toContain(world.twilio.authToken)
        expect(text).not.toMatch(/twilio/i)
      }
      expect(await calls(agent)).toEqual([])
    },
  )

  test('is another than one whose address Twilio writes with its port', async () => {
    const agent = await world.agentAt(webSocket)
    const call = world.twilio.callIn(agent.phoneNumber)
    const fields = { CallSid: call.sid, From: call.from, To: call.to, CallStatus: 'ringing' }
    const url = 'https://talktime.example.com:443/voice/twilio/incoming'
    expect((await world.report({ url, fields })).text).toContain('<Connect>')
    await world.report({
      url: `${publicUrl}/voice/twilio/status`,
      fields: { ...fields, CallStatus: 'canceled' },
    })
  })

  test('415: or that is no form is not read', async () => {
    const { status } = await world.request('POST', '/voice/twilio/incoming', { body: { CallSid: 'CA1' } })
    expect(status).toBe(415)
  })
})

test('without Twilio there are no such addresses', async () => {
  const { request } = await world.test.addProcess({
    config: { voice: { outbound: 'simulated', twilio: undefined } },
  })
  const { status } = await request('POST', '/voice/twilio/incoming', { body: {} })
  expect(status).toBe(404)
})
