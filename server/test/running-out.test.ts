import { afterEach, describe, expect, test } from 'vitest'
import type { SimulatedLife } from '../src/voice/index.ts'
import { type TestApp, testApp } from './app.ts'
import {
  type CampaignAnswer,
  createCampaignCustomer,
  createContactsFile,
  steadyLife,
} from './campaign-customer.ts'
import { closeInOrder } from './voice-stack.ts'

const MINUTE_MS = 60_000

let t: TestApp
afterEach(() => closeInOrder(t))

async function open(life: Partial<SimulatedLife> = {}) {
  t = await testApp({ simulated: { ...steadyLife, ...life } })
}

async function pass(ms: number, stepMs = 1_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(Math.min(stepMs, ms - passed))
    await t.app.runDue()
  }
}

type Customer = Awaited<ReturnType<typeof createCampaignCustomer>>

/** Makes an incoming call that is answered now. Returns its ID. */
async function answeredCall(customer: Customer): Promise<string> {
  const { body } = await customer.ask('POST', '/v1/calls', {
    agentId: customer.agentId,
    direction: 'inbound',
  })
  await customer.ask('POST', `/v1/calls/${body.id}/answer`, {})
  return body.id
}

const incoming = (customer: Customer) =>
  customer.ask<{ status: string; refusal: { reason: string } | null }>('POST', '/v1/calls', {
    agentId: customer.agentId,
    direction: 'inbound',
  })

describe('one credit and two live calls', () => {
  test('at 30.000 s the workspace is out: campaigns pause, new calls are refused, the two calls continue and are charged', async () => {
    await open()
    const customer = await createCampaignCustomer(t, { credits: 1 })
    // Outside their calling hours, so that the campaigns make no calls.
    const hours = { timeZone: 'UTC', days: [{ day: 'tuesday', from: '09:00', to: '10:00' }] }
    const goesOn = await customer.startCampaign({ callingHours: hours, resumeWhenCreditsReturn: true }, 3)
    const stays = await customer.startCampaign({ callingHours: hours }, 3)
    const startedAtMs = t.clock.now()
    const calls = [await answeredCall(customer), await answeredCall(customer)]
    await pass(29_999, 29_999)
    expect((await customer.readCampaign(stays.id)).status).toBe('running')
    expect((await incoming(customer)).body.status).toBe('authorized')
    await pass(1, 1)
    const outAt = new Date(startedAtMs + 30_000).toISOString()
    for (const { id } of [goesOn, stays]) {
      expect(await customer.readCampaign(id)).toMatchObject({
        status: 'paused',
        pauseReason: 'out_of_credits',
        pausedAt: outAt,
      })
    }
    expect((await incoming(customer)).body).toMatchObject({
      status: 'refused',
      refusal: { reason: 'out_of_credits' },
    })
    await pass(30_000)
    for (const id of calls) {
      const ended = await customer.ask('POST', `/v1/calls/${id}/end`, {})
      expect(ended.body).toMatchObject({ status: 'ended', charged: { credits: 1 } })
    }
    const owing = await customer.ask('GET', '/v1/balance')
    expect(owing.body).toMatchObject({ status: 'out', overdraft: { credits: 1 }, balance: { credits: -1 } })

    // New credits pay the overdraft first.
    await t.request('POST', `/v1/workspaces/${customer.workspaceId}/grants`, {
      key: t.operatorKey,
      body: { kind: 'promotional', credits: 3, reason: 'Sorry' },
    })
    expect((await incoming(customer)).body.status).toBe('authorized')
    await t.app.runDue()
    expect((await customer.ask('GET', '/v1/balance')).body).toMatchObject({
      balance: { credits: 2 },
      overdraft: { credits: 0 },
    })
    expect(await customer.readCampaign(goesOn.id)).toMatchObject({
      status: 'running',
      contacts: { calling: 0 },
    })
    expect(await customer.readCampaign(stays.id)).toMatchObject({
      status: 'paused',
      pauseReason: 'out_of_credits',
    })
    const kinds = (await customer.listAlerts()).map(({ kind }) => kind).sort()
    expect(kinds.filter((kind) => kind !== 'balance_low')).toEqual([
      'balance_zero',
      'campaign_paused',
      'campaign_paused',
      'campaign_resumed',
      'credits_returned',
    ])
  })

  test('with “End the call” both calls are hung up at the carrier and charged until the confirmed hang-up', async () => {
    await open({ talkMs: { median: 10 * MINUTE_MS, spread: 0, max: 10 * MINUTE_MS } })
    const customer = await createCampaignCustomer(t, { credits: 1 })
    await customer.ask('PATCH', '/v1/workspace', { whenCreditsRunOut: 'end' })
    const { id } = await customer.startCampaign({ concurrency: 2 }, 2)
    await t.app.dialer.idle()
    await pass(5_000)
    // Both calls have been answered by now, at one instant.
    await pass(30_000)
    await pass(2_000)
    const { data } = (await customer.ask('GET', '/v1/calls?status=ended')).body
    expect(data).toHaveLength(2)
    for (const call of data) {
      expect(call).toMatchObject({ endReason: 'hung_up', endSource: 'reported' })
      const { milliseconds } = call.charged as { milliseconds: number }
      expect(milliseconds).toBeGreaterThanOrEqual(30_000)
      expect(milliseconds).toBeLessThan(32_000)
    }
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'paused', pauseReason: 'out_of_credits' })
  })
})

test('auto-reload tops up in the middle of a campaign, and the campaign completes', async () => {
  await open()
  const customer = await createCampaignCustomer(t, { credits: 30 })
  t.clock.advance(1)
  await customer.ask('POST', '/v1/payment-methods', { testCard: 'success' })
  const reload = {
    enabled: true,
    thresholdCredits: 10,
    packageId: 'credits_100',
    quantity: 1,
    monthlyCap: null,
  }
  expect((await customer.ask('PUT', '/v1/auto-reload', reload)).status).toBe(200)
  const { id } = await customer.startCampaign({ concurrency: 20, resumeWhenCreditsReturn: true }, 100)
  await pass(12 * MINUTE_MS, 5_000)
  expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 100 } })
  expect(new Set((await customer.countRings()).values())).toEqual(new Set([1]))
  expect((await customer.ask('GET', '/v1/auto-reload/attempts')).body.data).toHaveLength(1)
})

test('a campaign paused without credits resumes as soon as the declined card is replaced', async () => {
  await open()
  const customer = await createCampaignCustomer(t, { credits: 15 })
  t.clock.advance(1)
  await customer.ask('POST', '/v1/payment-methods', { testCard: 'decline' })
  const reload = {
    enabled: true,
    thresholdCredits: 10,
    packageId: 'credits_100',
    quantity: 1,
    monthlyCap: null,
  }
  await customer.ask('PUT', '/v1/auto-reload', reload)
  const { id } = await customer.startCampaign({ concurrency: 10, resumeWhenCreditsReturn: true }, 40)
  await pass(6 * MINUTE_MS, 5_000)
  expect(await customer.readCampaign(id)).toMatchObject({ status: 'paused', pauseReason: 'out_of_credits' })
  const good = await customer.ask('POST', '/v1/payment-methods', { testCard: 'success' })
  await customer.ask('POST', `/v1/payment-methods/${good.body.id}/default`, {})
  await t.app.autoReload.idle()
  await pass(6 * MINUTE_MS, 5_000)
  expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 40 } })
})

test('two servers act on each crossing once', async () => {
  await open()
  const other = await t.addProcess({ simulated: steadyLife })
  const customer = await createCampaignCustomer(t, { credits: 2 })
  const campaign = await customer.createCampaign({ concurrency: 1, resumeWhenCreditsReturn: true })
  await customer.addContacts(campaign.id, createContactsFile(30))
  await customer.ask<CampaignAnswer>('POST', `/v1/campaigns/${campaign.id}/start`, {})
  for (let rounds = 0; rounds < 3; rounds += 1) {
    for (let seconds = 0; seconds < 200; seconds += 5) {
      t.clock.advance(5_000)
      await Promise.all([t.app.runDue(), other.app.runDue()])
    }
    await customer.setCredits(2)
    await Promise.all([t.app.runDue(), other.app.runDue()])
  }
  const kinds = (await customer.listAlerts()).map(({ kind }) => kind)
  const times = (kind: string) => kinds.filter((one) => one === kind).length
  expect(times('balance_zero')).toBe(3)
  expect(times('credits_returned')).toBe(3)
  expect(times('campaign_paused')).toBe(3)
  expect(times('campaign_resumed')).toBe(3)
  expect(new Set((await customer.countRings()).values())).toEqual(new Set([1]))
})
