import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../../test/app.ts'
import { campaignCustomer, steadyLife } from '../../../test/campaign-customer.ts'
import { readPlacedCalls } from '../../../test/carrier-memory.ts'
import { createKillableDialer } from '../../../test/killable-dialer.ts'
import { closeInOrder } from '../../../test/voice-stack.ts'
import { uuidFrom } from '../../public-ids.ts'

const MINUTE_MS = 60_000

let t: TestApp
beforeEach(async () => {
  t = await testApp({ simulated: steadyLife })
})
afterEach(() => closeInOrder(t))

/** What is known of the only contact between the death and whoever goes on. */
async function stateOf(campaignId: string): Promise<string> {
  const { rows } = await t.database.query<{ dial: string; leg: string | null }>(
    `select d.state as dial, l.state as leg from dials d left join voice_legs l on l.call_id = d.call_id
     where d.campaign_id = $1`,
    [uuidFrom('campaign', campaignId)],
  )
  const placed = (await readPlacedCalls(t.database, campaignId)).length
  return rows.length === 0 ? 'nothing' : `${rows[0]?.dial}, ${rows[0]?.leg ?? 'no leg'}, ${placed} placed`
}

/** Another process goes on for so long. */
async function goOn(ms: number, stepMs = 20_000): Promise<void> {
  for (let passed = 0; passed < ms; passed += stepMs) {
    t.clock.advance(stepMs)
    await t.app.runDue()
  }
}

describe('a process that dies at any step of a dial', () => {
  test('leaves it to the others: the contact is called once, and no attempt is lost', async () => {
    const deaths = new Set<string>()
    const customer = await campaignCustomer(t)
    for (let stepsMax = 0; ; stepsMax += 1) {
      // Started so that only the process that is to die carries it on.
      const { id } = await customer.make({ name: `Dies at step ${stepsMax}` })
      await customer.addContacts(id, 'phone\n+12125550123\n')
      const startsAt = new Date(t.clock.now() + 1).toISOString()
      await customer.ask('POST', `/v1/campaigns/${id}/start`, { startsAt })
      await t.app.dialer.idle()
      t.clock.advance(1)
      const mortal = createKillableDialer(t, steadyLife, stepsMax)
      mortal.dialer.wake([{ workspaceId: customer.uuid, id: uuidFrom('campaign', id) ?? '' }])
      await mortal.dialer.idle()
      deaths.add(await stateOf(id))
      // Where nobody knows whether the carrier got the order, it is asked after two minutes.
      await goOn(5 * MINUTE_MS)
      expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 1 } })
      expect(await readPlacedCalls(t.database, id)).toHaveLength(1)
      const contacts = await customer.ask('GET', `/v1/campaigns/${id}/contacts`)
      expect(contacts.body.data).toMatchObject([{ state: 'reached', attempts: 1 }])
      if (!mortal.life.isKilled) break
    }
    // The deaths were where they were meant to be.
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

describe('dials that a process left when it died', () => {
  /** A campaign over five contacts whose dials were written down, and no more. */
  async function leftBehind(fields: object) {
    const customer = await campaignCustomer(t)
    const campaign = await customer.make({ concurrency: 5, ...fields })
    const numbers = [0, 1, 2, 3, 4].map((n) => `+1212555010${n}`)
    await customer.addContacts(campaign.id, `phone\n${numbers.join('\n')}\n`)
    const startsAt = new Date(t.clock.now() + 1).toISOString()
    await customer.ask('POST', `/v1/campaigns/${campaign.id}/start`, { startsAt })
    await t.app.dialer.idle()
    t.clock.advance(1)
    for (let stepsMax = 4; (await customer.get(campaign.id)).contacts.calling === 0; stepsMax += 1) {
      const { dialer } = createKillableDialer(t, steadyLife, stepsMax)
      dialer.wake([{ workspaceId: customer.uuid, id: uuidFrom('campaign', campaign.id) ?? '' }])
      await dialer.idle()
    }
    expect(await readPlacedCalls(t.database, campaign.id)).toEqual([])
    return { customer, id: campaign.id }
  }

  test('are made in the calling hours after those in which it died, at the pace that was chosen', async () => {
    // It is Sunday, 10:00 UTC.
    const days = ['sunday', 'monday'].map((day) => ({ day, from: '10:00', to: '10:01' }))
    const callingHours = { timeZone: 'UTC', days }
    const { customer, id } = await leftBehind({ callingHours })
    await customer.ask('PATCH', `/v1/campaigns/${id}`, { callsPerMinute: 5 })
    t.clock.set(Date.parse('2026-11-22T10:01:00.000Z'))
    await goOn(5 * MINUTE_MS)
    expect(await readPlacedCalls(t.database, id)).toEqual([])
    expect((await customer.get(id)).contacts).toMatchObject({ waiting: 5, calling: 0 })
    t.clock.set(Date.parse('2026-11-23T09:59:59.000Z'))
    await goOn(4 * MINUTE_MS, 2_000)
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 5 } })
    const placed = await readPlacedCalls(t.database, id)
    expect(placed.map(({ placedAtMs }) => new Date(placedAtMs).toISOString().slice(0, 16))).toEqual(
      Array.from({ length: 5 }, () => '2026-11-23T10:00'),
    )
    const distances = placed.slice(1).map((call, n) => call.placedAtMs - (placed[n]?.placedAtMs ?? 0))
    expect(Math.min(...distances)).toBeGreaterThanOrEqual(10_000)
  })

  test('are not made while it is paused', async () => {
    const { customer, id } = await leftBehind({})
    await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
    await goOn(2 * MINUTE_MS)
    expect(await readPlacedCalls(t.database, id)).toEqual([])
    expect(await customer.get(id)).toMatchObject({ status: 'paused', contacts: { waiting: 5, calling: 0 } })
    await customer.ask('POST', `/v1/campaigns/${id}/resume`, {})
    await goOn(2 * MINUTE_MS)
    expect(await customer.get(id)).toMatchObject({ status: 'completed', contacts: { reached: 5 } })
    expect(await readPlacedCalls(t.database, id)).toHaveLength(5)
  })
})
