import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type KeyedWorkspace, type TestApp, type TestBody, testApp } from '../../test/app.ts'
import { verifyLedger } from '../ledger/index.ts'
import { instantOf } from '../platform/http/instant.ts'
import type { TestCard } from './gateway.ts'
import { verifyPayments } from './verify.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

const purchaseId = expect.stringMatching(/^pur_[0-9a-f]{32}$/)
const amount = (credits: number) => ({ milliseconds: credits * 60_000, credits })
const order = { packageId: 'credits_100', quantity: 2 }

async function addWorkspace(card?: TestCard, planId = 'growth'): Promise<KeyedWorkspace> {
  const workspace = await world.addWorkspace({ planId })
  if (card !== undefined) await addCard(workspace, card)
  return workspace
}

async function addCard(workspace: KeyedWorkspace, testCard: TestCard): Promise<TestBody> {
  const { status, body } = await world.request('POST', '/v1/payment-methods', {
    key: workspace.key,
    body: { testCard },
  })
  expect(status).toBe(201)
  // The newest card is the default, so no two may be added in the same millisecond.
  world.clock.advance(1)
  return body
}

function buy(workspace: KeyedWorkspace, options: { idempotencyKey?: string; body?: unknown } = {}) {
  return world.request('POST', '/v1/purchases', { key: workspace.key, body: order, ...options })
}

async function readTopUpCredits(workspace: KeyedWorkspace): Promise<unknown> {
  const { body } = await world.request<{ topUp: { remaining: { credits: number } } }>('GET', '/v1/balance', {
    key: workspace.key,
  })
  return body.topUp.remaining.credits
}

async function listPurchases(workspace: KeyedWorkspace): Promise<readonly TestBody[]> {
  return (await world.request('GET', '/v1/purchases', { key: workspace.key })).body.data
}

async function expectAllAddsUp(): Promise<void> {
  expect(await verifyLedger(world.database)).toEqual([])
  expect(await verifyPayments(world.database)).toEqual([])
}

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

  test('400: names what is wrong with the order', async () => {
    const workspace = await addWorkspace('success')
    for (const [body, pointer] of [
      [{ packageId: 'credits_100' }, '/quantity'],
      [{ ...order, quantity: 0 }, '/quantity'],
      [{ ...order, quantity: 101 }, '/quantity'],
      [{ ...order, quantity: 1.5 }, '/quantity'],
      [{ ...order, price: 1 }, '/price'],
      [{ quantity: 1 }, '/packageId'],
    ] as const) {
      const answer = await buy(workspace, { body })
      expect(answer).toMatchObject({
        status: 400,
        body: { code: 'invalid_request', errors: [{ pointer }] },
      })
    }
  })

  test('401: without a key or session', async () => {
    expect(await world.request('POST', '/v1/purchases', { body: order })).toMatchObject({ status: 401 })
  })

  test.each([
    ['decline', 'card_declined', '0002'],
    ['insufficient_funds', 'insufficient_funds', '9995'],
  ] as const)('402: the card %s is declined, and nothing is credited', async (card, code, lastFour) => {
    const workspace = await addWorkspace(card)
    const { status, body } = await buy(workspace)
    expect(status).toBe(402)
    expect(body).toMatchObject({ code: 'payment_declined', purchaseId, failure: { code } })
    expect(body.detail).toBe((body.failure as { message: string }).message)
    expect(await readTopUpCredits(workspace)).toBe(0)
    expect(await listPurchases(workspace)).toMatchObject([
      {
        id: body.purchaseId,
        status: 'failed',
        failure: { code },
        receipt: null,
        paymentMethod: { lastFour },
      },
    ])
  })

  test('402: a repeat of a declined purchase stays declined, even with a new card', async () => {
    const workspace = await addWorkspace('decline')
    const first = await buy(workspace, { idempotencyKey: 'wednesday' })
    await addCard(workspace, 'success')
    const second = await buy(workspace, { idempotencyKey: 'wednesday' })
    expect(second.status).toBe(402)
    expect(second.body.purchaseId).toBe(first.body.purchaseId)
    expect(second.headers['idempotent-replayed']).toBe('true')
    expect(await listPurchases(workspace)).toHaveLength(1)
  })

  test('403: the Free plan cannot buy', async () => {
    const workspace = await addWorkspace('success', 'free')
    const { status, body } = await buy(workspace)
    expect(status).toBe(403)
    expect(body).toMatchObject({
      code: 'plan_required',
      detail: expect.stringContaining('Paid plan required'),
    })
    expect(await listPurchases(workspace)).toEqual([])
  })

  test('403: a member can read purchases but not buy', async () => {
    const { member } = await signUpOwnerAndMember()
    const { status, body } = await world.request('POST', '/v1/purchases', { cookie: member, body: order })
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'forbidden' })
    expect((await world.request('GET', '/v1/purchases', { cookie: member })).status).toBe(200)
  })

  test('404: there is no such package or card', async () => {
    const workspace = await addWorkspace('success')
    const stranger = await addWorkspace()
    const foreign = await addCard(stranger, 'success')
    expect(await buy(workspace, { body: { ...order, packageId: 'credits_7' } })).toMatchObject({
      status: 404,
      body: { code: 'package_not_found', detail: expect.stringContaining('credits_100') },
    })
    for (const paymentMethodId of [foreign.id, 'pm_1', workspace.id]) {
      expect(await buy(workspace, { body: { ...order, paymentMethodId } })).toMatchObject({
        status: 404,
        body: { code: 'payment_method_not_found' },
      })
    }
  })

  test('409: there is no card', async () => {
    expect(await buy(await addWorkspace())).toMatchObject({
      status: 409,
      body: { code: 'payment_method_required' },
    })
  })

  test('409: the Idempotency-Key was used for another order, or at another address', async () => {
    const workspace = await addWorkspace('success')
    await buy(workspace, { idempotencyKey: 'thursday' })
    expect(
      await buy(workspace, { idempotencyKey: 'thursday', body: { ...order, quantity: 3 } }),
    ).toMatchObject({ status: 409, body: { code: 'idempotency_mismatch' } })
    await world.request('POST', '/v1/payment-methods', {
      key: workspace.key,
      body: { testCard: 'success' },
      idempotencyKey: 'friday',
    })
    expect(await buy(workspace, { idempotencyKey: 'friday' })).toMatchObject({
      status: 409,
      body: { code: 'idempotency_mismatch' },
    })
    expect(
      await world.request('POST', '/v1/payment-methods', {
        key: workspace.key,
        body: { testCard: 'success' },
        idempotencyKey: 'thursday',
      }),
    ).toMatchObject({ status: 409, body: { code: 'idempotency_mismatch' } })
    expect(await readTopUpCredits(workspace)).toBe(200)
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

async function subscribe(workspaceId: string, planId: string): Promise<void> {
  await world.database.query(
    `update subscriptions s set plan_id = p.id, terms = s.terms || jsonb_build_object('paid', p.paid)
     from plans p where p.id = $2 and replace(s.workspace_id::text, '-', '') = $1`,
    [workspaceId.replace('ws_', ''), planId],
  )
}

/** Signs up an owner and a member of one workspace on a paid plan. Returns their cookies. */
async function signUpOwnerAndMember(): Promise<{ owner: string; member: string }> {
  const owner = await world.signUp()
  await subscribe(owner.workspaceId, 'starter')
  const invitation = await world.request<{ url: string }>('POST', '/v1/invitations', {
    cookie: owner.cookie,
    body: { email: 'colleague@example.com', role: 'member' },
  })
  const token = new URL(invitation.body.url).searchParams.get('token') ?? ''
  const member = await world.signUp({ invitation: token })
  return { owner: owner.cookie, member: member.cookie }
}
