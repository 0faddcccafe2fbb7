import { SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { readCalls, readOnlyCall, startStream } from '../../../test/twilio/incoming-calls.ts'
import { openTwilioWorld, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'
import { REJECT_TWIML } from './twiml.ts'

const WEB_SOCKET = 'wss://agent.example.com/talk'

let world: TwilioWorld
beforeAll(async () => {
  world = await openTwilioWorld()
})
// Twilio's instants are whole seconds.
beforeEach(() => world.test.clock.advance(SECOND_MS - (world.test.clock.now() % SECOND_MS)))
afterAll(() => world.close())

async function setCredits(agent: TwilioAgent, left: number): Promise<void> {
  const { body } = await world.request('GET', '/v1/balance', { key: agent.key })
  const credits = left - (body.balance as { credits: number }).credits
  const { status } = await world.request('POST', `/v1/workspaces/${agent.id}/grants`, {
    key: world.test.operatorKey,
    body: { kind: 'adjustment', credits, reason: 'For a test' },
  })
  expect(status).toBe(201)
}

describe('an incoming call is rejected as busy and costs nothing', () => {
  test('while the workspace is out of credits, and is connected when credits return', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    await setCredits(agent, 0)
    const { twiml } = await world.callIn(agent)
    expect(twiml).toBe(REJECT_TWIML)
    expect(twiml).toMatch(/<Response><Reject reason="busy"\/>/)
    expect(await readOnlyCall(world, agent)).toMatchObject({
      status: 'refused',
      refusal: { reason: 'out_of_credits' },
      charged: { milliseconds: 0 },
    })
    await setCredits(agent, 10)
    const again = await world.callIn(agent)
    expect(again.twiml).toContain('<Connect>')
    await world.send(world.twilio.end(again.call, 'canceled'))
  })

  test('once two live calls have used up the last credit', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    await setCredits(agent, 1)
    const talking = [await world.callIn(agent), await world.callIn(agent)]
    for (const { call, twiml } of talking) await startStream(world, call, twiml)
    await world.advance(29_999)
    const inTime = await world.callIn(agent)
    expect(inTime.twiml).toContain('<Connect>')
    await world.send(world.twilio.end(inTime.call, 'canceled'))
    await world.advance(1)
    expect((await world.callIn(agent)).twiml).toBe(REJECT_TWIML)
    for (const { call } of talking) expect(call.status).toBe('in-progress')
    await world.advance(30_000)
    for (const { call } of talking) await world.send(world.twilio.end(call))
    const { body } = await world.request('GET', '/v1/balance', { key: agent.key })
    expect(body).toMatchObject({ status: 'out', balance: { milliseconds: -60_000 } })
  })

  test('once credits run out, and live calls are hung up if the workspace ends calls then', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    await setCredits(agent, 1)
    await world.request('PATCH', '/v1/workspace', { key: agent.key, body: { whenCreditsRunOut: 'end' } })
    const talking = [await world.callIn(agent), await world.callIn(agent)]
    for (const { call, twiml } of talking) await startStream(world, call, twiml)
    world.twilio.fail('POST', { kind: 'connection_lost', when: 'before' })
    await world.advance(30_000)
    await world.advance(3_000)
    expect((await world.callIn(agent)).twiml).toBe(REJECT_TWIML)
    for (const { call } of talking) expect(call.status).toBe('completed')
    await world.advance(5_000)
    const all = await readCalls(world, agent)
    expect(all.filter(({ status }) => status === 'ended')).toHaveLength(2)
    // One got its order at once. The order to the other was lost and repeated.
    const chargedMs = all.map(({ charged }) => charged.milliseconds).sort((a, b) => a - b)
    expect(chargedMs).toEqual([0, 30_000, 33_000])
  })

  test('while the agent is disabled', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const path = `/v1/agents/agt_${agent.agentId.replaceAll('-', '')}`
    await world.request('PATCH', path, { key: agent.key, body: { status: 'disabled' } })
    expect((await world.callIn(agent)).twiml).toBe(REJECT_TWIML)
    expect(await readOnlyCall(world, agent)).toMatchObject({ refusal: { reason: 'agent_disabled' } })
  })

  test('while the plan’s number of concurrent calls is reached', async () => {
    const agent = await world.addAgent(WEB_SOCKET, { planId: 'free' })
    const ringing: FakeCall[] = []
    for (;;) {
      const { call, twiml } = await world.callIn(agent)
      if (twiml === REJECT_TWIML) break
      ringing.push(call)
    }
    expect(ringing.length).toBeGreaterThan(0)
    const refused = (await readCalls(world, agent)).filter(({ status }) => status === 'refused')
    expect(refused).toMatchObject([{ refusal: { reason: 'concurrency_limit' } }])
    for (const call of ringing) await world.send(world.twilio.end(call, 'canceled'))
    const again = await world.callIn(agent)
    expect(again.twiml).toContain('<Connect>')
    await world.send(world.twilio.end(again.call, 'canceled'))
  })

  test('when no agent has the number', async () => {
    const agent = await world.addAgent(WEB_SOCKET)
    const { twiml } = await world.callIn({ ...agent, phoneNumber: '+4930000000' })
    expect(twiml).toBe(REJECT_TWIML)
    expect(await readCalls(world, agent)).toEqual([])
  })

  test('while its agent has no voice endpoint, and the agent shows that until it has one', async () => {
    const agent = await world.addAgent(null)
    const path = `/v1/agents/agt_${agent.agentId.replaceAll('-', '')}`
    const read = async () => (await world.request('GET', path, { key: agent.key })).body
    expect((await read()).unconnectedCallAt).toBeNull()
    expect((await world.callIn(agent)).twiml).toBe(REJECT_TWIML)
    await world.app.voice.idle()
    const rejectedAt = new Date(world.test.clock.now()).toISOString()
    expect((await read()).unconnectedCallAt).toBe(rejectedAt)
    const body = { voiceEndpoint: WEB_SOCKET }
    await world.request('PATCH', path, { key: agent.key, body })
    expect((await read()).unconnectedCallAt).toBeNull()
    expect(await readCalls(world, agent)).toEqual([])
    const { call, twiml } = await world.callIn(agent)
    expect(twiml).toContain('<Connect>')
    await world.send(world.twilio.end(call, 'canceled'))
  })
})
