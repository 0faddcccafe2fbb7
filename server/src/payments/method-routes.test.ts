import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, type TestBody, testApp } from '../../test/app.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

const PATH = '/v1/payment-methods'

function ask(workspace: KeyedWorkspace, method: 'GET' | 'POST' | 'DELETE', rest = '', body?: unknown) {
  return world.request(method, `${PATH}${rest}`, {
    key: workspace.key,
    ...(body !== undefined && { body }),
  })
}

async function addCard(workspace: KeyedWorkspace, testCard = 'success'): Promise<TestBody> {
  const { status, body } = await ask(workspace, 'POST', '', { testCard })
  expect(status).toBe(201)
  world.clock.advance(1)
  return body
}

async function readDefaults(workspace: KeyedWorkspace): Promise<Record<string, boolean>> {
  const { body } = await ask(workspace, 'GET')
  return Object.fromEntries(body.data.map((card) => [card.id, card.isDefault === true]))
}

describe('POST /v1/payment-methods', () => {
  test('201: a test card is saved, and the newest is the default', async () => {
    const workspace = await world.addWorkspace()
    const createdAt = new Date(world.clock.now()).toISOString()
    const first = await addCard(workspace, 'requires_action')
    expect(first).toEqual({
      id: expect.stringMatching(/^pm_[0-9a-f]{32}$/),
      brand: 'visa',
      lastFour: '3184',
      expMonth: 12,
      expYear: 2029,
      isDefault: true,
      createdAt,
      testCard: 'requires_action',
    })
    const second = await addCard(workspace)
    expect(await readDefaults(workspace)).toEqual({ [first.id]: false, [second.id]: true })
  })

  test('201: a repeated Idempotency-Key saves one card', async () => {
    const workspace = await world.addWorkspace()
    const once = { key: workspace.key, body: { testCard: 'success' }, idempotencyKey: 'card' }
    const first = await world.request('POST', PATH, once)
    const second = await world.request('POST', PATH, once)
    expect(second.body).toEqual(first.body)
    expect(Object.keys(await readDefaults(workspace))).toEqual([first.body.id])
  })

  test('201: concurrent requests leave one default', async () => {
    const workspace = await world.addWorkspace()
    await Promise.all([addCard(workspace), addCard(workspace), addCard(workspace)])
    expect(Object.values(await readDefaults(workspace)).filter(Boolean)).toEqual([true])
  })

  test('400: the sandbox needs the name of a test card', async () => {
    const workspace = await world.addWorkspace()
    for (const [body, sentence] of [
      [{}, 'success, decline, insufficient_funds, requires_action, unknown_outcome'],
      [{ testCard: 'gold' }, '"testCard" must be one of'],
      [{ number: '4242424242424242' }, 'There is no field "number" here'],
    ] as const) {
      const answer = await ask(workspace, 'POST', '', body)
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', detail: expect.stringContaining(sentence) },
      })
    }
  })

  test('403: members can neither see nor change cards', async () => {
    const owner = await world.signUp()
    const invitation = await world.request<{ url: string }>('POST', '/v1/invitations', {
      cookie: owner.cookie,
      body: { email: 'colleague@example.com', role: 'member' },
    })
    const token = new URL(invitation.body.url).searchParams.get('token') ?? ''
    const { cookie } = await world.signUp({ invitation: token })
    for (const [method, rest] of [
      ['GET', ''],
      ['POST', ''],
      ['POST', '/pm_1/default'],
      ['DELETE', '/pm_1'],
    ] as const) {
      const { status, body } = await world.request(method, PATH + rest, {
        cookie,
        ...(method === 'POST' && rest === '' && { body: { testCard: 'success' } }),
      })
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' })
    }
  })
})

describe('POST /v1/payment-methods/{id}/default', () => {
  test('200: the card is charged from now on', async () => {
    const workspace = await world.addWorkspace()
    const first = await addCard(workspace)
    const second = await addCard(workspace, 'decline')
    const { status, body } = await ask(workspace, 'POST', `/${first.id}/default`, {})
    expect(status).toBe(200)
    expect(body).toEqual({ ...first, isDefault: true })
    expect(await readDefaults(workspace)).toEqual({ [first.id]: true, [second.id]: false })
  })

  test('404: the card is of another workspace, removed, or unknown', async () => {
    const workspace = await world.addWorkspace()
    const stranger = await addCard(await world.addWorkspace())
    const removed = await addCard(workspace)
    await ask(workspace, 'DELETE', `/${removed.id}`)
    for (const id of [stranger.id, removed.id, 'pm_1']) {
      expect(await ask(workspace, 'POST', `/${id}/default`, {})).toMatchObject({
        status: 404,
        body: { code: 'payment_method_not_found' },
      })
    }
  })
})

describe('DELETE /v1/payment-methods/{id}', () => {
  test('204: the newest of the other cards becomes the default', async () => {
    const workspace = await world.addWorkspace()
    const [first, second, third] = [
      await addCard(workspace),
      await addCard(workspace),
      await addCard(workspace),
    ]
    expect((await ask(workspace, 'DELETE', `/${third.id}`)).status).toBe(204)
    expect(await readDefaults(workspace)).toEqual({ [first.id]: false, [second.id]: true })
    expect((await ask(workspace, 'DELETE', `/${first.id}`)).status).toBe(204)
    expect(await readDefaults(workspace)).toEqual({ [second.id]: true })
    expect((await ask(workspace, 'DELETE', `/${second.id}`)).status).toBe(204)
    expect(await readDefaults(workspace)).toEqual({})
  })

  test('204: the card is detached at the bank, and payments that wait for a confirmation are canceled', async () => {
    const workspace = await world.addWorkspace()
    const card = await addCard(workspace, 'requires_action')
    const bought = await world.request('POST', '/v1/purchases', {
      key: workspace.key,
      body: { packageId: 'credits_100', quantity: 1 },
    })
    await ask(workspace, 'DELETE', `/${card.id}`)
    await world.request('POST', `${new URL(String(bought.body.actionUrl)).pathname}/confirm`)
    const { body } = await world.request('GET', `/v1/purchases/${bought.body.id}`, { key: workspace.key })
    expect(body).toMatchObject({ status: 'failed', failure: { code: 'canceled' } })
    const { rows } = await world.database.query(
      `select k.removed, m.forgotten_at_ms is not null as forgotten
       from payment_methods m join sandbox_cards k on k.ref = m.ref where m.workspace_id = $1`,
      [workspace.uuid],
    )
    expect(rows).toEqual([{ removed: true, forgotten: true }])
  })

  test('404: the card was removed before', async () => {
    const workspace = await world.addWorkspace()
    const { id } = await addCard(workspace)
    await ask(workspace, 'DELETE', `/${id}`)
    expect(await ask(workspace, 'DELETE', `/${id}`)).toMatchObject({
      status: 404,
      body: { code: 'payment_method_not_found' },
    })
  })
})

describe('GET /v1/payment-methods', () => {
  test('200: newest first, page by page', async () => {
    const workspace = await world.addWorkspace()
    const [first, second, third] = [
      await addCard(workspace),
      await addCard(workspace),
      await addCard(workspace),
    ]
    const page = await ask(workspace, 'GET', '?limit=2')
    const rest = await ask(workspace, 'GET', `?limit=2&cursor=${page.body.nextCursor}`)
    expect([...page.body.data, ...rest.body.data].map(({ id }) => id)).toEqual([
      third.id,
      second.id,
      first.id,
    ])
    expect(rest.body.nextCursor).toBeNull()
  })
})
