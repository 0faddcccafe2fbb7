import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { type CampaignAnswer, createCampaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import { restartDemoCampaign } from './restart-demo-campaign.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterAll(() => closeInOrder(t))

test('while somebody watches, a new campaign follows a complete one, but not a running or a paused one', async () => {
  const customer = await createCampaignCustomer(t)
  const { app, database, clock } = t
  const restart = (watched: boolean) =>
    restartDemoCampaign({ database, clock, ledger: app.ledger, isWatched: () => watched }, customer.uuid)
  const { id } = await customer.startCampaign({ name: 'Check-up recall', concurrency: 2 }, 2)
  expect(await restart(true)).toBe(false)
  for (let seconds = 0; seconds < 90; seconds += 15) {
    clock.advance(15_000)
    await app.runDue()
  }
  expect((await customer.readCampaign(id)).status).toBe('completed')
  expect(await restart(false)).toBe(false)
  expect(await restart(true)).toBe(true)
  const { data } = (await customer.ask<{ data: CampaignAnswer[] }>('GET', '/v1/campaigns')).body
  expect(data).toMatchObject([
    { name: 'Check-up recall, November 22', status: 'running', contacts: { total: 260 } },
    { id, status: 'completed' },
  ])
  // The new campaign is running, and then paused by a member.
  expect(await restart(true)).toBe(false)
  await customer.ask('POST', `/v1/campaigns/${data[0]?.id}/pause`, {})
  expect(await restart(true)).toBe(false)
})
