import { afterAll, beforeAll, expect, test } from 'vitest'
import { createAgent } from '../src/agents/index.ts'
import type { CallResponse } from '../src/calls/response-schemas.ts'
import { newUuid } from '../src/platform/ids.ts'
import { publicId } from '../src/public-ids.ts'
import { createWorkspace } from '../src/workspaces/index.ts'
import { type TestApp, testApp } from './app.ts'
import { connectHttp, type HttpClient } from './http-client.ts'
import { closeInOrder, connectVoiceStack, instant, newAgent } from './voice-stack.ts'

// 64 connections send requests at once, half of them to each of two servers on one database.

const CONNECTIONS = 64
let t: TestApp
let addresses: string[]

beforeAll(async () => {
  t = await testApp()
  const { app } = await t.addProcess()
  addresses = await Promise.all([t.app.listen(), app.listen()])
})
afterAll(() => closeInOrder(t))

type Answer = { readonly status: number; readonly call: CallResponse }

/** Runs one worker for each connection, half of them against each server. */
async function hammer(key: string, worker: (client: HttpClient, n: number) => Promise<void>): Promise<void> {
  const clients = addresses.map((address) =>
    connectHttp(address, {
      connectionsMax: CONNECTIONS / addresses.length,
      headers: { authorization: `Bearer ${key}` },
    }),
  )
  try {
    await Promise.all(
      Array.from({ length: CONNECTIONS }, (_, n) => worker(clients[n % clients.length] as HttpClient, n)),
    )
  } finally {
    for (const client of clients) client.close()
  }
}

async function post(client: HttpClient, path: string, body: unknown, headers = {}): Promise<Answer> {
  const { status, text } = await client.send('POST', path, { body, headers })
  if (status >= 300) throw new Error(`POST ${path} was answered with ${status}: ${text}`)
  return { status, call: JSON.parse(text) as CallResponse }
}

type Hammered = { readonly agentId: string; readonly externalId: string; readonly ms: number }

/** Starts, answers and ends a call. Returns the call as the last response shows it. */
async function wholeCall(client: HttpClient, call: Hammered, headers = {}): Promise<CallResponse> {
  const { agentId, externalId, ms } = call
  const started = await post(client, '/v1/calls', { agentId, direction: 'web', externalId }, headers)
  const path = `/v1/calls/${started.call.id}`
  await post(client, `${path}/answer`, { at: instant(t.clock.now() - ms) }, headers)
  const ended = await post(client, `${path}/end`, {}, headers)
  return ended.call
}

/** Makes a whole call with repeated and reordered reports, as a voice stack does that lost a response. */
async function repeatedCall(client: HttpClient, call: Hammered): Promise<CallResponse> {
  const start = { agentId: call.agentId, direction: 'web', externalId: call.externalId }
  const [first, second] = await Promise.all([
    post(client, '/v1/calls', start),
    post(client, '/v1/calls', start),
  ])
  expect(second.call.id).toBe(first.call.id)
  const path = `/v1/calls/${first.call.id}`
  const answer = { at: instant(t.clock.now() - call.ms) }
  await Promise.all([post(client, `${path}/end`, {}), post(client, `${path}/answer`, answer)])
  const again = await post(client, `${path}/end`, { at: instant(t.clock.now() - 1) })
  return again.call
}

/** Reads every call from the database. */
async function readCalls() {
  const { rows } = await t.database.query<{ id: string; status: string; settledMs: number }>(
    `select id, status, settled_ms as "settledMs" from calls`,
  )
  return new Map(rows.map((row) => [publicId('call', row.id), row]))
}

test('one workspace: every response is in the database, and the balance adds up', async () => {
  const stack = await connectVoiceStack(t, { planId: 'enterprise' })
  const answered = new Map<string, number>()
  let grantedMs = 10_000 * 60_000
  await hammer(stack.key, async (client, n) => {
    for (let round = 0; round < 6; round++) {
      const externalId = `${n}-${round}`
      const ms = 1000 + n
      const ended = await repeatedCall(client, { agentId: stack.agentId, externalId, ms })
      expect(ended.charged.milliseconds).toBe(ms)
      answered.set(ended.id, ended.charged.milliseconds)
      const { status } = await client.send('GET', n % 2 ? '/v1/balance' : `/v1/calls/${ended.id}`)
      expect(status).toBe(200)
      if (round !== n % 6) continue
      await stack.granted({ milliseconds: n + 1 })
      grantedMs += n + 1
    }
  })
  expect(answered.size).toBe(CONNECTIONS * 6)
  const stored = await readCalls()
  expect([...answered].filter(([id, ms]) => stored.get(id)?.settledMs !== ms)).toEqual([])
  expect(new Set([...stored.values()].map(({ status }) => status))).toEqual(new Set(['ended']))
  const chargedMs = [...answered.values()].reduce((sum, ms) => sum + ms, 0)
  expect(await stack.balance()).toMatchObject({
    balance: { milliseconds: grantedMs - chargedMs },
    liveCalls: 0,
  })
})

test('1,000 workspaces: each has its one call', async () => {
  const workspaces = await makeWorkspaces(1000)
  const left = [...workspaces.entries()]
  const answered = new Map<string, number>()
  await hammer(t.operatorKey, async (client, n) => {
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [index, { workspaceId, agentId }] = next
      // The operator's key finds the workspace by the header or by the agent and the call.
      const headers = n % 4 < 2 ? { 'talktime-workspace': workspaceId } : {}
      const ended = await wholeCall(client, { agentId, externalId: 'the only one', ms: index + 2 }, headers)
      answered.set(workspaceId, ended.charged.milliseconds)
    }
  })
  const { rows } = await t.database.query<{ id: string; calls: number; usedMs: number }>(
    `select l.workspace_id as id, count(c.id)::int as calls, $2 - l.balance_ms as "usedMs"
     from balance_lines l left join calls c using (workspace_id) where l.workspace_id = any($1) group by 1, 3`,
    [workspaces.map(({ uuid }) => uuid), 250 * 60_000],
  )
  const usedMs = new Map(rows.map(({ id, usedMs }) => [publicId('workspace', id), usedMs]))
  expect(rows.filter(({ calls }) => calls !== 1)).toEqual([])
  expect(answered.size).toBe(1000)
  for (const [index, { workspaceId }] of workspaces.entries()) {
    expect([workspaceId, answered.get(workspaceId), usedMs.get(workspaceId)]).toEqual([
      workspaceId,
      index + 2,
      index + 2,
    ])
  }
})

/** Makes workspaces with one agent each, 100 in a transaction. */
async function makeWorkspaces(count: number) {
  const plan = { name: 'Acme', timeZone: 'UTC', planId: 'starter' }
  const make = async (tx: Parameters<typeof createWorkspace>[0]) => {
    const uuid = await createWorkspace(tx, plan, t.clock.now())
    const agent = await createAgent(
      tx,
      uuid,
      { ...newAgent, phoneNumber: null, voiceEndpoint: null },
      t.clock.now(),
    )
    return { uuid, workspaceId: publicId('workspace', uuid), agentId: publicId('agent', agent.id) }
  }
  const batches = await Promise.all(
    Array.from({ length: count / 100 }, () =>
      t.database.transaction((tx) => Promise.all(Array.from({ length: 100 }, () => make(tx)))),
    ),
  )
  return batches.flat()
}

test('settings, plans, agents, grants and calls at once do not deadlock', async () => {
  const stack = await connectVoiceStack(t, { planId: 'starter' })
  const { agentId, workspaceId } = stack
  const changes = [
    (n: number) => ['PATCH', '/v1/workspace', { timeZone: n % 2 ? 'Europe/Berlin' : 'UTC' }],
    (n: number) => ['POST', '/v1/subscription', { planId: n % 2 ? 'free' : 'starter' }],
    (n: number) => ['PATCH', `/v1/agents/${agentId}`, { name: `Agent ${n}` }],
    (n: number) => ['POST', '/v1/calls', { agentId, direction: 'web', externalId: `${n}` }],
    (n: number) => [
      'POST',
      `/v1/workspaces/${workspaceId}/grants`,
      { milliseconds: n + 1, kind: 'promotional', reason: newUuid(n) },
    ],
  ] as const
  await hammer(t.operatorKey, async (client, n) => {
    for (let round = 0; round < 8; round++) {
      const [method, path, body] = (changes[(n + round) % changes.length] ?? changes[0])(n)
      const { status, text } = await client.send(String(method), String(path), {
        body,
        headers: { 'talktime-workspace': workspaceId },
      })
      expect([method, path, status < 500 ? 'answered' : text]).toEqual([method, path, 'answered'])
    }
  })
})
