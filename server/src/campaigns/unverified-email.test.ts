import { afterAll, beforeAll, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createCampaignCustomer, createContactsFile, steadyLife } from '../../test/campaign-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp({ simulated: steadyLife })
  const body = {
    name: 'Free with campaigns',
    price: { minor: 0, currency: 'USD' },
    monthlyCredits: 30,
    paid: false,
    features: { campaigns: true },
    limits: { concurrentCallsMax: 20, callDurationSecondsMax: 3_600, membersMax: 2 },
  }
  await t.request('PUT', '/v1/plans/free_campaigns', { key: t.operatorKey, body })
})
afterAll(() => closeInOrder(t))

type Customer = Awaited<ReturnType<typeof createCampaignCustomer>>

const connect = () => createCampaignCustomer(t, { planId: 'free_campaigns' })

const setAwaiting = ({ uuid }: Customer, awaits: boolean) =>
  t.database.query('update workspaces set awaits_verification = $2 where id = $1', [uuid, awaits])

test('409 email_unverified: a campaign does not start before the owner’s address is verified', async () => {
  const customer = await connect()
  await setAwaiting(customer, true)
  const { id } = await customer.createCampaign()
  await customer.addContacts(id, createContactsFile(2))
  const refused = await customer.ask('POST', `/v1/campaigns/${id}/start`, {})
  expect(refused.body).toMatchObject({ status: 409, code: 'email_unverified' })
  expect((await customer.readCampaign(id)).status).toBe('draft')
  await setAwaiting(customer, false)
  expect((await customer.ask('POST', `/v1/campaigns/${id}/start`, {})).status).toBe(200)
  await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
})

test('a running campaign pauses with that reason, and resumes after the verification', async () => {
  const customer = await connect()
  const { id } = await customer.startCampaign({ concurrency: 1 }, 3)
  await setAwaiting(customer, true)
  for (let seconds = 0; seconds < 80; seconds += 1) {
    t.clock.advance(1_000)
    await t.app.runDue()
  }
  expect(await customer.readCampaign(id)).toMatchObject({ status: 'paused', pauseReason: 'email_unverified' })
  expect((await customer.readCampaign(id)).contacts.waiting).toBeGreaterThan(0)
  const refused = await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
  expect(refused.body).toMatchObject({ status: 409, code: 'email_unverified' })
  await setAwaiting(customer, false)
  expect((await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})).body).toMatchObject({
    status: 'running',
  })
  await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
})
