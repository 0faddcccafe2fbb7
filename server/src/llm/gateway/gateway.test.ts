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

/** The key of the provider's last request, in whichever header it arrived. */
function receivedKey(): string {
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

  test('gets the own key of a workspace on Enterprise, with and without streaming', async () => {
    const agent = await world.agent({ provider, model: 'a-model' })
    await world.ownKey(agent, withAddress())
    const client = world.client(agent)
    const { data, response } = await client.chat.completions
      .create({ model: 'agent', messages })
      .withResponse()
    expect(data.choices[0]?.message.content).toBe('Good morning, how can I help?')
    expect(response.headers.get('talktime-llm-key-source')).toBe('own')
    expect(receivedKey()).toBe(ownKey.key)
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
    expect(receivedKey()).toBe(ownKey.key)

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

  test('gets the platform’s key for a workspace without an own key or on another plan', async () => {
    const enterprise = await world.agent({ provider })
    await world.client(enterprise).chat.completions.create({ model: 'agent', messages })
    expect(receivedKey()).toBe(platformKey(provider))
    expect(await world.recorded(enterprise)).toMatchObject([{ provider, keySource: 'platform' }])

    const growth = await world.agent({ planId: 'growth', provider })
    const { response } = await world
      .client(growth)
      .chat.completions.create({ model: 'agent', messages })
      .withResponse()
    expect(response.headers.get('talktime-llm-key-source')).toBe('platform')
    expect(receivedKey()).toBe(platformKey(provider))
  })
})

describe('the route of a request', () => {
  test('uses the model and provider that the request names instead of the agent’s', async () => {
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

  test('can be named in the body, and the provider does not get those members', async () => {
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

  test('uses the model’s deployment and the API version of an Azure OpenAI key', async () => {
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

  test('lists the models of the agent’s provider in OpenAI’s form', async () => {
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
  test('of the caller do not reach the provider, and neither does its API key', async () => {
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

  test('of the provider’s answer: its request id and an own key’s limits come back, cookies and the organization do not', async () => {
    const agent = await world.agent()
    await world.ownKey(agent, { provider: 'openai', key: 'own-secret-key-1234' })
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
  test('of a stream are recorded, and sent to the caller only if it asked for them', async () => {
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

  test('are recorded with the time to the first and to the last byte', async () => {
    const agent = await world.agent()
    await world.client(agent).chat.completions.create({ model: 'agent', messages })
    const [request] = await world.recorded(agent)
    expect(request?.firstByteMilliseconds).toBeGreaterThanOrEqual(0)
    expect(request?.totalMilliseconds).toBeGreaterThanOrEqual(request?.firstByteMilliseconds ?? 0)
  })
})
