import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { createCampaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import { readPlacedCalls } from '../../../test/carrier-memory.ts'
import { createKillableDialer } from '../../../test/killable-dialer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import { uuidFrom } from '../../public-ids.ts'

let t: TestApp
beforeEach(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterEach(() => closeInOrder(t))

/** Describes what the dead process has left of the campaign's only dial. */
async function describeDial(campaignId: string): Promise<string> {
  const { rows } = await t.database.query<{ dial: string; leg: string | null }>(
    `select d.state as dial, l.state as leg from dials d left join voice_legs l on l.call_id = d.call_id
     where d.campaign_id = $1`,
    [uuidFrom('campaign', campaignId)],
  )
  const placed = (await readPlacedCalls(t.database, campaignId)).length
  return rows.length === 0 ? 'nothing' : `${rows[0]?.dial}, ${rows[0]?.leg ?? 'no leg'}, ${placed} placed`
}

/** Lets another process work for `ms`. */
async function letOtherWork(ms: number, stepMs = 20_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(stepMs)
    await t.app.runDue()
  }
}

describe('a process that dies at any step of a dial', () => {
  test('leaves the dial to others: the contact is called once, and one dial attempt is counted', async () => {
    const deaths = new Set<string>()
    const customer = await createCampaignCustomer(t)
    for (let stepsMax = 0; ; stepsMax += 1) {
      // Started in such a way that only the process that dies advances it.
      const { id } = await customer.createCampaign({ name: `Dies at step ${stepsMax}` })
      await customer.addContacts(id, 'phone\n+12125550123\n')
      const startsAt = new Date(t.clock.now() + 1).toISOString()
      await customer.ask('POST', `/v1/campaigns/${id}/start`, { startsAt })
      await t.app.dialer.idle()
      t.clock.advance(1)
      const killable = createKillableDialer(t, steadyLife, stepsMax)
      killable.dialer.wake([{ workspaceId: customer.uuid, id: uuidFrom('campaign', id) ?? '' }])
      await killable.dialer.idle()
      deaths.add(await describeDial(id))
      // If nobody knows whether the carrier got the order, the carrier is asked after two minutes.
      await letOtherWork(5 * MINUTE_MS)
      expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 1 } })
      expect(await readPlacedCalls(t.database, id)).toHaveLength(1)
      const contacts = await customer.ask('GET', `/v1/campaigns/${id}/contacts`)
      expect(contacts.body.data).toMatchObject([{ state: 'reached', attempts: 1 }])
      if (!killable.life.isKilled) break
    }
    // The processes died at every state of a dial.
    expect([...deaths].sort()).toEqual([
      'dialled, placed, 1 placed',
      'intended, no leg, 0 placed',
      'intended, ordered, 0 placed',
      'intended, placed, 1 placed',
      'intended, placing, 0 placed',
      'intended, placing, 1 placed',
      'nothing',
    ])
  }, 240_000)
})

describe('dials that a process stored before it died', () => {
  /** Creates a campaign over five contacts whose dials are stored and not handed to a carrier. */
  async function abandonDials(fields: object) {
    const customer = await createCampaignCustomer(t)
    const campaign = await customer.createCampaign({ concurrency: 5, ...fields })
    const numbers = [0, 1, 2, 3, 4].map((n) => `+1212555010${n}`)
    await customer.addContacts(campaign.id, `phone\n${numbers.join('\n')}\n`)
    const startsAt = new Date(t.clock.now() + 1).toISOString()
    await customer.ask('POST', `/v1/campaigns/${campaign.id}/start`, { startsAt })
    await t.app.dialer.idle()
    t.clock.advance(1)
    for (let stepsMax = 4; (await customer.readCampaign(campaign.id)).contacts.calling === 0; stepsMax += 1) {
      const { dialer } = createKillableDialer(t, steadyLife, stepsMax)
      dialer.wake([{ workspaceId: customer.uuid, id: uuidFrom('campaign', campaign.id) ?? '' }])
      await dialer.idle()
    }
    expect(await readPlacedCalls(t.database, campaign.id)).toEqual([])
    return { customer, id: campaign.id }
  }

  test('are made in the next calling hours, at the chosen pace', async () => {
    // It is Sunday, 10:00 UTC.
    const days = ['sunday', 'monday'].map((day) => ({ day, from: '10:00', to: '10:01' }))
    const callingHours = { timeZone: 'UTC', days }
    const { customer, id } = await abandonDials({ callingHours })
    await customer.ask('PATCH', `/v1/campaigns/${id}`, { callsPerMinute: 5 })
    t.clock.set(Date.parse('2026-11-22T10:01:00.000Z'))
    await letOtherWork(5 * MINUTE_MS)
    expect(await readPlacedCalls(t.database, id)).toEqual([])
    expect((await customer.readCampaign(id)).contacts).toMatchObject({ waiting: 5, calling: 0 })
    t.clock.set(Date.parse('2026-11-23T09:59:59.000Z'))
    await letOtherWork(4 * MINUTE_MS, 2_000)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 5 } })
    const placed = await readPlacedCalls(t.database, id)
    expect(placed.map(({ placedAtMs }) => new Date(placedAtMs).toISOString().slice(0, 16))).toEqual(
      Array.from({ length: 5 }, () => '2026-11-23T10:00'),
    )
    const distances = placed.slice(1).map((call, n) => call.placedAtMs - (placed[n]?.placedAtMs ?? 0))
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(10_000)
  })

  test('are not made while the campaign is paused', async () => {
    const { customer, id } = await abandonDials({})
    await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
    await letOtherWork(2 * MINUTE_MS)
    expect(await readPlacedCalls(t.database, id)).toEqual([])
    expect(await customer.readCampaign(id)).toMatchObject({
      status: 'paused',
      contacts: { waiting: 5, calling: 0 },
    })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await letOtherWork(2 * MINUTE_MS)
    expect(await customer.readCampaign(id)).toMatchObject({ status: 'completed', contacts: { reached: 5 } })
    expect(await readPlacedCalls(t.database, id)).toHaveLength(5)
  })
})
