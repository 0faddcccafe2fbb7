import { setTimeout as pause } from 'node:timers/promises'
import { APIError, type OpenAI } from 'openai'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chunksFor, eventOf, json, refuseWith, streamHeaders } from '../../../test/llm-provider.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld, platformKey } from '../../../test/llm-world.ts'

const timeouts = { firstByteMs: 300, wholeMs: 1_000, idleMs: 300, totalMs: 1_500 }

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld({
    llmTimeouts: timeouts,
    withoutPlatformKey: ['groq', 'openai_compatible'],
    models: ['gpt-*', 'claude-haiku-4-5', 'gemini-3-pro'],
  })
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

const messages = [{ role: 'user' as const, content: 'Good morning' }]
const chat = { model: 'agent', messages }

async function withOwnKey(options: { provider?: string; model?: string } = {}): Promise<LlmAgent> {
  const agent = await world.agent(options)
  await world.ownKey(agent, { provider: options.provider ?? 'openai', key: 'own-secret-key-1234' })
  return agent
}

/** What OpenAI's client makes of a failure. */
async function failure(work: Promise<unknown>): Promise<APIError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(APIError)
  return error as APIError
}

/** Reads a stream to its end: the text that came, and the error with which it ended. */
async function heard(client: OpenAI): Promise<{ text: string; error: APIError | undefined }> {
  let text = ''
  try {
    for await (const chunk of await client.chat.completions.create({ ...chat, stream: true })) {
      text += chunk.choices[0]?.delta.content ?? ''
    }
    return { text, error: undefined }
  } catch (error) {
    return { text, error: error as APIError }
  }
}

describe('an own key that is refused', () => {
  test.each([
    [401, 'invalid_api_key', 'key_refused'],
    [402, 'insufficient_credits', 'key_refused'],
    [403, 'no_access', 'key_refused'],
    [429, 'rate_limit_exceeded', 'rate_limited'],
  ])(
    'with %d: the error goes to the caller, says whose key it was, and nothing falls back',
    async (status, code, error) => {
      const agent = await withOwnKey()
      world.provider.behave(refuseWith(status, code, { 'retry-after': '7' }))
      const { client } = { client: world.client(agent) }
      for (const stream of [false, true]) {
        const refused = await failure(client.chat.completions.create({ ...chat, stream }))
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
      await client.chat.completions.create(chat)
      await world.recorded(agent, 3)
      await expect
        .poll(
          async () => (await world.t.request('GET', '/v1/llm-keys', { key: agent.key })).body.data[0]?.state,
        )
        .toBe('active')
    },
  )

  test('is not told to anybody, although the provider repeats it', async () => {
    const agent = await withOwnKey()
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    const refused = await failure(world.client(agent).chat.completions.create(chat))
    expect(refused.message).toContain('…1234')
    expect(JSON.stringify(refused.error)).not.toContain('own-secret-key')
  })

  test('of Google is known by its words: it answers 400', async () => {
    const agent = await withOwnKey({ provider: 'google', model: 'gemini-3-pro' })
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
    const refused = await failure(world.client(agent).chat.completions.create(chat))
    expect(refused.status).toBe(400)
    expect(refused.error).toMatchObject({
      message: expect.stringContaining('API key not valid'),
      type: 'INVALID_ARGUMENT',
    })
    expect(await world.recorded(agent)).toMatchObject([{ error: 'key_refused' }])
  })

  test.each([401, 402, 403, 429])(
    'with %d falls back to the platform’s where the workspace wants that, and it is recorded',
    async (status) => {
      const agent = await withOwnKey()
      await world.setting(agent, { fallbackToPlatform: true })
      world.provider.behave((request, answer) => {
        if (request.headers.authorization === `Bearer ${platformKey('openai')}`) {
          answer.writeHead(200, streamHeaders).end(chunksFor(request).join(''))
        } else void refuseWith(status, 'refused')(request, answer)
      })
      const { response } = await world
        .client(agent)
        .chat.completions.create({ ...chat, stream: true })
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

  test('does not fall back for a model that the platform does not pay for, or a provider that it has no key for', async () => {
    const expensive = await withOwnKey({ model: 'o9-pro' })
    const without = await withOwnKey({ provider: 'groq' })
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    for (const agent of [expensive, without]) {
      await world.setting(agent, { fallbackToPlatform: true })
      const refused = await failure(world.client(agent).chat.completions.create(chat))
      expect([refused.status, refused.headers?.get('talktime-llm-key-source')]).toEqual([401, 'own'])
    }
    expect(world.provider.requests.length).toBe(2)
  })

  test('is the only thing that falls back: a wrong request and a failing provider do not', async () => {
    const agent = await withOwnKey()
    await world.setting(agent, { fallbackToPlatform: true })
    for (const [status, error] of [
      [400, 'request_refused'],
      [404, 'request_refused'],
      [500, 'provider_failed'],
      [503, 'provider_failed'],
    ] as const) {
      world.provider.reset()
      world.provider.behave(refuseWith(status, 'whatever'))
      const refused = await failure(world.client(agent).chat.completions.create(chat))
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

describe('without a key', () => {
  test('400: neither the workspace nor the platform has one for the provider', async () => {
    const agent = await world.agent({ provider: 'groq' })
    const refused = await failure(world.client(agent).chat.completions.create(chat))
    expect([refused.status, refused.code]).toEqual([400, 'llm_key_missing'])
    expect(refused.message).toContain('The platform has no key for Groq. Add one')
    const growth = await world.agent({ planId: 'growth', provider: 'groq' })
    expect((await failure(world.client(growth).chat.completions.create(chat))).message).toContain(
      'Enterprise plan',
    )
  })

  test('403: the platform’s pays for some models only, and lists those', async () => {
    const agent = await world.agent({ planId: 'growth' })
    const refused = await failure(world.client(agent).chat.completions.create({ model: 'o9-pro', messages }))
    expect([refused.status, refused.code]).toEqual([403, 'llm_model_not_allowed'])
    expect((await world.client(agent).models.list()).data.map(({ id }) => id)).toEqual([
      'gpt-5-mini',
      'gpt-5',
      'gemini-3-pro',
    ])
    expect(world.provider.requests.filter(({ method }) => method === 'POST')).toEqual([])
  })

  test('402: without credits the platform’s is used for calls under way alone', async () => {
    const agent = await world.agent({ planId: 'free' })
    const { t } = world
    await t
      .request('POST', '/v1/calls', {
        key: agent.key,
        body: { agentId: agent.agentId, direction: 'inbound' },
      })
      .then(async ({ body }) => {
        const grant = { credits: -30, kind: 'adjustment', reason: 'Used up' }
        await t.request('POST', `/v1/workspaces/${agent.workspace.id}/grants`, {
          key: t.operatorKey,
          body: grant,
        })
        await world.client(agent).chat.completions.create(chat)
        await t.request('POST', `/v1/calls/${body.id}/end`, { key: agent.key, body: {} })
      })
    const refused = await failure(world.client(agent).chat.completions.create(chat))
    expect([refused.status, refused.code]).toEqual([402, 'llm_needs_credits'])
    expect(world.provider.requests.length).toBe(1)
  })
})

describe('a caller that leaves', () => {
  test('takes its request at the provider with it, in the middle of a stream', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      answer.writeHead(200, streamHeaders).write(chunksFor(request)[0])
    })
    const stream = await world.client(agent).chat.completions.create({ ...chat, stream: true })
    for await (const chunk of stream) {
      expect(chunk.choices[0]?.delta.content).toBe('Good')
      break
    }
    await world.provider.requests[0]?.left
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'caller_gone', streamed: true }])
    const { body } = await world.t.request('GET', '/v1/llm-usage', { key: agent.key })
    expect(body).toMatchObject({ total: { requests: 1, errors: 0 } })
  })

  test.each([true, false])('and before the answer began (streaming: %s)', async (stream) => {
    const agent = await world.agent()
    const leave = new AbortController()
    world.provider.behave(() => leave.abort())
    const asked = world.client(agent).chat.completions.create({ ...chat, stream }, { signal: leave.signal })
    await expect(asked).rejects.toThrow('aborted')
    await world.provider.requests[0]?.left
    expect(await world.recorded(agent)).toMatchObject([{ status: null, error: 'caller_gone' }])
  })

  test('or does not read keeps the provider waiting, and nothing piles up', async () => {
    const agent = await world.agent()
    const part = eventOf({ choices: [{ delta: { content: 'x'.repeat(64 * 1024) } }] })
    let written = 0
    world.provider.behave((_request, answer) => {
      answer.writeHead(200, streamHeaders)
      const write = () => {
        do written += part.length
        while (answer.write(part) && written < 100_000_000)
      }
      answer.on('drain', write)
      write()
    })
    const leave = new AbortController()
    const answer = await fetch(`${world.address}/llm/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${agent.key}`,
        'talktime-agent': agent.agentId,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ ...chat, stream: true }),
      signal: leave.signal,
    })
    expect(answer.status).toBe(200)
    await pause(400)
    const afterAWhile = written
    await pause(400)
    expect(written).toBe(afterAWhile)
    expect(written).toBeLessThan(30_000_000)
    leave.abort()
    expect(await world.recorded(agent)).toMatchObject([{ error: 'caller_gone' }])
  })
})

describe('a provider', () => {
  test.each([true, false])(
    'that does not begin in time is given up with 504 (streaming: %s)',
    async (stream) => {
      const agent = await world.agent()
      world.provider.behave(() => {})
      const late = await failure(world.client(agent).chat.completions.create({ ...chat, stream }))
      expect([late.status, late.code]).toEqual([504, 'llm_provider_timeout'])
      expect(late.message).toContain('OpenAI did not begin its answer in time.')
      await world.provider.requests[0]?.left
      expect(await world.recorded(agent)).toMatchObject([{ status: 504, error: 'timeout' }])
    },
  )

  test('that stops in the middle of a stream is given up, with an error at its end', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      answer.writeHead(200, streamHeaders).write(chunksFor(request).slice(0, 2).join(''))
    })
    const { text, error } = await heard(world.client(agent))
    expect(text).toBe('Good morning')
    expect(error?.message).toContain('OpenAI stopped in the middle of its answer.')
    expect(error?.code).toBe('llm_provider_timeout')
    await world.provider.requests[0]?.left
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'timeout' }])
  })

  test('that goes on for ever is given up', async () => {
    const agent = await world.agent()
    world.provider.behave(async (request, answer) => {
      answer.writeHead(200, streamHeaders)
      while (!answer.destroyed) {
        answer.write(chunksFor(request)[1])
        await pause(20)
      }
    })
    const { error } = await heard(world.client(agent))
    expect(error?.message).toContain('OpenAI did not finish its answer in time.')
  })

  test('that sends half a stream and dies: what came is passed on, and an error says that it is not all', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      const chunks = chunksFor(request)
      answer.writeHead(200, streamHeaders).write(`${chunks[0]}${chunks[1]?.slice(0, 40)}`)
      setTimeout(() => answer.destroy(), 20)
    })
    const { text, error } = await heard(world.client(agent))
    expect(text).toBe('Good')
    expect(error?.message).toContain('OpenAI broke its answer off.')
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'cut_off' }])
  })

  test('that dies in the middle of a whole answer: 502', async () => {
    const agent = await world.agent()
    world.provider.behave((_request, answer) => {
      answer
        .writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
        .write('{"choices":[')
      setTimeout(() => answer.destroy(), 20)
    })
    const broken = await failure(world.client(agent).chat.completions.create(chat))
    expect([broken.status, broken.code]).toEqual([502, 'llm_provider_unreachable'])
  })

  test('that reports an error inside its stream: it is passed on and recorded', async () => {
    const agent = await world.agent()
    world.provider.behave((request, answer) => {
      const error = { message: 'Overloaded', type: 'server_error', code: 'overloaded' }
      answer.writeHead(200, streamHeaders).end(`${chunksFor(request)[0]}${eventOf({ error })}`)
    })
    const { text, error } = await heard(world.client(agent))
    expect([text, error?.message]).toEqual(['Good', 'Overloaded'])
    expect(await world.recorded(agent)).toMatchObject([{ status: 200, error: 'provider_failed' }])
  })

  test('that is not there: 502', async () => {
    const agent = await world.agent()
    await world.ownKey(agent, {
      provider: 'openai_compatible',
      key: 'own-key-1',
      baseUrl: `http://${world.provider.host}/x`,
    })
    await world.t.database.query(
      `update agents set llm_provider = 'openai_compatible' where workspace_id = $1`,
      [agent.workspace.uuid],
    )
    world.provider.behave((_request, answer) => void answer.destroy())
    const away = await failure(world.client(agent).chat.completions.create(chat))
    expect([away.status, away.code]).toEqual([502, 'llm_provider_unreachable'])
    expect(await world.recorded(agent)).toMatchObject([{ status: 502, error: 'unreachable' }])
  })

  test('that sends a page, or somewhere else: 502, and nothing of it is passed on', async () => {
    const agent = await world.agent()
    world.provider.behave((_request, answer) => {
      answer.writeHead(200, { 'content-type': 'text/html' }).end('<script>alert(1)</script>')
    })
    const page = await failure(world.client(agent).chat.completions.create(chat))
    expect([page.status, page.code]).toEqual([502, 'llm_provider_failed'])
    expect(JSON.stringify(page.error)).not.toContain('script')
    world.provider.reset()
    world.provider.behave((_request, answer) => {
      answer.writeHead(307, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    })
    const elsewhere = await failure(world.client(agent).chat.completions.create(chat))
    expect([elsewhere.status, elsewhere.code]).toEqual([502, 'llm_provider_failed'])
    expect(elsewhere.message).toContain('a redirect (307), which is not followed')
    expect(world.provider.requests.length).toBe(1)
  })
})

describe('bad requests, in OpenAI’s words', () => {
  async function post(body: unknown, headers: Record<string, string> = {}) {
    const agent = await world.agent()
    const answer = await fetch(`${world.address}/llm/v1/chat/completions`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${agent.key}`,
        'talktime-agent': agent.agentId,
        'content-type': 'application/json',
        ...headers,
      },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    return {
      status: answer.status,
      ...((await answer.json()) as { error: { message: string; code: string; param: string } }),
    }
  }

  test.each([
    ['{"model":', 400, 'invalid_json', null],
    [[], 400, 'invalid_request', ''],
    [{ model: 'agent' }, 400, 'invalid_request', 'messages'],
    [{ model: 'agent', messages: [] }, 400, 'invalid_request', 'messages'],
    [{ model: 7, messages }, 400, 'invalid_request', 'model'],
    [{ messages, stream: 'yes' }, 400, 'invalid_request', 'stream'],
    [{ messages, talktime: { agent: 'x' } }, 400, 'invalid_request', 'talktime.agent'],
  ])('%j: %d %s', async (body, status, code, param) => {
    const answer = await post(body)
    expect([answer.status, answer.error.code, answer.error.param]).toEqual([status, code, param])
    expect(answer.error.message).not.toBe('')
  })

  test('413: a body of more than 10 MB is refused before it is read', async () => {
    const answer = await post({ messages: [{ role: 'user', content: 'x'.repeat(10 * 1024 * 1024) }] })
    expect([answer.status, answer.error.code]).toEqual([413, 'body_too_large'])
    expect(answer.error.message).toBe('The body is larger than 10 MB.')
    expect(world.provider.requests).toEqual([])
  })

  test('a body of some megabytes goes through as it is', async () => {
    const agent = await world.agent()
    const content = `${'Grüße 🙂 '.repeat(300_000)}`
    await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages: [{ role: 'user', content }] })
    expect(world.provider.requests[0]?.body.messages).toEqual([{ role: 'user', content }])
  })

  test('404: what else OpenAI’s API has is not there', async () => {
    const agent = await world.agent()
    const missing = await failure(world.client(agent).embeddings.create({ model: 'x', input: 'y' }))
    expect([missing.status, missing.code]).toEqual([404, 'not_found'])
    expect(missing.message).toContain('not POST /llm/v1/embeddings.')
  })

  test('415: it has to be JSON', async () => {
    expect((await post('model=agent', { 'content-type': 'text/plain' })).error.code).toBe(
      'unsupported_media_type',
    )
  })

  test('400: the agent has to be named, and its provider known', async () => {
    expect((await post({ messages }, { 'talktime-agent': '' })).error).toMatchObject({
      code: 'invalid_request',
      param: 'Talktime-Agent',
    })
    const agent = await world.agent({ provider: 'mistral' })
    const unknown = await failure(world.client(agent).chat.completions.create(chat))
    expect([unknown.status, unknown.code]).toEqual([400, 'llm_provider_unknown'])
    expect(unknown.message).toContain('The agent’s LLM provider is "mistral", which must be one of openai,')
  })
})
