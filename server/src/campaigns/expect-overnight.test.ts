import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { campaignCustomer, contactsFile, steadyLife } from '../../test/campaign-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

const MINUTE_MS = 60_000

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterAll(() => closeInOrder(t))

type AutoReloadAnswer = { recommendation: { thresholdCredits: number; because: string } }

/** A customer whose agent has made 20 outbound calls of a minute, two days ago. */
async function practised() {
  const customer = await campaignCustomer(t)
  const earlier = await customer.started({ concurrency: 20 }, 20)
  for (let passed = 0; passed < 3 * MINUTE_MS; passed += 5_000) {
    t.clock.advance(5_000)
    await t.app.runDue()
  }
  expect(await customer.get(earlier.id)).toMatchObject({ status: 'completed' })
  return {
    ...customer,
    recommendation: async () =>
      (await customer.ask<AutoReloadAnswer>('GET', '/v1/auto-reload')).body.recommendation,
    async scheduled(name: string, startsAt: string, contacts: number) {
      const { id } = await customer.make({ name })
      await customer.addContacts(id, contactsFile(contacts))
      const { status } = await customer.ask('POST', `/v1/campaigns/${id}/start`, { startsAt })
      expect(status).toBe(200)
      return id
    },
  }
}

test('the recommended threshold covers what is scheduled for the night, and says why', async () => {
  t.clock.set(Date.parse('2026-11-23T15:00:00.000Z'))
  const customer = await practised()
  expect((await customer.recommendation()).thresholdCredits).toBe(20)
  await customer.scheduled('Autumn', '2026-11-23T22:00:00.000Z', 180)
  expect(await customer.recommendation()).toEqual({
    thresholdCredits: 200,
    because:
      'The campaign “Autumn” is expected to use 180 credits until 24 Nov 2026, 08:00 (UTC); the busiest two hours of the last 30 days used 20 credits: 200 credits last through the night, should a card be declined while nobody is there to change it.',
  })
  await customer.scheduled('Winter', '2026-11-24T02:00:00.000Z', 30)
  const both = await customer.recommendation()
  expect(both.thresholdCredits).toBe(230)
  expect(both.because).toMatch(/^2 campaigns are expected to use 210 credits until/)
})

test('what is scheduled for the day, paused by hand, or of unknown length changes no recommendation', async () => {
  t.clock.set(Date.parse('2026-11-25T15:00:00.000Z'))
  const customer = await practised()
  const before = await customer.recommendation()
  await customer.scheduled('Tomorrow', '2026-11-26T10:00:00.000Z', 100)
  const paused = await customer.scheduled('Paused', '2026-11-25T22:00:00.000Z', 100)
  await customer.ask('POST', `/v1/campaigns/${paused}/pause`, {})
  expect(await customer.recommendation()).toEqual(before)

  const fresh = await campaignCustomer(t)
  const { id } = await fresh.make()
  await fresh.addContacts(id, contactsFile(100))
  await fresh.ask('POST', `/v1/campaigns/${id}/start`, { startsAt: '2026-11-25T22:00:00.000Z' })
  const { body } = await fresh.ask<AutoReloadAnswer>('GET', '/v1/auto-reload')
  expect(body.recommendation.because).toMatch(/^There was no usage/)
})
