import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeyedWorkspace } from '../../../test/app.ts'
import { llmKeyRequests, openAiKey } from '../../../test/llm-keys.ts'
import { json, refuseWith } from '../../../test/llm-provider.ts'
import { type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

let world: LlmWorld
let workspace: KeyedWorkspace
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())
beforeEach(async () => {
  world.provider.reset()
  workspace = await world.t.addWorkspace({ planId: 'enterprise' })
})

const { add, testKey } = llmKeyRequests(
  () => world,
  () => workspace.key,
)

describe('testing a key', () => {
  test('200: the provider is asked for its models, and the result is a sentence', async () => {
    const { body } = await add()
    const answer = await testKey(body.id)
    expect(answer.body).toMatchObject({
      outcome: 'accepted',
      detail: 'OpenAI accepts this key.',
      status: 200,
    })
    expect(world.provider.requests).toMatchObject([
      { method: 'GET', path: '/openai/models', headers: { authorization: `Bearer ${openAiKey.key}` } },
    ])
  })

  test('asks OpenRouter about the key, because it lists its models without one', async () => {
    const { body } = await add({ provider: 'openrouter', key: openAiKey.key })
    await testKey(body.id)
    expect(world.provider.requests[0]?.path).toBe('/openrouter/key')
  })

  test('asks Anthropic for its models through its own API', async () => {
    const { body } = await add({ provider: 'anthropic', key: openAiKey.key })
    await testKey(body.id)
    expect(world.provider.requests[0]).toMatchObject({
      path: '/anthropic/models?limit=1000',
      headers: { 'x-api-key': openAiKey.key, 'anthropic-version': '2023-06-01' },
    })
  })

  test.each([
    [401, 'refused', 'OpenAI refuses this key (401). Replace it.', 'failing'],
    [429, 'refused', 'exceeded its rate limit or quota', 'failing'],
    [404, 'unclear', 'OpenAI answered 404, which says nothing about the key', 'active'],
    [500, 'unclear', 'OpenAI answered 500', 'active'],
  ])('%d: %s', async (status, outcome, detail, state) => {
    const { body } = await add()
    world.provider.behave(refuseWith(status, 'whatever'))
    const answer = await testKey(body.id)
    expect(answer.body).toMatchObject({
      outcome,
      detail: expect.stringContaining(detail),
      status,
      key: { state },
    })
    expect(answer.text).not.toContain(openAiKey.key)
  })

  test('reports a provider that cannot be reached', async () => {
    const { body } = await add()
    world.provider.behave((_request, answer) => void answer.destroy())
    expect((await testKey(body.id)).body).toMatchObject({
      outcome: 'unreachable',
      detail: 'OpenAI cannot be reached: the connection broke.',
      status: null,
    })
  })

  test('a key that the provider accepts again is active again', async () => {
    const { body } = await add()
    world.provider.behave((_request, answer) => json(answer, 402, { error: 'no credit' }))
    expect((await testKey(body.id)).body).toMatchObject({
      key: { state: 'failing', failure: { status: 402, code: null } },
    })
    world.provider.reset()
    expect((await testKey(body.id)).body).toMatchObject({ key: { state: 'active', failure: null } })
  })
})
