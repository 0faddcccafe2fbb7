import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeyedWorkspace } from '../../../test/app.ts'
import { llmKeyRequests, openAiKey } from '../../../test/llm-keys.ts'
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

const { add, list, change, remove, testKey } = llmKeyRequests(
  () => world,
  () => workspace.key,
)

/** Puts the workspace on another plan. */
async function changePlan(planId: string): Promise<void> {
  await world.t.database.query(
    `update subscriptions s set plan_id = p.id,
            terms = s.terms || jsonb_build_object('name', p.name, 'features', p.features)
     from plans p where p.id = $2 and s.workspace_id = $1`,
    [workspace.uuid, planId],
  )
}

describe('permissions for keys', () => {
  test('403: other plans do not store keys, and the list says why', async () => {
    const growth = await world.t.addWorkspace({ planId: 'growth' })
    const answer = await add(openAiKey, growth.key)
    expect(answer.body).toMatchObject({ status: 403, code: 'plan_required' })
    expect(answer.body.detail).toBe(
      'Enterprise plan required: on the Growth plan, language models are used through the platform’s keys.',
    )
    expect((await list(growth.key)).body).toEqual({
      data: [],
      nextCursor: null,
      available: false,
      reason: answer.body.detail,
    })
    const setting = { key: growth.key, body: { fallbackToPlatform: true } }
    expect((await world.t.request('PATCH', '/v1/llm-settings', setting)).body.code).toBe('plan_required')
  })

  test('after a downgrade keys stay stored but unused, and can be removed', async () => {
    const agent = await world.agent()
    workspace = agent.workspace
    const { body } = await add()
    await changePlan('growth')
    const shown = await list()
    expect(shown.body).toMatchObject({
      available: false,
      data: [{ id: body.id, lastFour: 'cdef', state: 'unused_plan', stateReason: shown.body.reason }],
    })
    await world
      .client(agent)
      .chat.completions.create({ model: 'agent', messages: [{ role: 'user', content: 'Hi' }] })
    expect(world.provider.requests[0]?.headers.authorization).toBe('Bearer platform-key-of-openai')
    expect((await change(body.id, { key: 'sk-a-new-one-5678' })).body.code).toBe('plan_required')
    expect((await testKey(body.id)).body.code).toBe('plan_required')
    await changePlan('enterprise')
    expect((await list()).body.data).toMatchObject([{ state: 'active' }])
    await changePlan('growth')
    expect((await remove(body.id)).status).toBe(204)
  })

  test('members may read keys and settings but not change them', async () => {
    const { t } = world
    const owner = await t.signUp({ name: 'Olga' })
    const invited = await t.request('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: { email: 'person2@example.com', role: 'member' },
    })
    const token = new URL(String(invited.body.url)).searchParams.get('token') ?? ''
    const { cookie } = await t.signUp({ name: 'Max', invitation: token })
    const workspaceId = owner.workspaceId
    const ask = (method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body?: unknown) =>
      t.request(method, path, { cookie, workspace: workspaceId, ...(body !== undefined && { body }) })
    expect((await ask('GET', '/v1/llm-keys')).status).toBe(200)
    expect((await ask('GET', '/v1/llm-settings')).status).toBe(200)
    expect((await ask('GET', '/v1/llm-usage')).status).toBe(200)
    expect((await ask('GET', '/v1/llm-requests')).status).toBe(200)
    const id = `lkey_${'0'.repeat(32)}`
    for (const answer of [
      await ask('POST', '/v1/llm-keys', openAiKey),
      await ask('PATCH', `/v1/llm-keys/${id}`, { key: openAiKey.key }),
      await ask('DELETE', `/v1/llm-keys/${id}`),
      await ask('POST', `/v1/llm-keys/${id}/test`, {}),
      await ask('PATCH', '/v1/llm-settings', { fallbackToPlatform: true }),
    ]) {
      expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
    }
  })

  test('404: a key of another workspace is not found', async () => {
    const { body } = await add()
    const other = await world.t.addWorkspace({ planId: 'enterprise' })
    for (const answer of [
      await change(body.id, { key: openAiKey.key }, other.key),
      await remove(body.id, other.key),
      await testKey(body.id, other.key),
      await testKey('lkey_1'),
    ]) {
      expect(answer.body).toMatchObject({ status: 404, code: 'llm_key_not_found' })
    }
    expect((await list(other.key)).body.data).toEqual([])
    expect((await testKey(body.id)).body.outcome).toBe('accepted')
  })

  test('an operator’s key may manage the keys of the workspace it names', async () => {
    const options = { key: world.t.operatorKey, workspace: workspace.id }
    expect((await world.t.request('POST', '/v1/llm-keys', { ...options, body: openAiKey })).status).toBe(201)
    expect((await world.t.request('GET', '/v1/llm-keys', options)).body.data.length).toBe(1)
  })
})

describe('settings', () => {
  test('200: the fallback is off by default', async () => {
    const settings = (method: 'GET' | 'PATCH', body?: unknown) =>
      world.t.request(method, '/v1/llm-settings', { key: workspace.key, ...(body !== undefined && { body }) })
    expect((await settings('GET')).body).toMatchObject({
      fallbackToPlatform: false,
      ownKeysAvailable: true,
      reason: null,
      platformModels: ['gpt-*', 'a-model', 'claude-*', 'gemini-*', 'llama-*'],
      platformQuota: { requestsPerMinute: 6_000, tokensPerDay: 500_000_000, tokensToday: 0 },
    })
    expect((await settings('PATCH', { fallbackToPlatform: true })).body.fallbackToPlatform).toBe(true)
    expect((await settings('PATCH', {})).body.fallbackToPlatform).toBe(true)
    expect((await settings('GET')).body.fallbackToPlatform).toBe(true)
    expect((await settings('PATCH', { fallbackToPlatform: false })).body.fallbackToPlatform).toBe(false)
    expect((await settings('PATCH', { fallback: true })).body.errors).toMatchObject([
      { pointer: '/fallback' },
    ])
  })
})
