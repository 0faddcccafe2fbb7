import type { AddressInfo } from 'node:net'
import { RateLimitError } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatMessages, chatRequest, expectApiError } from '../../../test/llm-failures.ts'
import { refuseWith, wellBehaved } from '../../../test/llm-provider.ts'
import { createLimitedAgent, type LlmLimits, readQuota } from '../../../test/llm-quota.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

const MINUTE_MS = 60_000

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({ models: ['gpt-5-mini', 'gpt-5'] })
})
afterAll(() => world.close())
beforeEach(() => {
  world.provider.reset()
  // Every test begins with a minute of its own.
  const { clock } = world.t
  clock.set(clock.now() - (clock.now() % MINUTE_MS) + MINUTE_MS)
})

const createAgent = (limits: LlmLimits = {}, features: object = {}) =>
  createLimitedAgent(world, limits, features)

const ask = (agent: LlmAgent, fields: object = {}, options: Parameters<LlmWorld['client']>[1] = {}) =>
  world.client(agent, options).chat.completions.create({ ...chatRequest, max_tokens: 50, ...fields })

const refusalOf = async (work: Promise<unknown>) => {
  const { status, code } = await expectApiError(work)
  return [status, code]
}

const outsideCalls = (agent: LlmAgent, headers: Record<string, string> = {}) => ({
  headers: { 'Talktime-Agent': agent.agentId, ...headers },
})

describe('the platform’s key', () => {
  test('is not used outside a call: a free sign-up gets nothing for nothing', async () => {
    const agent = await world.agent({ planId: 'free' })
    for (let index = 0; index < 20; index += 1) {
      expect(await refusalOf(ask(agent, {}, outsideCalls(agent)))).toEqual([403, 'llm_needs_call'])
    }
    expect(world.provider.requests).toEqual([])
  })

  test('is not used in a call that is over, nor in another workspace’s call', async () => {
    const [agent, other] = [await createAgent(), await createAgent()]
    expect(await refusalOf(ask(agent, {}, { headers: { 'Talktime-Call': other.callId } }))).toEqual([
      404,
      'call_not_found',
    ])
    await world.t.request('POST', `/v1/calls/${agent.callId}/end`, { key: agent.key, body: {} })
    expect(await refusalOf(ask(agent))).toEqual([403, 'llm_needs_call'])
    expect(world.provider.requests).toEqual([])
  })

  test('makes a few requests while a call rings, and no more before its answer is reported', async () => {
    const agent = await createAgent()
    const { key, agentId } = agent
    const body = { agentId, direction: 'inbound' }
    const call = (await world.t.request('POST', '/v1/calls', { key, body })).body.id
    const inCall = { headers: { 'Talktime-Call': call } }
    for (let index = 1; index <= 5; index += 1) {
      await ask(agent, {}, inCall)
      await world.recorded(agent, index)
    }
    expect(await refusalOf(ask(agent, {}, inCall))).toEqual([403, 'llm_needs_call'])
    await world.t.request('POST', `/v1/calls/${call}/answer`, { key, body: {} })
    await ask(agent, {}, inCall)
  })

  test('pays for named models only', async () => {
    const agent = await createAgent()
    const error = await expectApiError(ask(agent, { model: 'gpt-5-pro' }))
    expect([error.status, error.code]).toEqual([403, 'llm_model_not_allowed'])
    expect(error.message).toContain('It pays for gpt-5-mini, gpt-5.')
    expect(world.provider.requests).toEqual([])
  })
})

describe('a test', () => {
  test('works outside a call, a few times a day', async () => {
    const agent = await createAgent()
    const marked = outsideCalls(agent, { 'Talktime-Test': 'true' })
    for (let index = 0; index < 20; index += 1) await ask(agent, {}, marked)
    expect(await readQuota(world, agent)).toMatchObject({ testsPerDay: 20, testsToday: 20 })
    const error = await expectApiError(ask(agent, {}, marked))
    expect([error.status, error.code]).toEqual([429, 'rate_limit_exceeded'])
    expect(error.error).toMatchObject({ talktime: { limit: 'tests_per_day' } })
    expect(error.headers?.get('x-should-retry')).toBe('false')
    expect(world.provider.requests.length).toBe(20)
    // Requests in calls are not tests.
    await ask(agent)
  })

  test('is marked in the body too, and the provider does not see it', async () => {
    const agent = await createAgent()
    const talktime = { agentId: agent.agentId, test: true }
    await ask(agent, { talktime }, { headers: {} })
    expect(world.provider.requests.at(-1)?.body).not.toHaveProperty('talktime')
  })

  test('is short', async () => {
    const agent = await createAgent()
    const messages = [{ role: 'user', content: 'x'.repeat(8_000) }]
    const marked = outsideCalls(agent, { 'Talktime-Test': 'true' })
    expect(await refusalOf(ask(agent, { messages }, marked))).toEqual([400, 'invalid_request'])
  })

  test('needs credits', async () => {
    const agent = await createAgent()
    const { t } = world
    await t.request('POST', `/v1/workspaces/${agent.workspace.id}/grants`, {
      key: t.operatorKey,
      body: { credits: -31, kind: 'adjustment', reason: 'Used up' },
    })
    const marked = outsideCalls(agent, { 'Talktime-Test': 'true' })
    expect(await refusalOf(ask(agent, {}, marked))).toEqual([402, 'llm_needs_credits'])
  })
})

describe('requests a minute', () => {
  test('beyond the plan’s limit get a 429 that OpenAI’s client understands, until the minute is over', async () => {
    const agent = await createAgent({ llmRequestsPerMinute: 3 })
    const { response } = await ask(agent).withResponse()
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('3')
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('2')
    await ask(agent)
    await ask(agent)
    const error = await expectApiError(ask(agent))
    expect(error).toBeInstanceOf(RateLimitError)
    expect(error).toMatchObject({ status: 429, code: 'rate_limit_exceeded', type: 'rate_limit_exceeded' })
    expect(error.message).toContain('3 requests a minute')
    const retryAfterS = Number(error.headers?.get('retry-after'))
    expect(retryAfterS).toBeGreaterThan(55)
    expect(retryAfterS).toBeLessThanOrEqual(60)
    expect(error.headers?.get('x-should-retry')).toBe('true')
    expect(world.provider.requests.length).toBe(3)
    world.t.clock.advance(retryAfterS * 1_000)
    await ask(agent)
  })

  test('are counted by all servers together, also when they arrive at once', async () => {
    const agent = await createAgent({ llmRequestsPerMinute: 7 })
    const other = await world.t.addProcess()
    await other.app.listen()
    const port = (other.app.server.server.address() as AddressInfo).port
    const addresses = [world.address, `http://127.0.0.1:${port}`]
    const outcomes = await Promise.allSettled(
      Array.from({ length: 30 }, (_, index) => ask(agent, {}, { address: addresses[index % 2] as string })),
    )
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(7)
    expect(world.provider.requests.length).toBe(7)
  })

  test('of a list of models count too', async () => {
    const agent = await createAgent({ llmRequestsPerMinute: 1 })
    await world.client(agent).models.list()
    expect(await refusalOf(world.client(agent).models.list().asResponse())).toEqual([
      429,
      'rate_limit_exceeded',
    ])
  })
})

describe('tokens a day', () => {
  test('are reserved before a request and replaced by what the provider counted', async () => {
    const agent = await createAgent({ llmTokensPerDay: 1_000 })
    const { response } = await ask(agent).withResponse()
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('1000')
    expect(Number(response.headers.get('x-ratelimit-remaining-tokens'))).toBeLessThan(950)
    await world.recorded(agent)
    await expect.poll(() => readQuota(world, agent)).toMatchObject({ tokensToday: 15, tokensPerDay: 1_000 })
  })

  test('beyond the plan’s limit get a 429 until midnight UTC', async () => {
    const agent = await createAgent({ llmTokensPerDay: 1_000 })
    const error = await expectApiError(ask(agent, { max_tokens: 2_000 }))
    expect([error.status, error.code]).toEqual([429, 'rate_limit_exceeded'])
    expect(error.error).toMatchObject({ talktime: { limit: 'tokens_per_day' } })
    const dayEndsMs = Math.ceil(world.t.clock.now() / 86_400_000) * 86_400_000
    expect(Number(error.headers?.get('retry-after'))).toBe(
      Math.ceil((dayEndsMs - world.t.clock.now()) / 1_000),
    )
    expect(error.headers?.get('x-should-retry')).toBe('false')
    expect(world.provider.requests).toEqual([])
    expect(await readQuota(world, agent)).toMatchObject({
      tokensToday: 0,
      dayEndsAt: new Date(dayEndsMs).toISOString(),
    })
  })

  test('are reserved for a long request, so that many at once do not exceed the limit', async () => {
    const agent = await createAgent({ llmTokensPerDay: 10_000 })
    const messages = [{ role: 'user', content: 'x'.repeat(12_000) }]
    // No request ends, and returns what it reserved, before the others were refused.
    let answerAll = () => {}
    const othersRefused = new Promise<void>((resolve) => {
      answerAll = resolve
    })
    world.provider.behave(async (request, answer) => {
      await othersRefused
      await wellBehaved(request, answer)
    })
    let refused = 0
    const outcomes = await Promise.allSettled(
      Array.from({ length: 12 }, () =>
        ask(agent, { messages }).catch((error) => {
          refused += 1
          if (refused === 9) answerAll()
          throw error
        }),
      ),
    )
    // 12,000 characters may be 3,000 tokens, so three fit.
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(3)
  })

  test('that a refused request reserved are returned', async () => {
    const agent = await createAgent({ llmTokensPerDay: 10_000 })
    world.provider.behave(refuseWith(400, 'bad_request'))
    await expectApiError(ask(agent))
    await world.recorded(agent)
    await expect.poll(() => readQuota(world, agent)).toMatchObject({ tokensToday: 0 })
  })

  test('that an interrupted stream reserved stay counted', async () => {
    const agent = await createAgent({ llmTokensPerDay: 10_000 })
    world.provider.behave((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/event-stream' })
      answer.write('data: {"choices":[{"index":0,"delta":{"content":"Good"}}]}\n\n')
    })
    const stream = await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages: chatMessages, max_tokens: 700, stream: true })
    for await (const _ of stream) break
    await world.recorded(agent)
    expect(Number((await readQuota(world, agent)).tokensToday)).toBeGreaterThan(700)
  })
})

describe('a workspace’s own key', () => {
  const owns = { ownLlmKeys: true }

  test('has no limit', async () => {
    const agent = await createAgent({ llmRequestsPerMinute: 0, llmTokensPerDay: 0 }, owns)
    await world.ownKey(agent, { provider: 'openai', key: 'own-secret-key-1234' })
    const { response } = await ask(agent, {}, outsideCalls(agent)).withResponse()
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('59')
    expect(await readQuota(world, agent)).toMatchObject({ tokensToday: 0, requestsThisMinute: 0 })
  })

  test('that is refused does not fall back beyond the quota, nor outside a call', async () => {
    const agent = await createAgent({ llmRequestsPerMinute: 1 }, owns)
    await world.ownKey(agent, { provider: 'openai', key: 'own-secret-key-1234' })
    await world.setting(agent, { fallbackToPlatform: true })
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    const fallbacks = async (options: object) => {
      const before = world.provider.requests.length
      await expectApiError(ask(agent, {}, options))
      return world.provider.requests.length - before - 1
    }
    expect(await fallbacks(outsideCalls(agent))).toBe(0)
    expect(await fallbacks({})).toBe(1)
    expect(await fallbacks({})).toBe(0)
  })
})
