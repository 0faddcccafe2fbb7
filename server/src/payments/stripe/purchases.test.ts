import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyedWorkspace, TestAnswer } from '../../../test/app.ts'
import type { StripeTestCard } from '../../../test/stripe/books-state.ts'
import { openStripeWorld, type StripeWorld } from '../../../test/stripe/world.ts'
import { verifyLedger } from '../../ledger/index.ts'
import { publicId, uuidFrom } from '../../public-ids.ts'

import { verifyPayments } from '../verify.ts'

let world: StripeWorld
beforeAll(async () => {
  world = await openStripeWorld()
})
afterAll(() => world.close())

const order = { packageId: 'credits_100', quantity: 2 }
const charge = /payment_intents$/
const lost = { kind: 'connection_lost', when: 'after' } as const

function buy(workspace: KeyedWorkspace, via = world.request): Promise<TestAnswer> {
  return via('POST', '/v1/purchases', { key: workspace.key, body: order })
}

async function read(workspace: KeyedWorkspace, purchase: string) {
  return (await world.request('GET', `/v1/purchases/${purchase}`, { key: workspace.key })).body
}

/** Reads why a purchase failed, as auto-reload and renewals see it. */
async function readFailure(purchase: string): Promise<unknown> {
  const { rows } = await world.test.database.query(
    'select status, failure_code as code, decline_class as class from purchases where id = $1',
    [uuidFrom('purchase', purchase)],
  )
  return rows[0]
}

/** Expects one charge and its credits once, in books that add up. */
async function expectPaidOnce(workspace: KeyedWorkspace, purchase: string): Promise<void> {
  expect(await read(workspace, purchase)).toMatchObject({ status: 'succeeded', actionUrl: null })
  const paid = world.findPayments(purchase).filter(({ status }) => status === 'succeeded')
  expect(paid).toMatchObject([{ amount_received: 2400, currency: 'usd' }])
  const { body } = await world.request('GET', '/v1/transactions', { key: workspace.key })
  expect(body.data.filter(({ purchaseId }) => purchaseId === purchase)).toMatchObject([
    { kind: 'top_up', amount: { credits: 200 } },
  ])
  await expectAllAddsUp()
}

/** Expects no charge and no credits, in books that add up. */
async function expectUnpaid(workspace: KeyedWorkspace, purchase: string): Promise<void> {
  expect(world.findPayments(purchase).filter(({ status }) => status === 'succeeded')).toEqual([])
  const { body } = await world.request('GET', '/v1/transactions', { key: workspace.key })
  expect(body.data.filter(({ kind }) => kind === 'top_up')).toEqual([])
  await expectAllAddsUp()
}

async function expectAllAddsUp(): Promise<void> {
  expect(await verifyLedger(world.test.database)).toEqual([])
  expect(await verifyPayments(world.test.database)).toEqual([])
}

describe('buying credits', () => {
  test('charges the card once, whatever events come late or in any order', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    const { status, body } = await buy(workspace)
    expect([status, body.status]).toEqual([201, 'succeeded'])
    const succeeded = world.stripe.lastEvent('payment_intent.succeeded')
    const failed = { ...succeeded, id: 'evt_before_it', type: 'payment_intent.payment_failed' }
    for (const event of [succeeded, failed, succeeded])
      expect((await world.sendEvent(event)).status).toBe(200)
    world.test.clock.advance(3 * 24 * 3_600_000)
    expect((await world.sendEvent({ ...succeeded, id: 'evt_late' })).status).toBe(200)
    await expectPaidOnce(workspace, body.id)
  })

  test('ends by Stripe’s event if the answer was lost', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    world.stripe.fail('POST', charge, lost, lost)
    const { status, body } = await buy(workspace)
    expect([status, body.status]).toEqual([201, 'pending'])
    const event = world.stripe.lastEvent('payment_intent.succeeded')
    const sent = [world.sendEvent(event), world.sendEvent(event, { via: world.other.request })]
    for (const { status } of await Promise.all(sent)) expect(status).toBe(200)
    await expectPaidOnce(workspace, body.id)
  })

  test('ends once if the answer was lost and events and look-ups come at the same time', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    world.stripe.fail('POST', charge, lost, lost)
    const { body } = await buy(workspace)
    world.test.clock.advance(60_000)
    const event = world.stripe.lastEvent('payment_intent.succeeded')
    await Promise.all([
      world.app.payments.reconcileDue(),
      world.other.app.payments.reconcileDue(),
      world.sendEvent(event),
      world.sendEvent({ ...event, id: 'evt_of_another_kind' }, { via: world.other.request }),
      world.browse(`/stripe/return/${body.id}`),
    ])
    await expectPaidOnce(workspace, body.id)
  })

  test('is repeated if Stripe never got the request', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    const never = { kind: 'connection_lost', when: 'before' } as const
    world.stripe.fail('POST', charge, never, never)
    const { body } = await buy(workspace)
    expect(body.status).toBe('pending')
    world.test.clock.advance(60_000)
    await world.app.payments.reconcileDue()
    await expectPaidOnce(workspace, body.id)
  })

  test('adds the credits once if Stripe’s event comes before its answer', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    const { promise: until, resolve: answer } = Promise.withResolvers<void>()
    world.stripe.fail('POST', charge, { kind: 'late', when: 'after', until })
    const before = world.stripe.books.events.length
    const buying = buy(workspace)
    await expect.poll(() => world.stripe.books.events.length).toBe(before + 1)
    const event = world.stripe.lastEvent('payment_intent.succeeded')
    expect((await world.sendEvent(event, { via: world.other.request })).status).toBe(200)
    answer()
    const { status, body } = await buying
    expect([status, body.status]).toEqual([201, 'succeeded'])
    await expectPaidOnce(workspace, body.id)
  })

  test('survives the death of the server right after the charge', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    world.stripe.fail('POST', charge, lost, lost)
    const { body } = await buy(workspace, world.other.request)
    // This is the state that a server leaves that is killed while it waits.
    await world.test.database.query(`update purchases set next_check_at_ms = $1 where status = 'pending'`, [
      world.test.clock.now() + 30_000,
    ])
    world.test.clock.advance(31_000)
    await world.app.runDue()
    await expectPaidOnce(workspace, body.id)
  })

  test.each([
    ['declined', 'card_declined', 'soft'],
    ['insufficient_funds', 'insufficient_funds', 'soft'],
    ['stolen', 'card_declined', 'hard'],
    ['expired', 'expired_card', 'hard'],
  ] as const)('402: a card that is %s fails with %s', async (card, code, declineClass) => {
    const workspace = await world.addWorkspaceWithCard(card)
    const { status, body } = await buy(workspace)
    expect(status).toBe(402)
    expect(body).toMatchObject({ code: 'payment_declined', failure: { code } })
    await world.sendEvent(world.stripe.lastEvent('payment_intent.payment_failed'))
    const purchase = String(body.purchaseId)
    expect(await readFailure(purchase)).toEqual({ status: 'failed', code, class: declineClass })
    await expectUnpaid(workspace, purchase)
  })

  test('waits for a bank that takes a while', async () => {
    const workspace = await world.addWorkspaceWithCard('processing')
    const { body } = await buy(workspace)
    expect(body.status).toBe('pending')
    const [payment] = world.findPayments(body.id)
    if (payment !== undefined) world.stripe.books.endProcessing(payment)
    await world.sendEvent(world.stripe.lastEvent('payment_intent.succeeded'))
    await expectPaidOnce(workspace, body.id)
  })
})

describe('a bank that wants a confirmation', () => {
  async function createWaiting(): Promise<{ workspace: KeyedWorkspace; id: string; actionUrl: string }> {
    const workspace = await world.addWorkspaceWithCard('wants_confirmation')
    const { status, body } = await buy(workspace)
    expect([status, body.status]).toEqual([201, 'requires_action'])
    expect(body.actionUrl).toBe(`https://talktime.example.com/stripe/confirm/${body.id}`)
    await expectUnpaid(workspace, body.id)
    return { workspace, id: body.id, actionUrl: String(body.actionUrl) }
  }

  test('gets it from the customer, who comes back to the purchase', async () => {
    const { workspace, id, actionUrl } = await createWaiting()
    const back = await world.decideAtBank(await world.browse(actionUrl), 'confirm')
    expect(back).toMatch(/^https:\/\/talktime\.example\.com\/stripe\/return\/pur_/)
    expect(await world.browse(back)).toBe(`/billing?purchase=${id}`)
    await expectPaidOnce(workspace, id)
  })

  test('gets it days later, and Stripe reports it', async () => {
    const { workspace, id, actionUrl } = await createWaiting()
    world.test.clock.advance(5 * 24 * 3_600_000)
    await world.app.payments.reconcileDue()
    expect((await read(workspace, id)).status).toBe('requires_action')
    await world.decideAtBank(await world.browse(actionUrl), 'confirm')
    await world.sendEvent(world.stripe.lastEvent('payment_intent.succeeded'))
    await expectPaidOnce(workspace, id)
    // From now on the link leads to the purchase.
    expect(await world.browse(actionUrl)).toBe(`/billing?purchase=${id}`)
  })

  test('charges nothing if the customer declines, and the link leads to the purchase', async () => {
    const { workspace, id, actionUrl } = await createWaiting()
    const back = await world.decideAtBank(await world.browse(actionUrl), 'decline')
    expect(await world.browse(back)).toBe(`/billing?purchase=${id}`)
    expect(await read(workspace, id)).toMatchObject({
      status: 'failed',
      failure: { code: 'authentication_failed' },
    })
    expect(await world.browse(actionUrl)).toBe(`/billing?purchase=${id}`)
    await expectUnpaid(workspace, id)
  })

  test('can be left without a decision, and the purchase waits', async () => {
    const { workspace, id } = await createWaiting()
    expect(await world.browse(`/stripe/return/${id}`)).toBe(`/billing?purchase=${id}`)
    expect((await read(workspace, id)).status).toBe('requires_action')
  })

  test('that cannot be reached leaves the purchase waiting', async () => {
    const { workspace, id, actionUrl } = await createWaiting()
    const away = { kind: 'server_error', when: 'before' } as const
    world.stripe.fail('GET', /payment_intents\/\w+$/, away, away, away, away)
    expect(await world.browse(actionUrl)).toBe(`/billing?purchase=${id}`)
    expect((await read(workspace, id)).status).toBe('requires_action')
  })

  test('cannot get it after the card was removed', async () => {
    const { workspace, id, actionUrl } = await createWaiting()
    const page = await world.browse(actionUrl)
    const cards = await world.request('GET', '/v1/payment-methods', { key: workspace.key })
    await world.request('DELETE', `/v1/payment-methods/${cards.body.data[0]?.id}`, { key: workspace.key })
    await world.decideAtBank(page, 'confirm')
    expect(await read(workspace, id)).toMatchObject({ status: 'failed', failure: { code: 'canceled' } })
    await expectUnpaid(workspace, id)
  })
})

describe('an off-session charge', () => {
  /** Charges what auto-reload would order. */
  async function chargeReload(card: StripeTestCard): Promise<{ workspace: KeyedWorkspace; id: string }> {
    const workspace = await world.addWorkspaceWithCard(card)
    const { payments } = world.app
    const nowMs = world.test.clock.now()
    const purchase = await world.test.app.ledger.changeWorkspace(workspace.uuid, async ({ tx, unit }) => {
      const method = await payments.findDefaultMethod(tx, workspace.uuid)
      if (method === undefined) throw new Error('There is no card')
      return payments.createPurchase(
        tx,
        unit,
        {
          purpose: 'top_up',
          origin: 'auto_reload',
          creditsMs: 12_000_000,
          amountMinor: 2400,
          currency: 'USD',
          description: '2 × 100 credits',
          packageId: 'credits_100',
          quantity: 2,
          method,
        },
        nowMs,
      )
    })
    await payments.charge(purchase)
    return { workspace, id: publicId('purchase', purchase.id) }
  }

  test('is paid', async () => {
    const { workspace, id } = await chargeReload('visa')
    await expectPaidOnce(workspace, id)
  })

  test('that the bank wants confirmed is a decline until the customer confirms it', async () => {
    const { workspace, id } = await chargeReload('wants_confirmation')
    const waiting = await read(workspace, id)
    expect(waiting).toMatchObject({ status: 'requires_action' })
    expect(await readFailure(id)).toEqual({
      status: 'requires_action',
      code: 'authentication_required',
      class: 'action_required',
    })
    await expectUnpaid(workspace, id)
    const page = await world.browse(String(waiting.actionUrl))
    expect(await world.browse(await world.decideAtBank(page, 'confirm'))).toBe(`/billing?purchase=${id}`)
    expect(world.findPayments(id)).toHaveLength(1)
    await expectPaidOnce(workspace, id)
  })
})

test.each(['/stripe/confirm/pur_1', '/stripe/return/pur_1', `/stripe/return/pur_${'0'.repeat(32)}`])(
  '%s leads to billing',
  async (address) => {
    expect(await world.browse(address)).toBe('/billing')
  },
)
