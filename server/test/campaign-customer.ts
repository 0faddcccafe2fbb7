import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { afterAll, beforeAll, expect } from 'vitest'
import type { SimulatedLife } from '../src/voice/index.ts'
import { type TestAnswer, type TestApp, type TestBody, testApp } from './app.ts'
import { closeInOrder } from './voice-stack.ts'

/** The fields of a campaign's response that tests look at. */
export type CampaignAnswer = TestBody & {
  readonly status: string
  readonly pauseReason: string | null
  readonly pausedAt: string | null
  readonly contacts: { total: number; waiting: number; calling: number; reached: number; notReached: number }
  readonly creditsUsed: { milliseconds: number }
  readonly creditsToFinish: { milliseconds: number } | null
}

/** A simulated carrier whose calls are all answered after 5 seconds and last a minute. All its reports arrive in order. */
export const steadyLife: Partial<SimulatedLife> = {
  outcomes: { talks: 1, busy: 0, noAnswer: 0, voicemail: 0, failed: 0 },
  dropped: 0,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  ringMs: { min: 5_000, max: 5_000 },
  talkMs: { median: 60_000, spread: 0, max: 600_000 },
}

/** Creates a CSV file of `count` different numbers in the United States, from the number `from` on. */
export function createContactsFile(count: number, from = 0): string {
  const rows = Array.from(
    { length: count },
    (_, index) => `+1212${String(2_000_000 + from + index)},Person ${index}`,
  )
  return `phone,name\n${rows.join('\n')}\n`
}

type AskOwn = <Body = TestBody>(
  method: Parameters<TestApp['request']>[0],
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
) => Promise<TestAnswer<Body>>

/** Creates a workspace with an agent, and the requests about campaigns that its API key makes. */
export async function createCampaignCustomer(
  t: Pick<TestApp, 'request' | 'addWorkspace' | 'operatorKey' | 'database'>,
  options: { planId?: string; credits?: number } = {},
) {
  const { id: workspaceId, uuid, key } = await t.addWorkspace({ planId: options.planId ?? 'growth' })
  const ask: AskOwn = (method, path, body, headers) =>
    t.request(method, path, { key, ...(body !== undefined && { body }), ...(headers && { headers }) })
  const agent = await ask('POST', '/v1/agents', {
    name: 'Sales',
    language: 'en',
    llmProvider: 'openai',
    llmModel: 'gpt-5',
  })

  /** Sets the balance by an adjustment. */
  async function setCredits(credits: number): Promise<void> {
    const { body } = await ask<{ balance: { milliseconds: number } }>('GET', '/v1/balance')
    const milliseconds = credits * MS_PER_CREDIT - body.balance.milliseconds
    if (milliseconds === 0) return
    const grant = { kind: 'adjustment', milliseconds, reason: 'For the test' }
    const granted = await t.request('POST', `/v1/workspaces/${workspaceId}/grants`, {
      key: t.operatorKey,
      body: grant,
    })
    expect(granted.status).toBe(201)
  }

  if (options.credits !== undefined) await setCredits(options.credits)
  return {
    workspaceId,
    uuid,
    key,
    ask,
    setCredits,
    agentId: agent.body.id,
    ...createCampaignRequests(ask, agent.body.id),
    countRings: () => countRings(t.database, uuid),
  }
}

function createCampaignRequests(ask: AskOwn, agentId: string) {
  const requests = {
    /** Creates a campaign as a draft without contacts. */
    async createCampaign(fields: object = {}): Promise<CampaignAnswer> {
      const { status, body } = await ask<CampaignAnswer>('POST', '/v1/campaigns', {
        name: 'Autumn',
        agentId,
        ...fields,
      })
      expect({ status, body }).toMatchObject({ status: 201 })
      return body
    },
    addContacts: (campaignId: string, file: string, query = '', headers: Record<string, string> = {}) =>
      ask('POST', `/v1/campaigns/${campaignId}/contacts${query}`, file, {
        'content-type': 'text/csv',
        ...headers,
      }),
    /** Creates a campaign over a number of contacts and starts it. */
    async startCampaign(fields: object, contacts: number): Promise<CampaignAnswer> {
      const campaign = await requests.createCampaign(fields)
      expect((await requests.addContacts(campaign.id, createContactsFile(contacts))).status).toBe(201)
      const started = await ask<CampaignAnswer>('POST', `/v1/campaigns/${campaign.id}/start`, {})
      expect(started.status).toBe(200)
      return started.body
    },
    readCampaign: async (id: string) => (await ask<CampaignAnswer>('GET', `/v1/campaigns/${id}`)).body,
    listAlerts: async () =>
      (await ask<{ data: { kind: string; detail: string }[] }>('GET', '/v1/alerts?limit=200')).body.data,
  }
  return requests
}

/** Counts how often each number's phone rang, as the simulated carrier remembers it. */
async function countRings(
  database: TestApp['database'],
  workspaceUuid: string,
): Promise<Map<string, number>> {
  const { rows } = await database.query<{ to: string; rings: number }>(
    `select l.to_number as to, count(*) as rings from simulated_calls s
     join voice_legs l on l.call_id = s.call_id where l.workspace_id = $1 group by 1`,
    [workspaceUuid],
  )
  return new Map(rows.map(({ to, rings }) => [to, rings]))
}

/** A workspace with an agent, its requests, and the app that it is in. */
export type CampaignCustomer = Awaited<ReturnType<typeof createCampaignCustomer>> & { readonly t: TestApp }

/** Registers the hooks that open and close an app with a customer, in the test file that calls it. */
export function useCampaignCustomer(): CampaignCustomer {
  const customer = {} as CampaignCustomer
  beforeAll(async () => {
    const t = await testApp()
    Object.assign(customer, await createCampaignCustomer(t), { t })
  })
  afterAll(() => closeInOrder(customer.t))
  return customer
}
