import { MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { createCampaignCustomer, createContactsFile, steadyLife } from '../../test/campaign-customer.ts'
import { findPlacedWithinMax, readPlacedCalls } from '../../test/carrier-memory.ts'
import { closeInOrder } from '../../test/voice-stack.ts'
import type { SimulatedLife } from '../voice/index.ts'

let t: TestApp
afterEach(() => closeInOrder(t))

async function open(life: Partial<SimulatedLife> = {}) {
  t = await testApp({ simulated: { ...steadyLife, ...life } })
}

/** Advances the clock in steps, and does everything that is due after each. */
async function pass(ms: number, stepMs = SECOND_MS): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(Math.min(stepMs, ms - passed))
    await t.app.runDue()
  }
}

describe('a campaign', () => {
  test('calls everybody once, at the chosen concurrency, and then completes', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    const campaign = await customer.startCampaign({ concurrency: 4 }, 10)
    expect(campaign).toMatchObject({ status: 'running', contacts: { total: 10 } })
    await pass(2 * SECOND_MS)
    expect((await customer.readCampaign(campaign.id)).contacts).toMatchObject({ calling: 4, waiting: 6 })
    await pass(4 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.readCampaign(campaign.id)).toMatchObject({
      status: 'completed',
      contacts: { total: 10, waiting: 0, calling: 0, reached: 10, notReached: 0 },
      creditsUsed: { milliseconds: 10 * MINUTE_MS },
    })
    const rings = await customer.countRings()
    expect([...rings.values()]).toEqual(Array.from({ length: 10 }, () => 1))
  })

  test('calls contacts that it did not reach again, as often and as late as chosen', async () => {
    await open({ outcomes: { talks: 0, busy: 1, noAnswer: 0, voicemail: 0, failed: 0 } })
    const customer = await createCampaignCustomer(t)
    const retries = { attemptsMax: 3, afterMinutes: 10, on: ['busy'] }
    const { id } = await customer.startCampaign({ concurrency: 5, retries }, 2)
    await pass(9 * MINUTE_MS, 5 * SECOND_MS)
    expect([...(await customer.countRings()).values()]).toEqual([1, 1])
    await pass(30 * MINUTE_MS, 10 * SECOND_MS)
    expect([...(await customer.countRings()).values()]).toEqual([3, 3])
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'completed',
      contacts: { notReached: 2 },
    })
  })

  test('calls only within its calling hours', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    // It is Sunday, 10:00 UTC.
    const callingHours = { timeZone: 'UTC', days: [{ day: 'monday', from: '09:00', to: '09:02' }] }
    const { id } = await customer.startCampaign({ concurrency: 1, callingHours }, 5)
    await pass(MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'running',
      callingNow: false,
      nextCallingAt: '2026-11-23T09:00:00.000Z',
      contacts: { waiting: 5 },
    })
    t.clock.set(Date.parse('2026-11-23T08:59:59.000Z'))
    await pass(10 * MINUTE_MS, 5 * SECOND_MS)
    // One at a time for 65 seconds each: two began within the two minutes.
    expect((await customer.readCampaign(id)).contacts).toMatchObject({ reached: 2, waiting: 3 })
  })

  test('keeps its pace by when phones ring, even if the carrier is slow', async () => {
    let carrierTakesMs = 10 * SECOND_MS
    const reachable = () => {
      t.clock.advance(carrierTakesMs)
      carrierTakesMs = 0
      return true
    }
    t = await testApp({ simulated: { ...steadyLife, reachable } })
    const customer = await createCampaignCustomer(t)
    const { id } = await customer.startCampaign({ concurrency: 5, callsPerMinute: 1 }, 3)
    await pass(4 * MINUTE_MS, 2 * SECOND_MS)
    const placed = await readPlacedCalls(t.database, id)
    expect(placed[0]?.placedAtMs).toBeGreaterThanOrEqual(testNowMs + 10 * SECOND_MS)
    expect(placed).toHaveLength(3)
    expect(findPlacedWithinMax(placed, MINUTE_MS)).toBe(1)
  })

  test('starts at its scheduled time', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    const campaign = await customer.createCampaign()
    await customer.addContacts(campaign.id, createContactsFile(3))
    const startsAt = '2026-11-22T12:00:00.000Z'
    const { body } = await customer.ask('POST', `/v1/campaigns/${campaign.id}/start`, { startsAt })
    expect(body).toMatchObject({ status: 'scheduled', startsAt })
    t.clock.set(Date.parse(startsAt) - 1)
    await t.app.runDue()
    expect((await customer.readCampaign(campaign.id)).status).toBe('scheduled')
    await pass(2 * SECOND_MS)
    expect(await customer.readCampaign(campaign.id)).toMatchObject({
      status: 'running',
      contacts: { calling: 3 },
    })
  })

  test('that a person pauses starts no call, and continues where it was after a resume', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    const { id } = await customer.startCampaign({ concurrency: 2 }, 6)
    await pass(10 * SECOND_MS)
    const paused = await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
    expect(paused.body).toMatchObject({ status: 'paused', pauseReason: 'by_user' })
    await pass(3 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'paused',
      contacts: { reached: 2, waiting: 4 },
    })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await pass(4 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 6 } })
    expect((await customer.listAlerts()).map(({ kind }) => kind)).toEqual(['campaign_completed'])
  })

  test('pauses when credits run out; live calls continue, and nobody is called twice', async () => {
    await open()
    const customer = await createCampaignCustomer(t, { credits: 3.5 })
    const { id } = await customer.startCampaign({ concurrency: 2 }, 8)
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    const paused = await customer.readCampaign(id)
    expect(paused).toMatchObject({
      status: 'paused',
      pauseReason: 'out_of_credits',
      contacts: { reached: 4 },
    })
    expect(await customer.listAlerts()).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'campaign_paused' })]),
    )
    const resumed = await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    expect(resumed).toMatchObject({ status: 409, body: { code: 'out_of_credits' } })
    await customer.setCredits(100)
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 8 } })
    expect(new Set((await customer.countRings()).values())).toEqual(new Set([1]))
  })

  test('waits while all of the plan’s concurrent calls are in use, and still calls everybody', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    await t.database.query(
      `update subscriptions set terms = jsonb_set(terms, '{limits,concurrentCallsMax}', '3') where workspace_id = $1`,
      [customer.uuid],
    )
    const { id } = await customer.startCampaign({ concurrency: 10 }, 9)
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 9 } })
    expect(new Set((await customer.countRings()).values())).toEqual(new Set([1]))
  })

  test('pauses when its agent is disabled, and when many calls in a row fail', async () => {
    await open({ outcomes: { talks: 0, busy: 0, noAnswer: 0, voicemail: 0, failed: 1 } })
    const customer = await createCampaignCustomer(t)
    const { id } = await customer.startCampaign({ concurrency: 10 }, 60)
    await pass(MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'paused',
      pauseReason: 'carrier_failing',
    })
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'disabled' })
    expect((await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})).status).toBe(409)
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'active' })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'disabled' })
    await pass(10 * SECOND_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'paused', pauseReason: 'agent_disabled' })
  })
})

describe('a campaign over a thousand contacts', () => {
  test('runs out of credits in the middle, is topped up, and calls everybody as often as chosen, on two servers', async () => {
    await open({
      outcomes: { talks: 70, busy: 10, noAnswer: 10, voicemail: 8, failed: 2 },
      lostEnds: 0.02,
      doubled: 0.1,
      reordered: 0.05,
    })
    const other = await t.addProcess({
      simulated: { ...steadyLife, outcomes: { talks: 70, busy: 10, noAnswer: 10, voicemail: 8, failed: 2 } },
    })
    const customer = await createCampaignCustomer(t, { credits: 400 })
    const retries = { attemptsMax: 2, afterMinutes: 5, on: ['busy', 'no_answer', 'voicemail'] }
    const { id } = await customer.startCampaign({ concurrency: 20, retries }, 1_000)
    /** Lets both servers work for at most `msMax`. Returns the campaign once it no longer runs. */
    const runBoth = async (msMax: number) => {
      for (let passed = 0; passed < msMax; passed += 20_000) {
        t.clock.advance(20_000)
        await Promise.all([t.app.runDue(), other.app.runDue()])
        const campaign = await customer.readCampaign(id)
        expect(campaign.contacts.calling).toBeLessThanOrEqual(20)
        if (campaign.status !== 'running' && campaign.contacts.calling === 0) return campaign
      }
      return customer.readCampaign(id)
    }
    expect(await runBoth(60 * MINUTE_MS)).toMatchObject({ status: 'paused', pauseReason: 'out_of_credits' })
    await customer.setCredits(2_000)
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    const done = await runBoth(180 * MINUTE_MS)
    expect(done).toMatchObject({ status: 'completed', contacts: { total: 1_000, waiting: 0, calling: 0 } })
    expect(done.contacts.reached + done.contacts.notReached).toBe(1_000)
    const rings = await customer.countRings()
    expect(rings.size).toBe(1_000)
    expect(Math.max(...rings.values())).toBe(2)
  }, 600_000)
})
