import type { AddressInfo } from 'node:net'
import { DAY_MS, MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { json, refuseWith } from '../../../test/llm-provider.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld, startLiveCall } from '../../../test/llm-world.ts'
import { newUuid } from '../../platform/ids.ts'
import { createRecorder } from './recorder.ts'
import { type RequestRecord, writeRequests } from './request-store.ts'

let world: LlmWorld
let agent: LlmAgent
beforeAll(async () => {
  world = await openLlmWorld({ models: ['gpt-*', 'claude-*', 'one', 'two', 'three'] })
})
afterAll(() => world.close())
beforeEach(async () => {
  world.provider.reset()
  agent = await world.agent()
})

const chat = { model: 'agent', messages: [{ role: 'user' as const, content: 'A secret between us' }] }

const usage = (query = '', key = agent.key) =>
  world.t.request<Record<string, never>>('GET', `/v1/llm-usage${query}`, { key })
const requests = (query = '', key = agent.key) => world.t.request('GET', `/v1/llm-requests${query}`, { key })

const none = { requests: 0, tokens: { prompt: 0, completion: 0, total: 0 } }
const one = { requests: 1, tokens: { prompt: 11, completion: 4, total: 15 } }

/** A running request of the agent that started now. */
function startedRequest(changes: Partial<RequestRecord> = {}): RequestRecord {
  const atMs = world.t.clock.now()
  return {
    workspaceId: agent.workspace.uuid,
    id: newUuid(atMs),
    atMs,
    day: new Date(atMs).toISOString().slice(0, 10),
    agentId: agent.agentId.slice(4).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
    callId: null,
    provider: 'openai',
    model: 'gpt-5-mini',
    keySource: 'own',
    fallback: false,
    ownKeyStatus: null,
    streamed: true,
    reservedTokens: null,
    end: null,
    ...changes,
  }
}

const endNow = (changes: object = {}): RequestRecord['end'] => ({
  endedAtMs: world.t.clock.now(),
  status: 200,
  error: null,
  tokens: { prompt: 11, completion: 4, total: 15 },
  firstByteMs: 5,
  totalMs: 9,
  ...changes,
})

describe('usage', () => {
  test('adds up by day, agent, provider and key source', async () => {
    await world.ownKey(agent, { provider: 'openai', key: 'own-secret-key' })
    await world.client(agent).chat.completions.create(chat)
    await world.recorded(agent, 1)
    world.t.clock.advance(DAY_MS)
    const { body: second } = await world.t.request('POST', '/v1/agents', {
      key: agent.key,
      body: { name: 'Night shift', language: 'en', llmProvider: 'anthropic', llmModel: 'claude-haiku-4-5' },
    })
    const callId = await startLiveCall(world.t, agent.key, second.id)
    const other = { ...agent, agentId: second.id, callId }
    await world.client(other).chat.completions.create(chat)
    world.provider.behave(refuseWith(429, 'rate_limit_exceeded'))
    await world
      .client(other)
      .chat.completions.create(chat)
      .catch(() => {})
    await world.recorded(agent, 3)
    const today = new Date(world.t.clock.now()).toISOString().slice(0, 10)
    const yesterday = new Date(world.t.clock.now() - DAY_MS).toISOString().slice(0, 10)
    const { body } = await usage()
    const twoOfPlatform = { ...one, requests: 2 }
    const ownFigures = { errors: 0, fallbacks: 0, ...one, own: one, platform: none }
    const platformFigures = { errors: 1, fallbacks: 0, ...twoOfPlatform, own: none, platform: twoOfPlatform }
    expect(body).toEqual({
      asOf: expect.any(String),
      window: {
        from: new Date(world.t.clock.now() - 29 * DAY_MS).toISOString().slice(0, 10),
        to: today,
        timeZone: 'UTC',
      },
      total: {
        requests: 3,
        errors: 1,
        fallbacks: 0,
        tokens: { prompt: 22, completion: 8, total: 30 },
        own: one,
        platform: twoOfPlatform,
      },
      days: [
        { date: yesterday, ...ownFigures },
        { date: today, ...platformFigures },
      ],
      agents: [
        { agentId: second.id, name: 'Night shift', ...platformFigures },
        { agentId: agent.agentId, name: 'Reception', ...ownFigures },
      ],
      providers: [
        { provider: 'anthropic', ...platformFigures },
        { provider: 'openai', ...ownFigures },
      ],
    })
    expect((await usage(`?from=${today}&to=${today}`)).body).toMatchObject({ total: platformFigures })
    expect((await usage(`?to=${yesterday}`)).body).toMatchObject({ total: ownFigures })
    expect((await usage('?from=2020-01-01&to=2020-01-31')).body).toMatchObject({
      total: { requests: 0 },
      days: [],
    })
  })

  test.each([
    ['?from=2026-02-30', '/from'],
    ['?to=yesterday', '/to'],
    ['?from=2026-11-22&to=2026-11-21', '/to'],
  ])('400: %s', async (query, pointer) => {
    expect((await usage(query)).body).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  test('counts a request on the local day of its workspace', async () => {
    await world.t.request('PATCH', '/v1/workspace', {
      key: agent.key,
      body: { timeZone: 'Pacific/Auckland' },
    })
    await world.client(agent).chat.completions.create(chat)
    await world.recorded(agent)
    const local = Temporal.Instant.fromEpochMilliseconds(world.t.clock.now()).toZonedDateTimeISO(
      'Pacific/Auckland',
    )
    expect((await usage()).body).toMatchObject({ days: [{ date: local.toPlainDate().toString() }] })
  })

  test('includes no requests of other workspaces', async () => {
    await world.client(agent).chat.completions.create(chat)
    await world.recorded(agent)
    const stranger = await world.t.addWorkspace()
    expect((await usage('', stranger.key)).body).toMatchObject({ total: { requests: 0 } })
    expect((await requests('', stranger.key)).body.data).toEqual([])
    expect((await requests(`?agentId=${agent.agentId}`, stranger.key)).body.data).toEqual([])
  })
})

test.each(['from=0000-01-01', 'to=9999-12-31'])(
  'usage of %s is refused: no such day has neighbors',
  async (query) => {
    const { key } = await world.agent()
    const { status, body } = await world.t.request('GET', `/v1/llm-usage?${query}`, { key })
    expect({ status, body }).toMatchObject({
      status: 400,
      body: { errors: [{ detail: expect.stringContaining('from 1970-01-01 to 2999-12-31') }] },
    })
  },
)

describe('requests', () => {
  test('are listed newest first, in pages, with filters', async () => {
    const client = world.client(agent)
    await client.chat.completions.create({ ...chat, model: 'one' })
    await client.chat.completions.create({ ...chat, model: 'two' })
    world.provider.behave((_request, answer) => json(answer, 500, {}))
    await client.chat.completions.create({ ...chat, model: 'three' }).catch(() => {})
    await world.recorded(agent, 3)
    const models = async (query: string) => {
      const { body } = await requests(query)
      return { models: body.data.map(({ model }) => model), next: body.nextCursor }
    }
    expect(await models('')).toEqual({ models: ['three', 'two', 'one'], next: null })
    const first = await models('?limit=2')
    expect(first.models).toEqual(['three', 'two'])
    expect((await models(`?limit=2&cursor=${first.next}`)).models).toEqual(['one'])
    expect((await models('?failed=true')).models).toEqual(['three'])
    expect((await models('?keySource=own')).models).toEqual([])
    expect((await models('?keySource=platform&provider=openai')).models.length).toBe(3)
    expect((await models(`?agentId=${agent.agentId}`)).models.length).toBe(3)
    expect((await requests('?agentId=x')).body.code).toBe('agent_not_found')
  })

  test('are stored without their content', async () => {
    await world.client(agent).chat.completions.create(chat)
    await world.recorded(agent)
    const { rows } = await world.t.database.query<{ all: string }>(
      'select r::text as all from llm_requests r',
    )
    expect(rows.map(({ all }) => all).join()).not.toMatch(/secret between|Good morning/)
  })

  test('are deleted after 90 days, and their sums stay', async () => {
    await world.client(agent).chat.completions.create(chat)
    await world.recorded(agent)
    const today = new Date(world.t.clock.now()).toISOString().slice(0, 10)
    world.t.clock.advance(91 * DAY_MS)
    await world.t.app.runDue()
    expect((await requests()).body.data).toEqual([])
    expect((await usage(`?from=${today}&to=${today}`)).body).toMatchObject({ total: { requests: 1 } })
  })
})

describe('the record of a request', () => {
  test('counts once, even if it is written repeatedly', async () => {
    const { database } = world.t
    const record = startedRequest()
    const whole = { ...record, end: endNow() }
    await writeRequests(database, [record])
    expect((await usage()).body).toMatchObject({ total: { requests: 0 } })
    await writeRequests(database, [whole])
    await writeRequests(database, [whole])
    await writeRequests(database, [record])
    expect((await usage()).body).toMatchObject({ total: { requests: 1, tokens: { total: 15 } } })
    expect((await requests()).body.data).toMatchObject([{ status: 200, endedAt: expect.any(String) }])
  })

  test('adds up when two servers write at once', async () => {
    const other = await world.t.addProcess()
    await other.app.listen()
    const address = `http://127.0.0.1:${(other.app.server.server.address() as AddressInfo).port}`
    const clients = [world.client(agent), world.client(agent, { address })]
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => clients[index % 2]?.chat.completions.create(chat)),
    )
    await world.recorded(agent, 40)
    expect((await usage()).body).toMatchObject({ total: { requests: 40, tokens: { total: 600 } } })
  })

  test('of a killed server is completed later, once', async () => {
    await writeRequests(world.t.database, [startedRequest()])
    await world.t.app.runDue()
    expect((await requests()).body.data).toMatchObject([{ endedAt: null, error: null }])
    world.t.clock.advance(20 * MINUTE_MS)
    const other = await world.t.addProcess()
    await Promise.all([world.t.app.runDue(), other.app.runDue()])
    expect((await requests()).body.data).toMatchObject([
      { endedAt: expect.any(String), error: 'server_stopped', status: null },
    ])
    expect((await usage()).body).toMatchObject({ total: { requests: 1, errors: 1 } })
  })

  test('waits while the database is away, and nothing is lost', async () => {
    const { database } = world.t
    let isAway = true
    const recorder = createRecorder(
      {
        query: (query, values) =>
          isAway ? Promise.reject(new Error('away')) : database.query(query, values),
      },
      { error: () => {} } as never,
    )
    const record = startedRequest()
    recorder.recordRequest(record)
    recorder.recordRequest({ ...record, end: endNow() })
    await recorder.settled()
    isAway = false
    recorder.recordRequest(startedRequest({ end: endNow({ error: 'timeout' }) }))
    await recorder.settled()
    expect((await usage()).body).toMatchObject({ total: { requests: 2, errors: 1 } })
  })
})

test('a key’s last use is recorded once a minute', async () => {
  await world.ownKey(agent, { provider: 'openai', key: 'own-secret-key' })
  const lastUsed = async () =>
    (await world.t.request('GET', '/v1/llm-keys', { key: agent.key })).body.data[0]?.lastUsedAt
  expect(await lastUsed()).toBeNull()
  await world.client(agent).chat.completions.create(chat)
  const first = new Date(world.t.clock.now()).toISOString()
  await expect.poll(lastUsed).toBe(first)
  world.t.clock.advance(61_000)
  await world.client(agent).chat.completions.create(chat)
  await expect.poll(lastUsed).toBe(new Date(world.t.clock.now()).toISOString())
})
