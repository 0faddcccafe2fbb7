import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatMessages, chatRequest, expectApiError } from '../../../test/llm-failures.ts'
import { chunksFor, json, refuseWith, streamHeaders } from '../../../test/llm-provider.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld, platformKey } from '../../../test/llm-world.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({
    llmTimeouts: { firstByteMs: 300, wholeMs: 1_000, idleMs: 300, totalMs: 1_500 },
    withoutPlatformKey: ['groq', 'openai_compatible'],
    models: ['gpt-*', 'claude-haiku-4-5', 'gemini-3-pro'],
  })
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

async function createAgentWithKey(options: { provider?: string; model?: string } = {}): Promise<LlmAgent> {
  const agent = await world.agent(options)
  await world.ownKey(agent, { provider: options.provider ?? 'openai', key: 'own-secret-key-1234' })
  return agent
}

describe('a refused own key', () => {
  test.each([
    [401, 'invalid_api_key', 'key_refused'],
    [402, 'insufficient_credits', 'key_refused'],
    [403, 'no_access', 'key_refused'],
    [429, 'rate_limit_exceeded', 'rate_limited'],
  ])(
    '%d: the caller gets the error and whose key it was, without a fallback',
    async (status, code, error) => {
      const agent = await createAgentWithKey()
      world.provider.behave(refuseWith(status, code, { 'retry-after': '7' }))
      const client = world.client(agent)
      for (const stream of [false, true]) {
        const refused = await expectApiError(client.chat.completions.create({ ...chatRequest, stream }))
        expect(refused.status).toBe(status)
        expect(refused.code).toBe(code)
        expect(refused.headers?.get('talktime-llm-key-source')).toBe('own')
        expect(refused.headers?.get('retry-after')).toBe('7')
        expect(refused.error).toMatchObject({
          talktime: { keySource: 'own', provider: 'openai', providerStatus: status, fallback: false },
        })
      }
      expect(world.provider.requests.length).toBe(2)
      const recorded = { keySource: 'own', fallback: false, status, error }
      expect(await world.recorded(agent, 2)).toMatchObject([recorded, recorded])
      const keys = await world.t.request('GET', '/v1/llm-keys', { key: agent.key })
      expect(keys.body.data).toMatchObject([{ state: 'failing', failure: { status, code } }])
      world.provider.reset()
      await client.chat.completions.create(chatRequest)
      await world.recorded(agent, 3)
      await expect
        .poll(
          async () => (await world.t.request('GET', '/v1/llm-keys', { key: agent.key })).body.data[0]?.state,
        )
        .toBe('active')
    },
  )

  test('is not revealed, even if the provider repeats it', async () => {
    const agent = await createAgentWithKey()
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect(refused.message).toContain('…1234')
    expect(JSON.stringify(refused.error)).not.toContain('own-secret-key')
  })

  test('of Google is recognized by its message, because Google answers 400', async () => {
    const agent = await createAgentWithKey({ provider: 'google', model: 'gemini-3-pro' })
    world.provider.behave((_request, answer) =>
      json(answer, 400, [
        {
          error: {
            code: 400,
            message: 'API key not valid. Please pass a valid API key.',
            status: 'INVALID_ARGUMENT',
          },
        },
      ]),
    )
    const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect(refused.status).toBe(400)
    expect(refused.error).toMatchObject({
      message: expect.stringContaining('API key not valid'),
      type: 'INVALID_ARGUMENT',
    })
    expect(await world.recorded(agent)).toMatchObject([{ error: 'key_refused' }])
  })

  test.each([401, 402, 403, 429])(
    '%d: falls back to the platform’s key if the workspace chose that, and records it',
    async (status) => {
      const agent = await createAgentWithKey()
      await world.setting(agent, { fallbackToPlatform: true })
      world.provider.behave((request, answer) => {
        if (request.headers.authorization === `Bearer ${platformKey('openai')}`) {
          answer.writeHead(200, streamHeaders).end(chunksFor(request).join(''))
        } else void refuseWith(status, 'refused')(request, answer)
      })
      const { response } = await world
        .client(agent)
        .chat.completions.create({ ...chatRequest, stream: true })
        .withResponse()
      expect(response.headers.get('talktime-llm-key-source')).toBe('platform')
      expect(response.headers.get('talktime-llm-fallback')).toBe('true')
      expect(await world.recorded(agent)).toMatchObject([
        { keySource: 'platform', fallback: true, ownKeyStatus: status, status: 200, error: null },
      ])
      const { body } = await world.t.request('GET', '/v1/llm-usage', { key: agent.key })
      expect(body).toMatchObject({
        total: { requests: 1, fallbacks: 1, errors: 0, own: { requests: 0 }, platform: { requests: 1 } },
      })
    },
  )

  test('does not fall back for a model or provider for which the platform does not pay', async () => {
    const expensive = await createAgentWithKey({ model: 'o9-pro' })
    const without = await createAgentWithKey({ provider: 'groq' })
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    for (const agent of [expensive, without]) {
      await world.setting(agent, { fallbackToPlatform: true })
      const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
      expect([refused.status, refused.headers?.get('talktime-llm-key-source')]).toEqual([401, 'own'])
    }
    expect(world.provider.requests.length).toBe(2)
  })

  test('is the only cause of a fallback: bad requests and failing providers are not', async () => {
    const agent = await createAgentWithKey()
    await world.setting(agent, { fallbackToPlatform: true })
    for (const [status, error] of [
      [400, 'request_refused'],
      [404, 'request_refused'],
      [500, 'provider_failed'],
      [503, 'provider_failed'],
    ] as const) {
      world.provider.reset()
      world.provider.behave(refuseWith(status, 'whatever'))
      const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
      expect(refused.status).toBe(status)
      expect(world.provider.requests.length).toBe(1)
      await expect
        .poll(async () => (await world.recorded(agent))[0])
        .toMatchObject({ status, error, keySource: 'own' })
    }
    const keys = await world.t.request('GET', '/v1/llm-keys', { key: agent.key })
    expect(keys.body.data).toMatchObject([{ state: 'active', failure: null }])
  })
})

describe('a request without a key', () => {
  test('400: neither the workspace nor the platform has a key for the provider', async () => {
    const agent = await world.agent({ provider: 'groq' })
    const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([refused.status, refused.code]).toEqual([400, 'llm_key_missing'])
    expect(refused.message).toContain('The platform has no key for Groq. Add one')
    const growth = await world.agent({ planId: 'growth', provider: 'groq' })
    expect(
      (await expectApiError(world.client(growth).chat.completions.create(chatRequest))).message,
    ).toContain('Enterprise plan')
  })

  test('403: the platform’s key pays for some models only, and only those are listed', async () => {
    const agent = await world.agent({ planId: 'growth' })
    const refused = await expectApiError(
      world.client(agent).chat.completions.create({ model: 'o9-pro', messages: chatMessages }),
    )
    expect([refused.status, refused.code]).toEqual([403, 'llm_model_not_allowed'])
    expect((await world.client(agent).models.list()).data.map(({ id }) => id)).toEqual([
      'gpt-5-mini',
      'gpt-5',
      'gemini-3-pro',
    ])
    expect(world.provider.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('403: without credits a live call has its model until it ends', async () => {
    const agent = await world.agent({ planId: 'free' })
    const { t } = world
    const grant = { credits: -30, kind: 'adjustment', reason: 'Used up' }
    await t.request('POST', `/v1/workspaces/${agent.workspace.id}/grants`, {
      key: t.operatorKey,
      body: grant,
    })
    await world.client(agent).chat.completions.create(chatRequest)
    await t.request('POST', `/v1/calls/${agent.callId}/end`, { key: agent.key, body: {} })
    const refused = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([refused.status, refused.code]).toEqual([403, 'llm_needs_call'])
    expect(world.provider.requests.length).toBe(1)
  })
})
