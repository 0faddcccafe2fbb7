import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createBuyers, order } from '../../test/buyers.ts'
import { instantOf } from '../platform/http/instant.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

const { addCard, addWorkspace, buy, readTopUpCredits, listPurchases, expectAllAddsUp } = createBuyers(
  () => world,
)

const purchaseId = expect.stringMatching(/^pur_[0-9a-f]{32}$/)
const amount = (credits: number) => ({ milliseconds: credits * 60_000, credits })

describe('POST /v1/purchases', () => {
  test('201: charges the card and adds credits that never expire, with a receipt', async () => {
    const workspace = await addWorkspace('success')
    const { status, body } = await buy(workspace)
    expect(status).toBe(201)
    expect(body).toEqual({
      id: purchaseId,
      status: 'succeeded',
      purpose: 'top_up',
      origin: 'manual',
      description: '2 × 100 credits',
      packageId: 'credits_100',
      quantity: 2,
      planId: null,
      credits: amount(200),
      amount: { minor: 2400, currency: 'USD' },
      paymentMethod: { brand: 'visa', lastFour: '4242' },
      actionUrl: null,
      failure: null,
      createdAt: instantOf(world.clock.now()),
      settledAt: instantOf(world.clock.now()),
      receipt: {
        number: expect.stringMatching(/^R-2026-\d{6}$/),
        url: `http://localhost/billing/receipts/${body.id}`,
      },
      balanceAfter: amount(1_200),
    })
    expect(await readTopUpCredits(workspace)).toBe(200)
    const entries = await world.request('GET', '/v1/transactions', { key: workspace.key })
    expect(entries.body.data[0]).toMatchObject({
      kind: 'top_up',
      amount: amount(200),
      purchaseId: body.id,
      reason: '2 × 100 credits',
    })
    const grants = await world.request('GET', '/v1/grants', { key: workspace.key })
    expect(grants.body.data).toContainEqual(
      expect.objectContaining({ kind: 'top_up', expiresAt: null, amount: amount(200) }),
    )
    await expectAllAddsUp()
  })

  test('201: charges the named card, or else the default, which is the newest', async () => {
    const workspace = await addWorkspace('decline')
    const good = await addCard(workspace, 'success')
    const bad = await addCard(workspace, 'decline')
    expect((await buy(workspace)).status).toBe(402)
    const named = await buy(workspace, { body: { ...order, paymentMethodId: good.id } })
    expect(named.body).toMatchObject({ status: 'succeeded', paymentMethod: { lastFour: '4242' } })
    await world.request('DELETE', `/v1/payment-methods/${bad.id}`, { key: workspace.key })
    expect((await buy(workspace)).body).toMatchObject({ status: 'succeeded' })
  })

  test('201: a bank that wants a confirmation leaves the purchase open', async () => {
    const workspace = await addWorkspace('requires_action')
    const { status, body } = await buy(workspace)
    expect(status).toBe(201)
    expect(body).toMatchObject({
      status: 'requires_action',
      actionUrl: expect.stringMatching(/^http:\/\/localhost\/sandbox-bank\/sandbox_charge_[0-9a-f]{32}$/),
      settledAt: null,
      receipt: null,
      balanceAfter: null,
    })
    expect(await readTopUpCredits(workspace)).toBe(0)
  })

  test('201: a purchase with an unknown outcome is pending until reconciliation finds the outcome', async () => {
    const workspace = await addWorkspace('unknown_outcome')
    const { status, body } = await buy(workspace)
    expect(status).toBe(201)
    expect(body).toMatchObject({ status: 'pending', settledAt: null })
    expect(await readTopUpCredits(workspace)).toBe(0)
    world.clock.advance(2_000)
    await world.app.payments.reconcileDue()
    await world.app.payments.reconcileDue()
    const found = await world.request('GET', `/v1/purchases/${body.id}`, { key: workspace.key })
    expect(found.body).toMatchObject({ status: 'succeeded' })
    expect(await readTopUpCredits(workspace)).toBe(200)
    await expectAllAddsUp()
  })

  test('201: a repeated Idempotency-Key returns the first purchase', async () => {
    const workspace = await addWorkspace('success')
    const first = await buy(workspace, { idempotencyKey: 'monday' })
    expect(first.headers['idempotent-replayed']).toBeUndefined()
    const second = await buy(workspace, { idempotencyKey: 'monday' })
    expect(second.status).toBe(201)
    expect(second.body).toEqual(first.body)
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(await readTopUpCredits(workspace)).toBe(200)
  })

  test('201: a repeat continues a purchase whose answer was lost', async () => {
    const workspace = await addWorkspace('unknown_outcome')
    const first = await buy(workspace, { idempotencyKey: 'tuesday' })
    expect(first.body).toMatchObject({ status: 'pending' })
    const second = await buy(workspace, { idempotencyKey: 'tuesday' })
    expect(second.body).toMatchObject({ id: first.body.id, status: 'succeeded' })
    expect(await readTopUpCredits(workspace)).toBe(200)
  })

  test('201: of twenty concurrent requests with one key on two servers, one buys and all return it', async () => {
    const workspace = await addWorkspace('success')
    const other = await world.addProcess()
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        (index % 2 === 0 ? world.request : other.request)('POST', '/v1/purchases', {
          key: workspace.key,
          body: order,
          idempotencyKey: 'double-click',
        }),
      ),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]))
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1)
    expect(await listPurchases(workspace)).toHaveLength(1)
    expect(await readTopUpCredits(workspace)).toBe(200)
    await expectAllAddsUp()
  })

  test('201: a double click without a key buys once; a later order buys again', async () => {
    const workspace = await addWorkspace('unknown_outcome')
    const first = await buy(workspace)
    const again = await buy(workspace)
    expect(again.body).toMatchObject({ id: first.body.id, status: 'succeeded' })
    const third = await buy(workspace)
    expect(third.body.id).not.toBe(first.body.id)
    expect(await listPurchases(workspace)).toHaveLength(2)
  })

  test('201: a key returns its purchase even after its idempotency record was deleted', async () => {
    const workspace = await addWorkspace('success')
    const first = await buy(workspace, { idempotencyKey: 'long-ago' })
    await world.database.query(`delete from idempotency_keys where key = 'long-ago'`)
    const again = await buy(workspace, { idempotencyKey: 'long-ago' })
    expect(again.body).toEqual(first.body)
    expect(await listPurchases(workspace)).toHaveLength(1)
  })

  test('201: an idempotency key is valid in its own workspace only', async () => {
    const [one, two] = [await addWorkspace('success'), await addWorkspace('success')]
    const first = await buy(one, { idempotencyKey: 'same' })
    const second = await buy(two, { idempotencyKey: 'same' })
    expect(second.status).toBe(201)
    expect(second.body.id).not.toBe(first.body.id)
  })
})
