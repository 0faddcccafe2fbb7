import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { campaignCustomer, contactsFile, steadyLife } from '../../test/campaign-customer.ts'
import { findPlacedWithinMax, readPlacedCalls } from '../../test/carrier-memory.ts'
import { closeInOrder } from '../../test/voice-stack.ts'
import type { SimulatedLife } from '../voice/index.ts'

const SECOND_MS = 1_000
const MINUTE_MS = 60_000

let t: TestApp
afterEach(() => closeInOrder(t))

async function open(life: Partial<SimulatedLife> = {}) {
  t = await testApp({ simulated: { ...steadyLife, ...life } })
}

/** Lets time pass in steps, as it passes for a server. */
async function pass(ms: number, stepMs = SECOND_MS): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(Math.min(stepMs, ms - passed))
    await t.app.runDue()
  }
}

describe('a campaign', () => {
  test('calls everybody once, at the concurrency that was chosen, and is complete', async () => {
    await open()
    const customer = await campaignCustomer(t)
    const campaign = await customer.started({ concurrency: 4 }, 10)
    expect(campaign).toMatchObject({ status: 'running', contacts: { total: 10 } })
    await pass(2 * SECOND_MS)
    expect((await customer.get(campaign.id)).contacts).toMatchObject({ calling: 4, waiting: 6 })
    await pass(4 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.get(campaign.id)).toMatchObject({
      status: 'completed',
      contacts: { total: 10, waiting: 0, calling: 0, reached: 10, notReached: 0 },
      creditsUsed: { milliseconds: 10 * MINUTE_MS },
    })
    const rings = await customer.rings()
    expect([...rings.values()]).toEqual(Array.from({ length: 10 }, () => 1))
  })

  test('calls again whom it did not reach, as often as was chosen and not before its time', async () => {
    await open({ outcomes: { talks: 0, busy: 1, noAnswer: 0, voicemail: 0, failed: 0 } })
    const customer = await campaignCustomer(t)
    const retries = { attemptsMax: 3, afterMinutes: 10, on: ['busy'] }
    const { id } = await customer.started({ concurrency: 5, retries }, 2)
    await pass(9 * MINUTE_MS, 5 * SECOND_MS)
    expect([...(await customer.rings()).values()]).toEqual([1, 1])
    await pass(30 * MINUTE_MS, 10 * SECOND_MS)
    expect([...(await customer.rings()).values()]).toEqual([3, 3])
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { notReached: 2 } })
  })

  test('calls within its calling hours only', async () => {
    await open()
    const customer = await campaignCustomer(t)
    // It is Sunday, 10:00 UTC.
    const callingHours = { timeZone: 'UTC', days: [{ day: 'monday', from: '09:00', to: '09:02' }] }
    const { id } = await customer.started({ concurrency: 1, callingHours }, 5)
    await pass(MINUTE_MS)
    expect(await customer.get(id)).toMatchObject({
      status: 'running',
      callingNow: false,
      nextCallingAt: '2026-11-23T09:00:00.000Z',
      contacts: { waiting: 5 },
    })
    t.clock.set(Date.parse('2026-11-23T08:59:59.000Z'))
    await pass(10 * MINUTE_MS, 5 * SECOND_MS)
    // One at a time for 65 seconds each: two began within the two minutes.
    expect((await customer.get(id)).contacts).toMatchObject({ reached: 2, waiting: 3 })
  })

  test('keeps its pace by when phones ring, also where the carrier takes its time', async () => {
    let carrierTakesMs = 10 * SECOND_MS
    const reachable = () => {
      t.clock.advance(carrierTakesMs)
      carrierTakesMs = 0
      return true
    }
    t = await testApp({ simulated: { ...steadyLife, reachable } })
    const customer = await campaignCustomer(t)
    const { id } = await customer.started({ concurrency: 5, callsPerMinute: 1 }, 3)
    await pass(4 * MINUTE_MS, 2 * SECOND_MS)
    const placed = await readPlacedCalls(t.database, id)
    expect(placed[0]?.placedAtMs).toBeGreaterThanOrEqual(testNowMs + 10 * SECOND_MS)
    expect(placed).toHaveLength(3)
    expect(findPlacedWithinMax(placed, MINUTE_MS)).toBe(1)
  })

  test('begins at the time it was scheduled for', async () => {
    await open()
    const customer = await campaignCustomer(t)
    const campaign = await customer.make()
    await customer.addContacts(campaign.id, contactsFile(3))
    const startsAt = '2026-11-22T12:00:00.000Z'
    const { body } = await customer.ask('POST', `/v1/campaigns/${campaign.id}/start`, { startsAt })
    expect(body).toMatchObject({ status: 'scheduled', startsAt })
    t.clock.set(Date.parse(startsAt) - 1)
    await t.app.runDue()
    expect((await customer.get(campaign.id)).status).toBe('scheduled')
    await pass(2 * SECOND_MS)
    expect(await customer.get(campaign.id)).toMatchObject({ status: 'running', contacts: { calling: 3 } })
  })

  test('that is paused by hand begins no call, and goes on where it was', async () => {
    await open()
    const customer = await campaignCustomer(t)
    const { id } = await customer.started({ concurrency: 2 }, 6)
    await pass(10 * SECOND_MS)
    const paused = await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
    expect(paused.body).toMatchObject({ status: 'paused', pauseReason: 'by_user' })
    await pass(3 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'paused', contacts: { reached: 2, waiting: 4 } })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await pass(4 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 6 } })
    expect((await customer.alerts()).map(({ kind }) => kind)).toEqual(['campaign_completed'])
  })

  test('pauses when its credits are used up; what is on goes on, and nobody is called twice', async () => {
    await open()
    const customer = await campaignCustomer(t, { credits: 3.5 })
    const { id } = await customer.started({ concurrency: 2 }, 8)
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    const paused = await customer.get(id)
    expect(paused).toMatchObject({
      status: 'paused',
      pauseReason: 'out_of_credits',
      contacts: { reached: 4 },
    })
    expect(await customer.alerts()).toEqual(
      expect.arrayContaining([expect.objectContaining({ kind: 'campaign_paused' })]),
    )
    const resumed = await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    expect(resumed).toMatchObject({ status: 409, body: { code: 'out_of_credits' } })
    await customer.setCredits(100)
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 8 } })
    expect(new Set((await customer.rings()).values())).toEqual(new Set([1]))
  })

  test('waits where the plan’s calls at once are all taken, and calls everybody all the same', async () => {
    await open()
    const customer = await campaignCustomer(t)
    await t.database.query(
      `update subscriptions set terms = jsonb_set(terms, '{limits,concurrentCallsMax}', '3') where workspace_id = $1`,
      [customer.uuid],
    )
    const { id } = await customer.started({ concurrency: 10 }, 9)
    await pass(6 * MINUTE_MS, 5 * SECOND_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 9 } })
    expect(new Set((await customer.rings()).values())).toEqual(new Set([1]))
  })

  test('pauses when its agent is disabled, and when many calls in a row cannot be made', async () => {
    await open({ outcomes: { talks: 0, busy: 0, noAnswer: 0, voicemail: 0, failed: 1 } })
    const customer = await campaignCustomer(t)
    const { id } = await customer.started({ concurrency: 10 }, 60)
    await pass(MINUTE_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'paused', pauseReason: 'carrier_failing' })
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'disabled' })
    expect((await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})).status).toBe(409)
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'active' })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await customer.ask('PATCH', `/v1/agents/${customer.agentId}`, { status: 'disabled' })
    await pass(10 * SECOND_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'paused', pauseReason: 'agent_disabled' })
  })
})

describe('a campaign over a thousand contacts', () => {
  test('runs out in the middle, is topped up, and reaches everybody once, by two servers', async () => {
    await open({
      outcomes: { talks: 70, busy: 10, noAnswer: 10, voicemail: 8, failed: 2 },
      lostEnds: 0.02,
      doubled: 0.1,
      reordered: 0.05,
    })
    const other = await t.addProcess({
      simulated: { ...steadyLife, outcomes: { talks: 70, busy: 10, noAnswer: 10, voicemail: 8, failed: 2 } },
    })
    const customer = await campaignCustomer(t, { credits: 400 })
    const retries = { attemptsMax: 2, afterMinutes: 5, on: ['busy', 'no_answer', 'voicemail'] }
    const { id } = await customer.started({ concurrency: 20, retries }, 1_000)
    /** Both carry it on for so long at the most; returns what it is when it does not run any more. */
    const both = async (msMax: number) => {
      for (let passed = 0; passed < msMax; passed += 20_000) {
        t.clock.advance(20_000)
        await Promise.all([t.app.runDue(), other.app.runDue()])
        const campaign = await customer.get(id)
        expect(campaign.contacts.calling).toBeLessThanOrEqual(20)
        if (campaign.status !== 'running' && campaign.contacts.calling === 0) return campaign
      }
      return customer.get(id)
    }
    expect(await both(60 * MINUTE_MS)).toMatchObject({ status: 'paused', pauseReason: 'out_of_credits' })
    await customer.setCredits(2_000)
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    const done = await both(180 * MINUTE_MS)
    expect(done).toMatchObject({ status: 'completed', contacts: { total: 1_000, waiting: 0, calling: 0 } })
    expect(done.contacts.reached + done.contacts.notReached).toBe(1_000)
    const rings = await customer.rings()
    expect(rings.size).toBe(1_000)
    expect(Math.max(...rings.values())).toBe(2)
  }, 600_000)
})
