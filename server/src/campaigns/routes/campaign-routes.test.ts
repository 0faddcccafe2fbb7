import { MINUTE_MS } from '@talktime/core/time/durations'
import { describe, expect, test } from 'vitest'
import {
  type CampaignAnswer,
  createCampaignCustomer,
  createContactsFile,
  useCampaignCustomer,
} from '../../../test/campaign-customer.ts'
import { addMember } from '../../access/index.ts'
import { uuidFrom } from '../../public-ids.ts'

const customer = useCampaignCustomer()

describe('POST /v1/campaigns', () => {
  test('201: creates a draft, with defaults for the fields that were left out', async () => {
    expect(await customer.createCampaign({ name: '  Spring  ' })).toMatchObject({
      name: 'Spring',
      status: 'draft',
      pauseReason: null,
      agentName: 'Sales',
      concurrency: 5,
      callsPerMinute: null,
      callingHours: null,
      callingNow: true,
      retries: { attemptsMax: 1, on: [] },
      onVoicemail: 'hang_up',
      resumeWhenCreditsReturn: false,
      contacts: { total: 0, waiting: 0, calling: 0, reached: 0, notReached: 0 },
      creditsToFinish: { milliseconds: 0 },
    })
  })

  test.each([
    { what: 'no name', fields: { name: ' ' }, pointer: '/name' },
    { what: 'a concurrency of 0', fields: { concurrency: 0 }, pointer: '/concurrency' },
    { what: 'half a call at once', fields: { concurrency: 1.5 }, pointer: '/concurrency' },
    { what: 'no pace', fields: { callsPerMinute: 0 }, pointer: '/callsPerMinute' },
    {
      what: 'hours without a zone',
      fields: { callingHours: { timeZone: 'Mars/Base', days: [] } },
      pointer: '/callingHours/timeZone',
    },
    {
      what: 'hours that end before they begin',
      fields: { callingHours: { timeZone: 'UTC', days: [{ day: 'monday', from: '18:00', to: '09:00' }] } },
      pointer: '/callingHours/days/0/to',
    },
    {
      what: 'an unknown day',
      fields: { callingHours: { timeZone: 'UTC', days: [{ day: 'noday', from: '09:00', to: '10:00' }] } },
      pointer: '/callingHours/days/0/day',
    },
    {
      what: 'eleven attempts',
      fields: { retries: { attemptsMax: 11, afterMinutes: 1, on: [] } },
      pointer: '/retries/attemptsMax',
    },
    { what: 'an unknown country', fields: { defaultCountry: 'XQ' }, pointer: '/defaultCountry' },
    { what: 'an unknown field', fields: { pace: 3 }, pointer: '' },
  ])('400: names the field for $what', async ({ fields, pointer }) => {
    const body = { name: 'A', agentId: customer.agentId, ...fields }
    const answer = await customer.ask<{ code: string; errors: { pointer: string }[] }>(
      'POST',
      '/v1/campaigns',
      body,
    )
    expect({ status: answer.status, code: answer.body.code }).toEqual({
      status: 400,
      code: 'invalid_request',
    })
    expect(answer.body.errors.map((error) => error.pointer)).toContainEqual(expect.stringContaining(pointer))
  })

  test('403: the plan has no campaigns', async () => {
    const free = await createCampaignCustomer(customer.t, { planId: 'free' })
    const { status, body } = await free.ask('POST', '/v1/campaigns', { name: 'A', agentId: free.agentId })
    expect({ status, body }).toMatchObject({ status: 403, body: { code: 'plan_required' } })
    expect(body.detail).toMatch(/^Paid plan required/)
  })

  test('404: another workspace’s agent; 409: the same idempotency key with another body', async () => {
    const other = await createCampaignCustomer(customer.t)
    const foreign = await customer.ask('POST', '/v1/campaigns', { name: 'A', agentId: other.agentId })
    expect(foreign).toMatchObject({ status: 404, body: { code: 'agent_not_found' } })
    const key = { 'idempotency-key': 'campaign-1' }
    const first = await customer.ask('POST', '/v1/campaigns', { name: 'A', agentId: customer.agentId }, key)
    const again = await customer.ask('POST', '/v1/campaigns', { name: 'A', agentId: customer.agentId }, key)
    expect(again.body.id).toBe(first.body.id)
    const another = await customer.ask('POST', '/v1/campaigns', { name: 'B', agentId: customer.agentId }, key)
    expect(another.status).toBe(409)
  })
})

describe('another workspace’s campaign', () => {
  test.each([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/start'],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['GET', '/contacts'],
    ['GET', '/contacts.csv'],
    ['GET', '/imports'],
  ] as const)('404: %s …%s', async (method, path) => {
    const { id } = await customer.createCampaign()
    const other = await createCampaignCustomer(customer.t)
    const answer = await other.ask(method, `/v1/campaigns/${id}${path}`, method === 'GET' ? undefined : {})
    expect(answer).toMatchObject({ status: 404, body: { code: 'campaign_not_found' } })
  })

  test('404: no contacts are added', async () => {
    const { id } = await customer.createCampaign()
    const other = await createCampaignCustomer(customer.t)
    expect((await other.addContacts(id, createContactsFile(1))).status).toBe(404)
    expect((await customer.readCampaign(id)).contacts.total).toBe(0)
  })
})

test('403: a member reads campaigns and changes nothing', async () => {
  const { id } = await customer.createCampaign()
  const person = await customer.t.signUp()
  const member = { workspaceId: customer.uuid, userId: uuidFrom('user', person.userId) ?? '' }
  await customer.t.database.transaction((tx) =>
    addMember(tx, { ...member, role: 'member' }, customer.t.clock.now()),
  )
  const who = { cookie: person.cookie, workspace: customer.workspaceId }
  expect((await customer.t.request('GET', `/v1/campaigns/${id}`, who)).status).toBe(200)
  for (const path of ['start', 'pause', 'resume']) {
    expect(
      (await customer.t.request('POST', `/v1/campaigns/${id}/${path}`, { ...who, body: {} })).status,
    ).toBe(403)
  }
  expect(
    (await customer.t.request('PATCH', `/v1/campaigns/${id}`, { ...who, body: { concurrency: 9 } })).status,
  ).toBe(403)
})

test('200: an operator’s key need not name the workspace', async () => {
  const { id } = await customer.createCampaign()
  expect(
    (await customer.t.request('GET', `/v1/campaigns/${id}`, { key: customer.t.operatorKey })).status,
  ).toBe(200)
})

describe('the state of a campaign', () => {
  test('409: starting without contacts, pausing a draft, resuming a draft', async () => {
    const { id } = await customer.createCampaign()
    const refusals = [
      ['start', 'campaign_without_contacts'],
      ['pause', 'campaign_not_running'],
      ['resume', 'campaign_not_paused'],
    ]
    for (const [path, code] of refusals) {
      const answer = await customer.ask('POST', `/v1/campaigns/${id}/${path}`, {})
      expect(answer).toMatchObject({ status: 409, body: { code } })
    }
  })

  test('409: starting without credits', async () => {
    const poor = await createCampaignCustomer(customer.t, { credits: 0 })
    const { id } = await poor.createCampaign()
    await poor.addContacts(id, createContactsFile(1))
    const answer = await poor.ask('POST', `/v1/campaigns/${id}/start`, {})
    expect(answer).toMatchObject({ status: 409, body: { code: 'out_of_credits' } })
  })

  test('200, 204, 409: a campaign is changed field by field, and archived unless it runs', async () => {
    const { id } = await customer.createCampaign({ concurrency: 3, defaultCountry: 'de' })
    const changed = await customer.ask<CampaignAnswer>('PATCH', `/v1/campaigns/${id}`, {
      resumeWhenCreditsReturn: true,
      retries: { attemptsMax: 2, afterMinutes: 30, on: ['busy', 'busy'] },
    })
    expect(changed.body).toMatchObject({
      concurrency: 3,
      defaultCountry: 'DE',
      resumeWhenCreditsReturn: true,
      retries: { attemptsMax: 2, afterMinutes: 30, on: ['busy'] },
    })
    await customer.addContacts(id, createContactsFile(3))
    await customer.ask('POST', `/v1/campaigns/${id}/start`, {})
    expect((await customer.ask('DELETE', `/v1/campaigns/${id}`)).status).toBe(409)
    await customer.ask('POST', `/v1/campaigns/${id}/pause`, {})
    await customer.t.app.dialer.idle()
    for (let minutes = 0; minutes < 60; minutes += 1) {
      customer.t.clock.advance(MINUTE_MS)
      await customer.t.app.runDue()
    }
    expect((await customer.ask('DELETE', `/v1/campaigns/${id}`)).status).toBe(204)
    expect((await customer.ask('GET', `/v1/campaigns/${id}`)).status).toBe(404)
  })
})
