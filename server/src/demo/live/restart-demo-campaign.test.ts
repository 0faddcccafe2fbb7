import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { type CampaignAnswer, createCampaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import { keepCampaign } from './restart-demo-campaign.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterAll(() => closeInOrder(t))

test('another campaign follows the demo’s one that is complete, while somebody watches', async () => {
  const customer = await createCampaignCustomer(t)
  const { app, database, clock } = t
  const keep = (watched: boolean) =>
    keepCampaign({ database, clock, ledger: app.ledger, isWatched: () => watched }, customer.uuid)
  const { id } = await customer.startCampaign({ name: 'Check-up recall', concurrency: 2 }, 2)
  expect(await keep(true)).toBe(false)
  for (let seconds = 0; seconds < 90; seconds += 15) {
    clock.advance(15_000)
    await app.runDue()
  }
  expect((await customer.readCampaign(id)).status).toBe('completed')
  expect(await keep(false)).toBe(false)
  expect(await keep(true)).toBe(true)
  const { data } = (await customer.ask<{ data: CampaignAnswer[] }>('GET', '/v1/campaigns')).body
  expect(data).toMatchObject([
    { name: 'Check-up recall, November 22', status: 'running', contacts: { total: 260 } },
    { id, status: 'completed' },
  ])
  // It is on, and then somebody's choice.
  expect(await keep(true)).toBe(false)
  await customer.ask('POST', `/v1/campaigns/${data[0]?.id}/pause`, {})
  expect(await keep(true)).toBe(false)
})
