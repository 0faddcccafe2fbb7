import { SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createCampaignCustomer } from '../../../test/campaign-customer.ts'
import { openTwilioWorld, type TwilioWorld } from '../../../test/twilio/world.ts'

let world: TwilioWorld
beforeAll(async () => {
  world = await openTwilioWorld()
})
afterAll(() => world.close())

async function advance(ms: number): Promise<void> {
  await world.advance(ms)
  await world.advance(0)
}

test('a campaign through Twilio waits until its agent has a phone number and a voice endpoint, then calls everybody once', async () => {
  const customer = await createCampaignCustomer(world.test)
  const { id } = await customer.startCampaign({ concurrency: 5 }, 3)
  await advance(SECOND_MS)
  expect(await customer.readCampaign(id)).toMatchObject({
    status: 'paused',
    pauseReason: 'carrier_failing',
    pauseDetail: expect.stringContaining('the agent has a phone number and a voice endpoint'),
    contacts: { waiting: 3, calling: 0 },
  })
  expect(world.twilio.calls.size).toBe(0)

  const reachable = { phoneNumber: '+4930901820555', voiceEndpoint: 'sip:sales@pbx.example.com' }
  await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, reachable)
  await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
  await advance(SECOND_MS)
  const calls = [...world.twilio.calls.values()]
  expect(calls).toHaveLength(3)
  expect(new Set(calls.map(({ to }) => to)).size).toBe(3)
  for (const call of calls) {
    await world.send(world.twilio.answer(call))
    expect(await world.connect(call)).toContain('<Sip>sip:sales@pbx.example.com</Sip>')
  }
  await advance(60 * SECOND_MS)
  for (const call of calls) await world.send(world.twilio.end(call))
  await advance(SECOND_MS)
  expect(await customer.readCampaign(id)).toMatchObject({
    status: 'completed',
    contacts: { reached: 3 },
    creditsUsed: { milliseconds: 3 * 60 * SECOND_MS },
  })
  expect(world.twilio.calls.size).toBe(3)
})
