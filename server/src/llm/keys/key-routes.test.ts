import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeyedWorkspace } from '../../../test/app.ts'
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

const openai = { provider: 'openai', key: 'sk-proj-0123456789abcdef' }

const add = (body: unknown = openai, key = workspace.key) =>
  world.t.request('POST', '/v1/llm-keys', { key, body })
const list = (key = workspace.key) =>
  world.t.request<{ data: Record<string, unknown>[]; available: boolean; reason: string | null }>(
    'GET',
    '/v1/llm-keys',
    { key },
  )
const change = (id: string, body: unknown, key = workspace.key) =>
  world.t.request('PATCH', `/v1/llm-keys/${id}`, { key, body })
const remove = (id: string, key = workspace.key) => world.t.request('DELETE', `/v1/llm-keys/${id}`, { key })
const tryOut = (id: string, key = workspace.key) =>
  world.t.request('POST', `/v1/llm-keys/${id}/test`, { key, body: {} })

/** A workspace of another plan than the one before, as after a change of plan. */
async function onPlan(planId: string): Promise<void> {
  await world.t.database.query(
    `update subscriptions s set plan_id = p.id,
            terms = s.terms || jsonb_build_object('name', p.name, 'features', p.features)
     from plans p where p.id = $2 and s.workspace_id = $1`,
    [workspace.uuid, planId],
  )
}

describe('storing', () => {
  test('201: a key is stored, and of it the last four characters are shown', async () => {
    const answer = await add({ ...openai, key: ` ${openai.key}\n` })
    expect([answer.status, answer.body]).toEqual([
      201,
      {
        id: expect.stringMatching(/^lkey_[0-9a-f]{32}$/),
        provider: 'openai',
        providerName: 'OpenAI',
        lastFour: 'cdef',
        baseUrl: null,
        apiVersion: null,
        deployments: {},
        state: 'active',
        stateReason: null,
        failure: null,
        lastUsedAt: null,
        createdAt: new Date(world.t.clock.now()).toISOString(),
        replacedAt: null,
      },
    ])
    expect((await list()).body).toEqual({
      data: [answer.body],
      nextCursor: null,
      available: true,
      reason: null,
    })
  })

  test('409: there is one key a provider, of two at once too', async () => {
    const answers = await Promise.all([add(), add({ ...openai, key: 'sk-another-one' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ code: 'llm_key_exists', errors: [{ pointer: '/provider' }] })
  })

  test('the same request is taken once', async () => {
    const once = () =>
      world.t.request('POST', '/v1/llm-keys', { key: workspace.key, body: openai, idempotencyKey: 'k1' })
    const [first, second] = [await once(), await once()]
    expect([first.status, second.status, second.headers['idempotent-replayed']]).toEqual([201, 201, 'true'])
    expect(second.body).toEqual(first.body)
  })

  test.each([
    [{ provider: 'openai' }, '/key'],
    [{ ...openai, key: 'short' }, '/key'],
    [{ ...openai, key: 'with a space in it' }, '/key'],
    [{ ...openai, key: 'x'.repeat(501) }, '/key'],
    [{ ...openai, provider: 'mistral' }, '/provider'],
    [{ ...openai, baseUrl: 'https://llm.example.com' }, '/baseUrl'],
    [{ provider: 'openai_compatible', key: openai.key }, '/baseUrl'],
    [
      { provider: 'azure_openai', key: openai.key, baseUrl: 'https://x.openai.azure.com', apiVersion: 'v1' },
      '/apiVersion',
    ],
    [
      {
        provider: 'azure_openai',
        key: openai.key,
        baseUrl: 'https://x.openai.azure.com',
        deployments: { a: '' },
      },
      '/deployments/a',
    ],
  ])('400: %j names %s and not the key', async (body, pointer) => {
    const answer = await add(body)
    expect([answer.status, answer.body.errors]).toMatchObject([400, [{ pointer }]])
    if ('key' in body) expect(answer.text).not.toContain(body.key)
  })

  test.each([
    ['not a url', 'It must be a web address'],
    ['http://llm.example.com/v1', 'It must begin with https://.'],
    ['https://127.0.0.1/v1', 'does not lead to a public address'],
    ['https://[::1]/v1', 'does not lead to a public address'],
    ['https://169.254.169.254/v1', 'does not lead to a public address'],
    ['https://localhost/v1', 'does not lead to a public address'],
    ['https://metadata.google.internal/v1', 'does not lead to a public address'],
    ['https://user:pass@llm.example.com/v1', 'no user name and no password'],
    ['https://llm.example.com:22/v1', 'Its port must be 443'],
    ['https://llm.example.com/v1?key=1', 'without "?" and "#"'],
  ])('400: the address %s is refused', async (baseUrl, sentence) => {
    const answer = await add({ provider: 'openai_compatible', key: openai.key, baseUrl })
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/baseUrl' }] })
    expect(answer.body.detail).toContain(sentence)
  })

  test('an address is kept in one form', async () => {
    const { host } = world.provider
    const compatible = await add({
      provider: 'openai_compatible',
      key: openai.key,
      baseUrl: `http://${host}/v1/`,
    })
    expect(compatible.body.baseUrl).toBe(`http://${host}/v1`)
    const azure = await add({
      provider: 'azure_openai',
      key: openai.key,
      baseUrl: `http://${host}/openai/v1/`,
    })
    expect(azure.body.baseUrl).toBe(`http://${host}`)
  })
})

describe('changing', () => {
  test('200: a key is replaced under the same id, and what it had failed at is forgotten', async () => {
    const { body } = await add()
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    expect((await tryOut(body.id)).body).toMatchObject({ outcome: 'refused', key: { state: 'failing' } })
    world.t.clock.advance(1_000)
    const answer = await change(body.id, { key: 'sk-a-new-one-5678' })
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        ...body,
        lastFour: '5678',
        lastUsedAt: expect.any(String),
        replacedAt: new Date(world.t.clock.now()).toISOString(),
      },
    ])
  })

  test('400: a key goes to another address only where it is sent along', async () => {
    const baseUrl = `http://${world.provider.host}/v1`
    const { body } = await add({ provider: 'openai_compatible', key: openai.key, baseUrl })
    const elsewhere = await change(body.id, { baseUrl: `http://${world.provider.host}/evil` })
    expect(elsewhere.body).toMatchObject({ status: 400, errors: [{ pointer: '/key' }] })
    expect((await change(body.id, { baseUrl: `${baseUrl}/` })).body.baseUrl).toBe(baseUrl)
    const moved = await change(body.id, { baseUrl: `http://${world.provider.host}/v2`, key: 'sk-sent-along' })
    expect(moved.body).toMatchObject({ baseUrl: `http://${world.provider.host}/v2`, lastFour: 'long' })
  })

  test('200: of Azure OpenAI the version and the deployments change without the key', async () => {
    const { body } = await add({
      provider: 'azure_openai',
      key: openai.key,
      baseUrl: `http://${world.provider.host}`,
    })
    const deployments = { 'gpt-5': 'front-desk' }
    expect((await change(body.id, { apiVersion: '2024-10-21', deployments })).body).toMatchObject({
      apiVersion: '2024-10-21',
      deployments,
      lastFour: 'cdef',
      replacedAt: null,
    })
    expect((await change(body.id, { apiVersion: null })).body).toMatchObject({
      apiVersion: null,
      deployments,
    })
  })

  test.each([
    [{ baseUrl: 'https://example.com', key: 'sk-12345678' }, '/baseUrl'],
    [{ apiVersion: '2024-10-21' }, '/apiVersion'],
    [{ deployments: {} }, '/deployments'],
    [{ provider: 'groq' }, '/provider'],
    [{ key: '' }, '/key'],
  ])('400: %j is nothing that can be changed of an OpenAI key', async (body, pointer) => {
    const { body: key } = await add()
    expect((await change(key.id, body)).body).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  test('204: a removed key is gone for good', async () => {
    const { body } = await add()
    expect((await remove(body.id)).status).toBe(204)
    expect((await list()).body.data).toEqual([])
    expect((await remove(body.id)).body.code).toBe('llm_key_not_found')
    expect((await change(body.id, { key: openai.key })).body.code).toBe('llm_key_not_found')
    expect(
      (await world.t.database.query('select from llm_keys where workspace_id = $1', [workspace.uuid]))
        .rowCount,
    ).toBe(0)
    expect((await add()).status).toBe(201)
  })
})

describe('trying out', () => {
  test('200: the provider is asked for its models, and the answer is told in a sentence', async () => {
    const { body } = await add()
    const answer = await tryOut(body.id)
    expect(answer.body).toMatchObject({ outcome: 'accepted', detail: 'OpenAI takes this key.', status: 200 })
    expect(world.provider.requests).toMatchObject([
      { method: 'GET', path: '/openai/models', headers: { authorization: `Bearer ${openai.key}` } },
    ])
  })

  test('of OpenRouter its own address for keys is asked: it lists its models for anybody', async () => {
    const { body } = await add({ provider: 'openrouter', key: openai.key })
    await tryOut(body.id)
    expect(world.provider.requests[0]?.path).toBe('/openrouter/key')
  })

  test('of Anthropic the list of models is asked as its own API wants it', async () => {
    const { body } = await add({ provider: 'anthropic', key: openai.key })
    await tryOut(body.id)
    expect(world.provider.requests[0]).toMatchObject({
      path: '/anthropic/models?limit=1000',
      headers: { 'x-api-key': openai.key, 'anthropic-version': '2023-06-01' },
    })
  })

  test.each([
    [401, 'refused', 'OpenAI does not take this key (401). Replace it.', 'failing'],
    [429, 'refused', 'has asked too much', 'failing'],
    [404, 'unclear', 'OpenAI answered 404, which says nothing about the key', 'active'],
    [500, 'unclear', 'OpenAI answered 500', 'active'],
  ])('%d: %s', async (status, outcome, detail, state) => {
    const { body } = await add()
    world.provider.behave(refuseWith(status, 'whatever'))
    const answer = await tryOut(body.id)
    expect(answer.body).toMatchObject({
      outcome,
      detail: expect.stringContaining(detail),
      status,
      key: { state },
    })
    expect(answer.text).not.toContain(openai.key)
  })

  test('a provider that cannot be reached is told of', async () => {
    const { body } = await add()
    world.provider.behave((_request, answer) => void answer.destroy())
    expect((await tryOut(body.id)).body).toMatchObject({
      outcome: 'unreachable',
      detail: 'OpenAI cannot be reached: the connection broke.',
      status: null,
    })
  })

  test('a key that is taken again is active again', async () => {
    const { body } = await add()
    world.provider.behave((_request, answer) => json(answer, 402, { error: 'no credit' }))
    expect((await tryOut(body.id)).body).toMatchObject({
      key: { state: 'failing', failure: { status: 402, code: null } },
    })
    world.provider.reset()
    expect((await tryOut(body.id)).body).toMatchObject({ key: { state: 'active', failure: null } })
  })
})

describe('who may', () => {
  test('403: on other plans nothing is stored; the list works and says why', async () => {
    const growth = await world.t.addWorkspace({ planId: 'growth' })
    const answer = await add(openai, growth.key)
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

  test('after a downgrade keys stay stored and unused, and can still be removed', async () => {
    const agent = await world.agent()
    workspace = agent.workspace
    const { body } = await add()
    await onPlan('growth')
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
    expect((await tryOut(body.id)).body.code).toBe('plan_required')
    await onPlan('enterprise')
    expect((await list()).body.data).toMatchObject([{ state: 'active' }])
    await onPlan('growth')
    expect((await remove(body.id)).status).toBe(204)
  })

  test('members may look and change nothing', async () => {
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
      await ask('POST', '/v1/llm-keys', openai),
      await ask('PATCH', `/v1/llm-keys/${id}`, { key: openai.key }),
      await ask('DELETE', `/v1/llm-keys/${id}`),
      await ask('POST', `/v1/llm-keys/${id}/test`, {}),
      await ask('PATCH', '/v1/llm-settings', { fallbackToPlatform: true }),
    ]) {
      expect(answer.body).toMatchObject({ status: 403, code: 'forbidden' })
    }
  })

  test('404: a key of another workspace is not there', async () => {
    const { body } = await add()
    const other = await world.t.addWorkspace({ planId: 'enterprise' })
    for (const answer of [
      await change(body.id, { key: openai.key }, other.key),
      await remove(body.id, other.key),
      await tryOut(body.id, other.key),
      await tryOut('lkey_1'),
    ]) {
      expect(answer.body).toMatchObject({ status: 404, code: 'llm_key_not_found' })
    }
    expect((await list(other.key)).body.data).toEqual([])
    expect((await tryOut(body.id)).body.outcome).toBe('accepted')
  })

  test('an operator’s key names the workspace', async () => {
    const options = { key: world.t.operatorKey, workspace: workspace.id }
    expect((await world.t.request('POST', '/v1/llm-keys', { ...options, body: openai })).status).toBe(201)
    expect((await world.t.request('GET', '/v1/llm-keys', options)).body.data.length).toBe(1)
  })
})

describe('settings', () => {
  test('200: falling back is off until it is switched on', async () => {
    const settings = (method: 'GET' | 'PATCH', body?: unknown) =>
      world.t.request(method, '/v1/llm-settings', { key: workspace.key, ...(body !== undefined && { body }) })
    expect((await settings('GET')).body).toMatchObject({
      fallbackToPlatform: false,
      ownKeysAvailable: true,
      reason: null,
      platformModels: null,
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
