import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { usage } from '../../../test/llm-provider.ts'
import { type LlmWorld, openLlmWorld, platformKey } from '../../../test/llm-world.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

const messages = [{ role: 'user' as const, content: 'Good morning' }]

/** The key that arrived at the provider, wherever it puts it. */
function keyThatArrived(): string {
  const { headers } = world.provider.requests.at(-1) ?? { headers: {} as Record<string, string> }
  return String(headers['api-key'] ?? headers['x-api-key'] ?? headers.authorization).replace('Bearer ', '')
}

describe.each(LLM_PROVIDERS)('%s', (provider) => {
  const ownKey = {
    provider,
    key: `own-key-of-${provider}`,
    ...(provider === 'azure_openai' || provider === 'openai_compatible' ? { baseUrl: 'at the fake' } : {}),
  }
  const withAddress = () =>
    'baseUrl' in ownKey ? { ...ownKey, baseUrl: `${world.provider.address}/${provider}` } : ownKey

  test('on Enterprise with a key of its own, that key arrives, streaming and not', async () => {
    const agent = await world.agent({ provider, model: 'a-model' })
    await world.ownKey(agent, withAddress())
    const client = world.client(agent)
    const { data, response } = await client.chat.completions
      .create({ model: 'agent', messages })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe('Good morning, how can I help?')
    expect(response.headers.get('talktime-llm-key-source')).toBe('own')
    expect(keyThatArrived()).toBe(ownKey.key)
    expect(world.provider.requests.at(-1)?.body.model).toBe('a-model')
    expect(world.provider.requests.at(-1)?.path).toMatch(
      provider === 'azure_openai'
        ? '/azure_openai/openai/v1/chat/completions'
        : `/${provider}/chat/completions`,
    )

    const stream = await client.chat.completions.create({ model: 'agent', messages, stream: true })
    let text = ''
    for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toBe('Good morning, how can I help?')
    expect(keyThatArrived()).toBe(ownKey.key)

    expect(await world.recorded(agent, 2)).toMatchObject([
      {
        provider,
        model: 'a-model',
        keySource: 'own',
        fallback: false,
        streamed: true,
        status: 200,
        error: null,
      },
      {
        provider,
        model: 'a-model',
        keySource: 'own',
        fallback: false,
        streamed: false,
        status: 200,
        error: null,
      },
    ])
  })

  test('on Enterprise without one, and on another plan, the platform’s arrives', async () => {
    const enterprise = await world.agent({ provider })
    await world.client(enterprise).chat.completions.create({ model: 'agent', messages })
    expect(keyThatArrived()).toBe(platformKey(provider))
    expect(await world.recorded(enterprise)).toMatchObject([{ provider, keySource: 'platform' }])

    const growth = await world.agent({ planId: 'growth', provider })
    const { response } = await world
      .client(growth)
      .chat.completions.create({ model: 'agent', messages })
      .withResponse()
    expect(response.headers.get('talktime-llm-key-source')).toBe('platform')
    expect(keyThatArrived()).toBe(platformKey(provider))
  })
})

describe('what is asked', () => {
  test('a model that the request names is asked instead of the agent’s, of a provider that it names as well', async () => {
    const agent = await world.agent()
    const client = world.client(agent)
    await client.chat.completions.create({ model: 'gpt-5', messages })
    expect(world.provider.requests.at(-1)).toMatchObject({
      path: '/openai/chat/completions',
      body: { model: 'gpt-5' },
    })
    await client.chat.completions.create(
      { model: 'claude-haiku-4-5', messages },
      { headers: { 'Talktime-Llm-Provider': 'anthropic' } },
    )
    expect(world.provider.requests.at(-1)).toMatchObject({
      path: '/anthropic/chat/completions',
      body: { model: 'claude-haiku-4-5' },
    })
    expect(await world.recorded(agent, 2)).toMatchObject([
      { provider: 'anthropic', model: 'claude-haiku-4-5' },
      { provider: 'openai', model: 'gpt-5' },
    ])
  })

  test('the agent, the call and the provider may stand in the body, which the provider gets without them', async () => {
    const agent = await world.agent()
    const call = await world.t.request('POST', '/v1/calls', {
      key: agent.key,
      body: { agentId: agent.agentId, direction: 'inbound' },
    })
    const talktime = { agentId: agent.agentId, callId: call.body.id, provider: 'groq' }
    const client = world.client(agent, { headers: {} })
    const body = { model: 'llama-4', messages, temperature: 0.2, tools: [], talktime }
    await client.chat.completions.create(body)
    expect(world.provider.requests.at(-1)?.body).toEqual({
      model: 'llama-4',
      messages,
      temperature: 0.2,
      tools: [],
    })
    expect(await world.recorded(agent)).toMatchObject([{ callId: call.body.id, provider: 'groq' }])
  })

  test('of Azure OpenAI a model’s deployment is asked, by a dated version of its API where one is set', async () => {
    const agent = await world.agent({ provider: 'azure_openai', model: 'gpt-5-mini' })
    await world.ownKey(agent, {
      provider: 'azure_openai',
      key: 'own-key-of-azure',
      baseUrl: `${world.provider.address}/acme/openai/`,
      apiVersion: '2024-10-21',
      deployments: { 'gpt-5-mini': 'front desk' },
    })
    await world.client(agent).chat.completions.create({ model: 'agent', messages })
    expect(world.provider.requests.at(-1)).toMatchObject({
      path: '/acme/openai/deployments/front%20desk/chat/completions?api-version=2024-10-21',
      headers: { 'api-key': 'own-key-of-azure' },
      body: { model: 'front desk' },
    })
    const models = await world.client(agent).models.list()
    expect(models.data.map(({ id }) => id)).toEqual(['gpt-5-mini'])
  })

  test('the models of the agent’s provider are listed as OpenAI lists them', async () => {
    const agent = await world.agent({ provider: 'google' })
    const models = await world.client(agent).models.list()
    expect(models.data).toEqual([
      { id: 'gpt-5-mini', object: 'model', created: 0, owned_by: 'google' },
      { id: 'gpt-5', object: 'model', created: 0, owned_by: 'google' },
      { id: 'gemini-3-pro', object: 'model', created: 0, owned_by: 'google' },
    ])
    expect(world.provider.requests.at(-1)?.path).toBe('/google/models')
  })
})

describe('headers', () => {
  test('nothing that the caller sends in headers reaches the provider, and its own key least of all', async () => {
    const agent = await world.agent()
    const headers = {
      cookie: 'session=1',
      'x-secret': 'mine',
      'OpenAI-Organization': 'org-1',
      te: 'trailers',
    }
    await world.client(agent).chat.completions.create({ model: 'agent', messages }, { headers })
    const { headers: arrived } = world.provider.requests.at(-1) ?? { headers: {} }
    expect(Object.keys(arrived).sort()).toEqual([
      'accept',
      'accept-encoding',
      'authorization',
      'connection',
      'content-length',
      'content-type',
      'host',
      'user-agent',
    ])
    expect(JSON.stringify(arrived)).not.toContain(agent.key)
  })

  test('of the provider’s headers its request’s name and its limits come back, no cookie and no organization', async () => {
    const agent = await world.agent()
    const whole = await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages })
      .withResponse()
    const stream = await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages, stream: true })
      .withResponse()
    for (const { response } of [whole, stream]) {
      expect(response.headers.get('x-request-id')).toBe('req_provider_1')
      expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('59')
      expect(response.headers.get('request-id')).toMatch(/^[0-9a-f-]{36}$/)
      expect(response.headers.get('set-cookie')).toBeNull()
      expect(response.headers.get('openai-organization')).toBeNull()
    }
    stream.data.controller.abort()
  })
})

describe('tokens', () => {
  test('of a stream are recorded, and told to the caller only where it asked for them', async () => {
    const agent = await world.agent()
    const stream = async (options: object) => {
      const chunks = []
      const body = { model: 'agent', messages, stream: true as const, ...options }
      for await (const chunk of await world.client(agent).chat.completions.create(body)) chunks.push(chunk)
      return chunks
    }
    const asked = await stream({ stream_options: { include_usage: true } })
    expect(asked.at(-1)).toMatchObject({ choices: [], usage })
    const unasked = await stream({})
    expect(unasked.length).toBe(asked.length - 1)
    expect(unasked.every((chunk) => chunk.choices.length > 0 && (chunk.usage ?? null) === null)).toBe(true)
    expect(world.provider.requests.at(-1)?.body.stream_options).toEqual({ include_usage: true })
    const tokens = { prompt: 11, completion: 4, total: 15 }
    expect(await world.recorded(agent, 2)).toMatchObject([{ tokens }, { tokens }])
  })

  test('how long it took is recorded, to the first byte and to the last', async () => {
    const agent = await world.agent()
    await world.client(agent).chat.completions.create({ model: 'agent', messages })
    const [request] = await world.recorded(agent)
    expect(request?.firstByteMilliseconds).toBeGreaterThanOrEqual(0)
    expect(request?.totalMilliseconds).toBeGreaterThanOrEqual(request?.firstByteMilliseconds ?? 0)
  })
})
