import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { createBuyers, order } from '../../test/buyers.ts'

let world: TestApp
beforeAll(async () => {
  world = await testApp()
})
afterAll(() => world.close())

const { addCard, addWorkspace, buy, readTopUpCredits, listPurchases, subscribe } = createBuyers(() => world)

const purchaseId = expect.stringMatching(/^pur_[0-9a-f]{32}$/)

describe('POST /v1/purchases refuses an order:', () => {
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
})

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
