import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { FakeCall } from '../../../test/twilio/fake-calls.ts'
import { openTwilioWorld, type TwilioAgent, type TwilioWorld } from '../../../test/twilio/world.ts'

let world: TwilioWorld
let agent: TwilioAgent
beforeAll(async () => {
  world = await openTwilioWorld()
})
beforeEach(async () => {
  // Twilio's instants are whole seconds.
  world.test.clock.advance(SECOND_MS - (world.test.clock.now() % SECOND_MS))
  // 30 credits, without overdraft.
  agent = await world.addAgent('wss://agent.example.com/talk', { planId: 'free' })
})
afterAll(() => world.close())

async function dial(): Promise<FakeCall> {
  const order = world.createOrder(agent)
  expect(await world.app.voice.dial(order)).toEqual({ outcome: 'placed' })
  return world.twilio.lastPlaced()
}

const timeLimit = (call: FakeCall) => call.fields.get('TimeLimit')?.[0]

test('Twilio gets the part of the balance as the time limit, and again when it has moved', async () => {
  const first = await dial()
  const second = await dial()
  expect([timeLimit(first), timeLimit(second)]).toEqual(['1800', '900'])
  await world.send(world.twilio.answer(first))
  await world.advance(0)
  expect(timeLimit(first)).toBe('900')
  await world.send(world.twilio.end(second, 'no-answer'))
  await world.advance(MINUTE_MS)
  // Alone again, it may talk until the whole balance is used.
  expect(timeLimit(first)).toBe('1800')
  await world.send(world.twilio.end(first))
})

test('calls through Twilio are hung up at the instant the balance reaches zero', async () => {
  const calls = [await dial(), await dial()]
  for (const call of calls) await world.send(world.twilio.answer(call))
  await world.advance(15 * MINUTE_MS - SECOND_MS)
  expect(calls.map(({ status }) => status)).toEqual(['in-progress', 'in-progress'])
  await world.advance(SECOND_MS)
  await world.app.voice.idle()
  expect(calls.map(({ status }) => status)).toEqual(['completed', 'completed'])
  for (const call of calls) await world.send(world.twilio.end(call))
  const { body } = await world.request('GET', '/v1/balance', { key: agent.key })
  expect(body).toMatchObject({ balance: { milliseconds: 0 } })
})
