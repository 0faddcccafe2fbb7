import { expect } from 'vitest'
import type { SimulatedLife } from '../src/voice/index.ts'
import type { TestAnswer, TestApp, TestBody } from './app.ts'

/** What tests look at most in a campaign. */
export type CampaignAnswer = TestBody & {
  readonly status: string
  readonly pauseReason: string | null
  readonly pausedAt: string | null
  readonly contacts: { total: number; waiting: number; calling: number; reached: number; notReached: number }
  readonly creditsUsed: { milliseconds: number }
  readonly creditsToFinish: { milliseconds: number } | null
}

/** Everybody answers after 5 seconds and talks for a minute; all messages arrive as they should. */
export const steadyLife: Partial<SimulatedLife> = {
  outcomes: { talks: 1, busy: 0, noAnswer: 0, voicemail: 0, failed: 0 },
  dropped: 0,
  lostEnds: 0,
  doubled: 0,
  reordered: 0,
  ringMs: { min: 5_000, max: 5_000 },
  talkMs: { median: 60_000, spread: 0, max: 600_000 },
}

/** `count` different numbers in the United States, as a CSV file. */
export function contactsFile(count: number, from = 0): string {
  const rows = Array.from(
    { length: count },
    (_, index) => `+1212${String(2_000_000 + from + index)},Person ${index}`,
  )
  return `phone,name\n${rows.join('\n')}\n`
}

/** A customer with an agent who makes campaigns. */
export async function campaignCustomer(
  t: Pick<TestApp, 'request' | 'addWorkspace' | 'operatorKey' | 'database'>,
  options: { planId?: string; credits?: number } = {},
) {
  const { id: workspaceId, uuid, key } = await t.addWorkspace({ planId: options.planId ?? 'growth' })
  const ask = <Body = TestBody>(
    method: Parameters<TestApp['request']>[0],
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<TestAnswer<Body>> =>
    t.request<Body>(method, path, { key, ...(body !== undefined && { body }), ...(headers && { headers }) })
  const agent = await ask('POST', '/v1/agents', {
    name: 'Sales',
    language: 'en',
    llmProvider: 'openai',
    llmModel: 'gpt-5',
  })

  async function setCredits(credits: number): Promise<void> {
    const { body } = await ask<{ balance: { milliseconds: number } }>('GET', '/v1/balance')
    const milliseconds = credits * 60_000 - body.balance.milliseconds
    if (milliseconds === 0) return
    const grant = { kind: 'adjustment', milliseconds, reason: 'For the test' }
    const made = await t.request('POST', `/v1/workspaces/${workspaceId}/grants`, {
      key: t.operatorKey,
      body: grant,
    })
    expect(made.status).toBe(201)
  }

  const customer = {
    workspaceId,
    uuid,
    key,
    ask,
    setCredits,
    agentId: agent.body.id,
    async make(fields: object = {}): Promise<CampaignAnswer> {
      const { status, body } = await ask<CampaignAnswer>('POST', '/v1/campaigns', {
        name: 'Autumn',
        agentId: agent.body.id,
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
    async started(fields: object, contacts: number): Promise<CampaignAnswer> {
      const campaign = await customer.make(fields)
      expect((await customer.addContacts(campaign.id, contactsFile(contacts))).status).toBe(201)
      const started = await ask<CampaignAnswer>('POST', `/v1/campaigns/${campaign.id}/start`, {})
      expect(started.status).toBe(200)
      return started.body
    },
    get: async (id: string) => (await ask<CampaignAnswer>('GET', `/v1/campaigns/${id}`)).body,
    alerts: async () =>
      (await ask<{ data: { kind: string; detail: string }[] }>('GET', '/v1/alerts?limit=200')).body.data,
    /** How often each contact's phone rang, by the carrier's own memory. */
    async rings(): Promise<Map<string, number>> {
      const { rows } = await t.database.query<{ to: string; rings: number }>(
        `select l.to_number as to, count(*) as rings from simulated_calls s
         join voice_legs l on l.call_id = s.call_id where l.workspace_id = $1 group by 1`,
        [uuid],
      )
      return new Map(rows.map(({ to, rings }) => [to, rings]))
    },
  }
  if (options.credits !== undefined) await setCredits(options.credits)
  return customer
}
