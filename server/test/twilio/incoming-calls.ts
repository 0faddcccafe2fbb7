import { expect } from 'vitest'
import type { CallResponse } from '../../src/calls/response-schemas.ts'
import type { FakeCall } from './fake-calls.ts'
import type { TwilioAgent, TwilioWorld } from './world.ts'

/** Reads the calls of an agent's workspace, newest first. */
export async function readCalls(world: TwilioWorld, agent: TwilioAgent): Promise<readonly CallResponse[]> {
  const { body } = await world.request('GET', '/v1/calls', { key: agent.key })
  return body.data as never
}

/** Reads the call of an agent's workspace, and expects that there is no other. */
export async function readOnlyCall(world: TwilioWorld, agent: TwilioAgent): Promise<CallResponse> {
  const all = await readCalls(world, agent)
  expect(all).toHaveLength(1)
  return all[0] as CallResponse
}

/** Answers an incoming call: Twilio reports that its audio goes to the agent over a WebSocket. */
export async function startStream(world: TwilioWorld, call: FakeCall, twiml: string): Promise<void> {
  world.twilio.answer(call)
  const Timestamp = new Date(world.test.clock.now()).toISOString()
  const fields = { StreamEvent: 'stream-started', StreamSid: 'MZ1', Timestamp }
  await world.send(world.createAgentCallback(call, twiml, fields))
  await world.app.voice.idle()
}
