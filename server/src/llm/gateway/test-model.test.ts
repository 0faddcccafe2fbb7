import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { refuseWith } from '../../../test/llm-provider.ts'
import { createLimitedAgent, readQuota } from '../../../test/llm-quota.ts'
import { type LlmAgent, type LlmWorld, openLlmWorld } from '../../../test/llm-world.ts'

let world: LlmWorld
beforeAll(async () => {
  world = await openLlmWorld()
})
afterAll(() => world.close())
beforeEach(() => world.provider.reset())

describe('POST /v1/agents/{id}/llm-test', () => {
  const tryModel = (agent: LlmAgent, body: object = { message: 'Who are you?' }, key = agent.key) =>
    world.t.request('POST', `/v1/agents/${agent.agentId}/llm-test`, { key, body })

  test('200: shows what the model answered, and counts as a test', async () => {
    const agent = await createLimitedAgent(world)
    const answer = await tryModel(agent)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      provider: 'openai',
      model: 'gpt-5-mini',
      keySource: 'platform',
      answer: 'Good morning, how can I help?',
      status: 200,
      tokens: { prompt: 11, completion: 4, total: 15 },
    })
    expect(world.provider.requests.at(-1)?.body).toEqual({
      messages: [{ role: 'user', content: 'Who are you?' }],
      model: 'gpt-5-mini',
    })
    expect(await world.recorded(agent)).toMatchObject([{ callId: null, status: 200, error: null }])
    await expect.poll(() => readQuota(world, agent)).toMatchObject({ testsToday: 1, tokensToday: 15 })
  })

  test('200: shows how the provider refused it', async () => {
    const agent = await createLimitedAgent(world)
    world.provider.behave(refuseWith(404, 'model_not_found'))
    expect((await tryModel(agent)).body).toMatchObject({
      answer: null,
      status: 404,
      detail: expect.stringContaining('model_not_found'),
    })
    expect(await world.recorded(agent)).toMatchObject([{ status: 404, error: 'request_refused' }])
  })

  test.each([
    [400, 'an empty question', { message: ' ' }, '/message'],
    [400, 'a long question', { message: 'x'.repeat(1_001) }, '/message'],
  ])('%i: %s', async (status, _what, body, pointer) => {
    const answer = await tryModel(await createLimitedAgent(world), body)
    expect(answer.body).toMatchObject({ status, errors: [{ pointer }] })
  })

  test('404: the agent of another workspace', async () => {
    const [agent, other] = [await createLimitedAgent(world), await createLimitedAgent(world)]
    expect((await tryModel(agent, undefined, other.key)).body).toMatchObject({ status: 404 })
  })

  test('429: beyond the day’s tests', async () => {
    const agent = await createLimitedAgent(world)
    for (let index = 0; index < 20; index += 1) expect((await tryModel(agent)).status).toBe(200)
    const refused = await tryModel(agent)
    expect(refused.body).toMatchObject({ status: 429, code: 'rate_limit_exceeded', limit: 'tests_per_day' })
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
  })
})
