import { setTimeout as pause } from 'node:timers/promises'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKey } from '../src/access/index.ts'
import { readSettings } from '../src/config.ts'
import { connectToDatabase } from '../src/platform/database/connect.ts'
import type { Database } from '../src/platform/database/database.ts'
import { type CampaignAnswer, createContactsFile } from './campaign-customer.ts'
import { connectHttp } from './http-client.ts'
import { type RunningServer, startServer, until } from './start-server.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { newAgent } from './voice-stack.ts'
import { verifyAll } from './world.ts'

// The real server is killed while a campaign calls a thousand contacts. The simulated carrier keeps its own record, as a
// real one would, and tells how often each phone rang.

const CONTACTS = 1_000

let folder: { path: string; remove(): Promise<void> }
let server: RunningServer
let key: string
let workspaceId: string

// Calls take a second or so instead of minutes.
const settings = () => ({ TALKTIME_DATA_DIR: folder.path, TALKTIME_SIMULATED_PACE: '300' })

async function withDatabase<T>(work: (database: Database) => Promise<T>): Promise<T> {
  const connected = await connectToDatabase(readSettings(settings()), pino({ level: 'silent' }), 'change')
  return work(connected.database).finally(connected.stop)
}

async function ask<Body>(
  method: 'GET' | 'POST' | 'PUT',
  path: string,
  body?: unknown,
  contentType?: string,
): Promise<Body> {
  const client = connectHttp(server.address, {
    connectionsMax: 1,
    headers: { authorization: `Bearer ${key}`, ...(workspaceId && { 'talktime-workspace': workspaceId }) },
  })
  const headers = contentType ? { 'content-type': contentType } : {}
  const { status, text } = await client.send(method, path, { body, headers })
  client.close()
  expect([path, status < 300 ? 'done' : text]).toEqual([path, 'done'])
  return JSON.parse(text) as Body
}

beforeAll(async () => {
  folder = await temporaryFolder()
  server = await startServer(settings())
  key = await withDatabase(
    async (database) => (await createKey(database, { name: 'Test', workspaceId: null }, Date.now())).key,
  )
  workspaceId = ''
  const workspace = { name: 'Acme', timeZone: 'UTC', planId: 'growth' }
  workspaceId = (await ask<{ id: string }>('POST', '/v1/workspaces', workspace)).id
})

afterAll(async () => {
  server.kill('SIGTERM')
  await server.ended
  await folder.remove()
})

async function deduct(milliseconds: number): Promise<void> {
  const grant = { milliseconds: -milliseconds, kind: 'adjustment', reason: 'For the test' }
  await ask('POST', `/v1/workspaces/${workspaceId}/grants`, grant)
}

const read = (id: string) => ask<CampaignAnswer>('GET', `/v1/campaigns/${id}`)

const untilCampaign = (id: string, when: (campaign: CampaignAnswer) => boolean) =>
  until(async () => {
    await pause(150)
    const campaign = await read(id)
    return when(campaign) ? campaign : undefined
  })

const doneOf = ({ contacts }: CampaignAnswer) => contacts.reached + contacts.notReached

/** Kills the server in the middle of its work and starts another. */
async function killAndRestart(): Promise<void> {
  server.kill('SIGKILL')
  await server.ended
  server = await startServer(settings())
}

/** Turns auto-reload on below one credit, with a card that the bank declines. */
async function enableReloadWithBadCard(): Promise<void> {
  await ask('POST', '/v1/payment-methods', { testCard: 'decline' })
  await ask('PUT', '/v1/auto-reload', {
    enabled: true,
    thresholdCredits: 1,
    packageId: 'credits_100',
    quantity: 1,
    monthlyCap: null,
  })
}

async function replaceCard(): Promise<void> {
  const { id } = await ask<{ id: string }>('POST', '/v1/payment-methods', { testCard: 'success' })
  await ask('POST', `/v1/payment-methods/${id}/default`, {})
}

test('a thousand contacts are called once each, through two kill -9, a pause without credits and an auto-reload', async () => {
  const agent = await ask<{ id: string }>('POST', '/v1/agents', newAgent)
  const { id } = await ask<CampaignAnswer>('POST', '/v1/campaigns', {
    name: 'Autumn',
    agentId: agent.id,
    concurrency: 20,
    resumeWhenCreditsReturn: true,
  })
  await ask('POST', `/v1/campaigns/${id}/contacts`, createContactsFile(CONTACTS), 'text/csv')
  // Enough for about half of the contacts: some 600 conversations of a quarter of a second.
  await deduct(1_000 * 60_000 - 75_000)
  await enableReloadWithBadCard()
  await ask('POST', `/v1/campaigns/${id}/start`, {})

  await untilCampaign(id, (campaign) => doneOf(campaign) >= 150)
  await killAndRestart()
  const paused = await untilCampaign(id, ({ status }) => status !== 'running')
  expect(paused).toMatchObject({ status: 'paused', pauseReason: 'out_of_credits' })
  expect(doneOf(paused)).toBeLessThan(CONTACTS)

  await replaceCard()
  await untilCampaign(id, (campaign) => doneOf(campaign) >= doneOf(paused) + 100)
  await killAndRestart()
  const completed = await untilCampaign(id, ({ status }) => status === 'completed')
  expect(completed.contacts).toMatchObject({ total: CONTACTS, waiting: 0, calling: 0 })
  expect(doneOf(completed)).toBe(CONTACTS)
  const { data } = await ask<{ data: { outcome: string }[] }>('GET', '/v1/auto-reload/attempts')
  const made = data.map(({ outcome }) => outcome).filter((outcome) => outcome !== 'not_made')
  expect(made).toEqual(['succeeded', 'declined'])
  await withDatabase(async (database) => {
    const { rows } = await database.query<{ to: string; rings: number }>(
      `select l.to_number as to, count(*)::int as rings from simulated_calls s join voice_legs l on l.call_id = s.call_id
       group by 1`,
    )
    expect(rows).toHaveLength(CONTACTS)
    expect(rows.filter(({ rings }) => rings !== 1)).toEqual([])
    expect(await verifyAll(database)).toEqual([])
  })
}, 300_000)
