import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { chatMessages, chatRequest, expectApiError } from '../../../test/llm-failures.ts'
import { type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

describe('bad requests are answered in OpenAI’s form', () => {
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
    [{ model: 7, messages: chatMessages }, 400, 'invalid_request', 'model'],
    [{ messages: chatMessages, stream: 'yes' }, 400, 'invalid_request', 'stream'],
    [{ messages: chatMessages, talktime: { agent: 'x' } }, 400, 'invalid_request', 'talktime.agent'],
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

  test('a body of several megabytes is passed on unchanged', async () => {
    const agent = await world.agent()
    const content = `${'Grüße 🙂 '.repeat(300_000)}`
    await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages: [{ role: 'user', content }] })
    expect(world.provider.requests[0]?.body.messages).toEqual([{ role: 'user', content }])
  })

  test('404: other parts of OpenAI’s API do not exist', async () => {
    const agent = await world.agent()
    const missing = await expectApiError(world.client(agent).embeddings.create({ model: 'x', input: 'y' }))
    expect([missing.status, missing.code]).toEqual([404, 'not_found'])
    expect(missing.message).toContain('not POST /llm/v1/embeddings.')
  })

  test('415: the body must be JSON', async () => {
    expect((await post('model=agent', { 'content-type': 'text/plain' })).error.code).toBe(
      'unsupported_media_type',
    )
  })

  test('400: the agent must be named and its provider supported', async () => {
    expect((await post({ messages: chatMessages }, { 'talktime-agent': '' })).error).toMatchObject({
      code: 'invalid_request',
      param: 'Talktime-Agent',
    })
    const agent = await world.agent({ provider: 'mistral' })
    const unknown = await expectApiError(world.client(agent).chat.completions.create(chatRequest))
    expect([unknown.status, unknown.code]).toEqual([400, 'llm_provider_unknown'])
    expect(unknown.message).toContain('The agent’s LLM provider is "mistral", which must be one of openai,')
  })
})
