import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { createCampaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import { readPlacedCalls } from '../../../test/carrier-memory.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import { readLine } from '../../ledger/index.ts'
import { createUnit } from '../../ledger/unit.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'
import { openQuietRooms } from '../../quiet-rooms.ts'
import type { SimulatedLife } from '../../voice/index.ts'
import { advanceCampaign } from './advance-campaign.ts'

let t: TestApp
let carrierAnswers = true
afterEach(async () => {
  carrierAnswers = true
  await closeInOrder(t)
})

async function open(life: Partial<SimulatedLife> = {}) {
  t = await testApp({ simulated: { ...steadyLife, ...life, reachable: () => carrierAnswers } })
}

async function pass(ms: number, stepMs = 5 * SECOND_MS): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(Math.min(stepMs, ms - passed))
    await t.app.runDue()
  }
}

const retries = { attemptsMax: 3, afterMinutes: 1, on: ['no_answer', 'busy', 'failed', 'voicemail'] }

/** Creates a campaign over one contact whose call's end is reported and whose answer is not. */
async function reportEndFirst() {
  await open()
  const customer = await createCampaignCustomer(t)
  const { id } = await customer.startCampaign({ retries }, 1)
  await t.app.dialer.idle()
  await t.database.query('delete from simulated_messages')
  const campaignId = uuidFrom('campaign', id)
  const { rows } = await t.database.query<{ id: string }>('select id from calls where campaign_id = $1', [
    campaignId,
  ])
  const about = { workspaceId: customer.uuid, target: { callId: rows[0]?.id ?? '' }, by: 'carrier' } as const
  t.clock.advance(65 * SECOND_MS)
  const endedAtMs = t.clock.now()
  await t.app.engine.submit({ type: 'end', ...about, atMs: endedAtMs, reason: 'completed' })
  await t.app.dialer.idle()
  expect(await customer.readCampaign(id)).toMatchObject({
    status: 'completed',
    contacts: { reached: 1 },
    creditsUsed: { milliseconds: 0 },
  })
  const answer = { type: 'answer', ...about, atMs: endedAtMs - MINUTE_MS } as const
  const usedMs = async () => (await customer.readCampaign(id)).creditsUsed.milliseconds
  return { id, answer, usedMs }
}

describe('a call whose end is reported before its answer', () => {
  test('has reached its contact, who is not called again; its charge is counted once it is known', async () => {
    const { id, answer, usedMs } = await reportEndFirst()
    await t.app.engine.submit(answer)
    await t.app.dialer.idle()
    expect(await usedMs()).toBe(MINUTE_MS)
    await pass(3 * MINUTE_MS, 30 * SECOND_MS)
    expect(await readPlacedCalls(t.database, id)).toHaveLength(1)
  })

  test('is counted even if the process that got the answer died right after', async () => {
    const { answer, usedMs } = await reportEndFirst()
    // Nobody subscribes to this engine's commits, as if its process died right after.
    const { engine } = openQuietRooms({ database: t.database, clock: t.clock })
    await engine.submit(answer)
    await engine.close()
    expect(await usedMs()).toBe(0)
    await pass(2 * HOUR_MS, 20 * MINUTE_MS)
    expect(await usedMs()).toBe(MINUTE_MS)
  })
})

test('times that the workspace’s key invents are corrected by the carrier, in the campaign’s credits too', async () => {
  await open()
  const customer = await createCampaignCustomer(t)
  const { id } = await customer.startCampaign({}, 1)
  await t.app.dialer.idle()
  const { rows } = await t.database.query<{ id: string }>('select id from calls where campaign_id = $1', [
    uuidFrom('campaign', id),
  ])
  const path = `/v1/calls/${publicId('call', rows[0]?.id ?? '')}`
  const at = new Date(t.clock.now()).toISOString()
  await customer.ask('POST', `${path}/answer`, { at })
  t.clock.advance(SECOND_MS)
  await customer.ask('POST', `${path}/end`, {})
  await t.app.dialer.idle()
  expect((await customer.readCampaign(id)).creditsUsed.milliseconds).toBe(SECOND_MS)
  await pass(3 * MINUTE_MS)
  await t.app.dialer.idle()
  expect((await customer.readCampaign(id)).creditsUsed.milliseconds).toBe(MINUTE_MS)
  expect((await customer.ask('GET', path)).body).toMatchObject({
    reportedBy: { answer: 'carrier', end: 'carrier' },
    corrections: [
      { fact: 'answer', reportedBy: 'workspace' },
      { fact: 'end', reportedBy: 'workspace' },
    ],
  })
})

describe('a call that is presumed lost', () => {
  test('and turns out to have been answered has reached its contact, who is not called again', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    const { id } = await customer.startCampaign({ retries: { ...retries, afterMinutes: 10_080 } }, 1)
    await t.app.dialer.idle()
    // No report about it arrives, and the carrier cannot be asked.
    await t.database.query('delete from simulated_messages')
    carrierAnswers = false
    await pass(6 * HOUR_MS, 30 * MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ contacts: { waiting: 1, reached: 0 } })
    carrierAnswers = true
    await pass(2 * HOUR_MS, 10 * MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'completed',
      contacts: { waiting: 0, reached: 1 },
      creditsUsed: { milliseconds: MINUTE_MS },
    })
    expect(await readPlacedCalls(t.database, id)).toHaveLength(1)
  })
})

describe('the plan’s concurrent calls', () => {
  test('limit dials before the gate is asked: other calls count, and no call is refused', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    await t.database.query(
      `update subscriptions set terms = jsonb_set(terms, '{limits,concurrentCallsMax}', '4') where workspace_id = $1`,
      [customer.uuid],
    )
    const call = { agentId: customer.agentId, direction: 'inbound' }
    const others = [1, 2].map(() => customer.ask('POST', '/v1/calls', call))
    const [one] = await Promise.all(others)
    const { id } = await customer.startCampaign({ concurrency: 10 }, 12)
    await pass(MINUTE_MS)
    expect((await customer.readCampaign(id)).contacts.calling).toBe(2)
    await customer.ask('POST', `/v1/calls/${one?.body.id}/end`, {})
    await pass(10 * SECOND_MS)
    expect((await customer.readCampaign(id)).contacts.calling).toBe(3)
    await pass(6 * MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 12 } })
    const refused = await customer.ask('GET', '/v1/calls?status=refused')
    expect(refused.body.data).toEqual([])
  })
})

describe('a balance that is used up', () => {
  test('starts no call; pausing is left to the credit watch, which alone notices when credits return', async () => {
    await open()
    const customer = await createCampaignCustomer(t)
    const campaign = await customer.createCampaign()
    await customer.addContacts(campaign.id, 'phone\n+12125550123\n')
    const startsAt = new Date(t.clock.now() + MINUTE_MS).toISOString()
    await customer.ask('POST', `/v1/campaigns/${campaign.id}/start`, { startsAt })
    const ref = { workspaceId: customer.uuid, id: uuidFrom('campaign', campaign.id) ?? '' }
    const advanceWith = (outSinceMs: number | null) =>
      t.database.transaction(async (tx) => {
        const unit = createUnit({ ...(await readLine(tx, ref.workspaceId)), balanceMs: 0, outSinceMs })
        return advanceCampaign(tx, unit, ref, t.clock.now() + MINUTE_MS)
      })
    expect(await advanceWith(null)).toMatchObject({
      campaign: { status: 'running', lookAtMs: t.clock.now() + MINUTE_MS + SECOND_MS },
      newDials: [],
    })
    expect(await advanceWith(t.clock.now())).toMatchObject({
      campaign: { status: 'paused', pauseReason: 'out_of_credits' },
      newDials: [],
    })
  })
})

test('a scheduled campaign that was paused waits for its start again when it is resumed', async () => {
  await open()
  const customer = await createCampaignCustomer(t)
  const { id } = await customer.createCampaign()
  await customer.addContacts(id, 'phone\n+12125550123\n')
  const startsAt = '2026-11-22T12:00:00.000Z'
  await customer.ask('POST', `/v1/campaigns/${id}/start`, { startsAt })
  await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
  t.clock.advance(HOUR_MS)
  const resumed = await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
  expect(resumed).toMatchObject({ status: 200, body: { status: 'scheduled', startsAt, pauseReason: null } })
  await pass(10 * SECOND_MS)
  expect(await readPlacedCalls(t.database, id)).toEqual([])
  t.clock.set(Date.parse(startsAt))
  await pass(10 * SECOND_MS)
  expect(await readPlacedCalls(t.database, id)).toHaveLength(1)
})
