import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { KeyedWorkspace } from '../../../test/app.ts'
import { llmKeyRequests, openAiKey } from '../../../test/llm-keys.ts'
import { refuseWith } from '../../../test/llm-provider.ts'
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

describe('storing a key', () => {
  test('201: only the last four characters of a stored key are shown', async () => {
    const answer = await add({ ...openAiKey, key: ` ${openAiKey.key}\n` })
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

  test('409: a workspace has at most one key per provider, also with concurrent requests', async () => {
    const answers = await Promise.all([add(), add({ ...openAiKey, key: 'sk-another-one' })])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    const refused = answers.find(({ status }) => status === 409)
    expect(refused?.body).toMatchObject({ code: 'llm_key_exists', errors: [{ pointer: '/provider' }] })
  })

  test('a repeated request with an idempotency key stores the key once', async () => {
    const addWithIdempotencyKey = () =>
      world.t.request('POST', '/v1/llm-keys', { key: workspace.key, body: openAiKey, idempotencyKey: 'k1' })
    const [first, second] = [await addWithIdempotencyKey(), await addWithIdempotencyKey()]
    expect([first.status, second.status, second.headers['idempotent-replayed']]).toEqual([201, 201, 'true'])
    expect(second.body).toEqual(first.body)
  })

  test.each([
    [{ provider: 'openai' }, '/key'],
    [{ ...openAiKey, key: 'short' }, '/key'],
    [{ ...openAiKey, key: 'with a space in it' }, '/key'],
    [{ ...openAiKey, key: 'x'.repeat(501) }, '/key'],
    [{ ...openAiKey, provider: 'mistral' }, '/provider'],
    [{ ...openAiKey, baseUrl: 'https://llm.example.com' }, '/baseUrl'],
    [{ provider: 'openai_compatible', key: openAiKey.key }, '/baseUrl'],
    [
      {
        provider: 'azure_openai',
        key: openAiKey.key,
        baseUrl: 'https://x.openai.azure.com',
        apiVersion: 'v1',
      },
      '/apiVersion',
    ],
    [
      {
        provider: 'azure_openai',
        key: openAiKey.key,
        baseUrl: 'https://x.openai.azure.com',
        deployments: { a: '' },
      },
      '/deployments/a',
    ],
  ])('400: the error for %j points at %s and does not repeat the key', async (body, pointer) => {
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
    const answer = await add({ provider: 'openai_compatible', key: openAiKey.key, baseUrl })
    expect(answer.body).toMatchObject({ status: 400, errors: [{ pointer: '/baseUrl' }] })
    expect(answer.body.detail).toContain(sentence)
  })

  test('an address is stored in its normal form', async () => {
    const { host } = world.provider
    const compatible = await add({
      provider: 'openai_compatible',
      key: openAiKey.key,
      baseUrl: `http://${host}/v1/`,
    })
    expect(compatible.body.baseUrl).toBe(`http://${host}/v1`)
    const azure = await add({
      provider: 'azure_openai',
      key: openAiKey.key,
      baseUrl: `http://${host}/openai/v1/`,
    })
    expect(azure.body.baseUrl).toBe(`http://${host}`)
  })
})

describe('changing a key', () => {
  test('200: a replaced key keeps its id and loses its failure', async () => {
    const { body } = await add()
    world.provider.behave(refuseWith(401, 'invalid_api_key'))
    expect((await testKey(body.id)).body).toMatchObject({ outcome: 'refused', key: { state: 'failing' } })
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

  test('400: a new address requires the key again', async () => {
    const baseUrl = `http://${world.provider.host}/v1`
    const { body } = await add({ provider: 'openai_compatible', key: openAiKey.key, baseUrl })
    const elsewhere = await change(body.id, { baseUrl: `http://${world.provider.host}/evil` })
    expect(elsewhere.body).toMatchObject({ status: 400, errors: [{ pointer: '/key' }] })
    expect((await change(body.id, { baseUrl: `${baseUrl}/` })).body.baseUrl).toBe(baseUrl)
    const moved = await change(body.id, { baseUrl: `http://${world.provider.host}/v2`, key: 'sk-sent-along' })
    expect(moved.body).toMatchObject({ baseUrl: `http://${world.provider.host}/v2`, lastFour: 'long' })
  })

  test('200: the version and deployments of an Azure OpenAI key change without the key', async () => {
    const { body } = await add({
      provider: 'azure_openai',
      key: openAiKey.key,
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
  ])('400: an OpenAI key does not take %j', async (body, pointer) => {
    const { body: key } = await add()
    expect((await change(key.id, body)).body).toMatchObject({ status: 400, errors: [{ pointer }] })
  })

  test('204: a removed key is deleted', async () => {
    const { body } = await add()
    expect((await remove(body.id)).status).toBe(204)
    expect((await list()).body.data).toEqual([])
    expect((await remove(body.id)).body.code).toBe('llm_key_not_found')
    expect((await change(body.id, { key: openAiKey.key })).body.code).toBe('llm_key_not_found')
    expect(
      (await world.t.database.query('select from llm_keys where workspace_id = $1', [workspace.uuid]))
        .rowCount,
    ).toBe(0)
    expect((await add()).status).toBe(201)
  })
})
