import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, testApp } from '../../test/app.ts'
import { createBuyers, order } from '../../test/buyers.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

const { addWorkspace, buy, readTopUpCredits, listPurchases, expectAllAddsUp, subscribe } = createBuyers(
  () => world,
)

describe('GET /v1/purchases', () => {
  test('200: newest first, page by page', async () => {
    const workspace = await addWorkspace('success')
    const ids: string[] = []
    for (const quantity of [1, 2, 3]) {
      ids.unshift((await buy(workspace, { body: { ...order, quantity } })).body.id)
      world.clock.advance(1)
    }
    const first = await world.request('GET', '/v1/purchases?limit=2', { key: workspace.key })
    const rest = await world.request('GET', `/v1/purchases?limit=2&cursor=${first.body.nextCursor}`, {
      key: workspace.key,
    })
    expect([...first.body.data, ...rest.body.data].map(({ id }) => id)).toEqual(ids)
    expect(rest.body.nextCursor).toBeNull()
  })
})

describe('GET /v1/purchases/{id}', () => {
  test('200: the receipt keeps the buyer’s name from the time of payment', async () => {
    const owner = await world.signUp({ name: 'Grace' })
    await subscribe(owner.workspaceId, 'starter')
    const asOwner = { cookie: owner.cookie }
    await world.request('POST', '/v1/payment-methods', { ...asOwner, body: { testCard: 'success' } })
    const { body } = await world.request('POST', '/v1/purchases', { ...asOwner, body: order })
    const { name } = (await world.request('GET', '/v1/workspace', asOwner)).body
    await world.request('PATCH', '/v1/workspace', { ...asOwner, body: { name: 'Renamed' } })
    const detail = await world.request('GET', `/v1/purchases/${body.id}`, asOwner)
    expect(detail.status).toBe(200)
    expect(detail.body.receipt).toEqual({
      ...(body.receipt as object),
      issuedAt: body.settledAt,
      seller: { name: 'Talktime', address: null, taxId: null },
      buyer: { name, email: owner.email },
      tax: null,
    })
  })

  test('200: the receipt states the tax that the price includes', async () => {
    const { request } = await world.addProcess({
      config: {
        publicUrl: 'https://voices.example.com',
        seller: {
          name: 'Voices GmbH',
          address: 'Berlin',
          taxId: 'DE1',
          tax: { name: 'VAT', percent: 19 },
        },
      },
    })
    const workspace = await addWorkspace('success')
    const bought = await request('POST', '/v1/purchases', { key: workspace.key, body: order })
    const { body } = await request('GET', `/v1/purchases/${bought.body.id}`, { key: workspace.key })
    expect(body.receipt).toMatchObject({
      url: `https://voices.example.com/billing/receipts/${bought.body.id}`,
      seller: { name: 'Voices GmbH', address: 'Berlin', taxId: 'DE1' },
      tax: { name: 'VAT', percent: 19, amount: { minor: 383, currency: 'USD' } },
    })
  })

  test('200: an operator’s key need not name the workspace', async () => {
    const { body } = await buy(await addWorkspace('success'))
    const { status } = await world.request('GET', `/v1/purchases/${body.id}`, { key: world.operatorKey })
    expect(status).toBe(200)
  })

  test('404: the purchase is of another workspace, unknown, or not an id', async () => {
    const { body } = await buy(await addWorkspace('success'))
    for (const id of [body.id, `pur_${'0'.repeat(32)}`, 'pur_7', 'nothing']) {
      expect(await world.request('GET', `/v1/purchases/${id}`, { key: world.workspaceKey })).toMatchObject({
        status: 404,
        body: { code: 'purchase_not_found' },
      })
    }
  })
})

describe('POST /v1/purchases/{id}/cancel', () => {
  const cancel = (workspace: KeyedWorkspace, id: string) =>
    world.request('POST', `/v1/purchases/${id}/cancel`, { key: workspace.key })

  test('200: cancels a purchase that waits for the bank, which can then no longer be confirmed', async () => {
    const workspace = await addWorkspace('requires_action')
    const { body } = await buy(workspace)
    const path = new URL(String(body.actionUrl)).pathname
    expect(await cancel(workspace, body.id)).toMatchObject({
      status: 200,
      body: { status: 'failed', failure: { code: 'canceled' }, actionUrl: null },
    })
    await world.request('POST', `${path}/confirm`)
    expect(await listPurchases(workspace)).toMatchObject([{ status: 'failed' }])
    expect(await readTopUpCredits(workspace)).toBe(0)
    await expectAllAddsUp()
  })

  test('200: a purchase that is over stays as it is', async () => {
    const workspace = await addWorkspace('success')
    const { body } = await buy(workspace)
    expect(await cancel(workspace, body.id)).toMatchObject({ status: 200, body: { status: 'succeeded' } })
  })

  test('404: the purchase is of another workspace', async () => {
    const { body } = await buy(await addWorkspace('requires_action'))
    expect(await cancel(await addWorkspace(), body.id)).toMatchObject({
      status: 404,
      body: { code: 'purchase_not_found' },
    })
  })
})

describe('live', () => {
  test('purchases and cards are announced as events', async () => {
    const workspace = await addWorkspace('success')
    await buy(workspace)
    const { rows } = await world.database.query<{ topic: string }>(
      'select distinct topic from events where workspace_id = $1 order by topic',
      [workspace.uuid],
    )
    expect(rows.map(({ topic }) => topic)).toEqual(expect.arrayContaining(['payment_method', 'purchase']))
  })
})
