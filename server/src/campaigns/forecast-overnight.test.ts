import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createCampaignCustomer, createContactsFile, steadyLife } from '../../test/campaign-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterAll(() => closeInOrder(t))

type AutoReloadAnswer = { recommendation: { thresholdCredits: number; because: string } }

/** Creates a customer whose agent has made 20 outbound calls of a minute. */
async function createExperiencedCustomer() {
  const customer = await createCampaignCustomer(t)
  const earlier = await customer.startCampaign({ concurrency: 20 }, 20)
  for (let passed = 0; passed < 3 * MINUTE_MS; passed += 5_000) {
    t.clock.advance(5_000)
    await t.app.runDue()
  }
  expect(await customer.readCampaign(earlier.id)).toMatchObject({ status: 'completed' })
  return {
    ...customer,
    readRecommendation: async () =>
      (await customer.ask<AutoReloadAnswer>('GET', '/v1/auto-reload')).body.recommendation,
    async schedule(name: string, startsAt: string, contacts: number) {
      const { id } = await customer.createCampaign({ name })
      await customer.addContacts(id, createContactsFile(contacts))
      const { status } = await customer.ask('POST', `/v1/campaigns/${id}/start`, { startsAt })
      expect(status).toBe(200)
      return id
    },
  }
}

test('the recommended threshold covers the campaigns scheduled for the night, and says why', async () => {
  t.clock.set(Date.parse('2026-11-23T15:00:00.000Z'))
  const customer = await createExperiencedCustomer()
  expect((await customer.readRecommendation()).thresholdCredits).toBe(20)
  await customer.schedule('Autumn', '2026-11-23T22:00:00.000Z', 180)
  expect(await customer.readRecommendation()).toEqual({
    thresholdCredits: 200,
    because:
      'The campaign “Autumn” is expected to use 180 credits until 24 Nov 2026, 08:00 (UTC); the busiest two hours of the last 30 days used 20 credits: 200 credits last through the night, should a card be declined while nobody is there to change it.',
  })
  await customer.schedule('Winter', '2026-11-24T02:00:00.000Z', 30)
  const both = await customer.readRecommendation()
  expect(both.thresholdCredits).toBe(230)
  expect(both.because).toMatch(/^2 campaigns are expected to use 210 credits until/)
})

test('campaigns scheduled for the day, paused by a person, or without an estimate do not change the recommendation', async () => {
  t.clock.set(Date.parse('2026-11-25T15:00:00.000Z'))
  const customer = await createExperiencedCustomer()
  const before = await customer.readRecommendation()
  await customer.schedule('Tomorrow', '2026-11-26T10:00:00.000Z', 100)
  const paused = await customer.schedule('Paused', '2026-11-25T22:00:00.000Z', 100)
  await customer.ask('POST', `/v1/campaigns/${paused}/pause`, {})
  expect(await customer.readRecommendation()).toEqual(before)

  const fresh = await createCampaignCustomer(t)
  const { id } = await fresh.createCampaign()
  await fresh.addContacts(id, createContactsFile(100))
  await fresh.ask('POST', `/v1/campaigns/${id}/start`, { startsAt: '2026-11-25T22:00:00.000Z' })
  const { body } = await fresh.ask<AutoReloadAnswer>('GET', '/v1/auto-reload')
  expect(body.recommendation.because).toMatch(/^There was no usage/)
})
