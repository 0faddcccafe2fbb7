import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openStripeWorld, type StripeWorld } from '../../../test/stripe/world.ts'

let world: StripeWorld
beforeAll(async () => {
  world = await openStripeWorld()
})
afterAll(() => world.close())

const order = { packageId: 'credits_100', quantity: 1 }
const event = (type: string, object: object) => ({
  id: `evt_${Math.random().toString(36).slice(2)}`,
  object: 'event' as const,
  type,
  data: { object },
})

async function countProcessed(): Promise<number> {
  const { rows } = await world.test.database.query<{ count: number }>(
    'select count(*)::integer as count from gateway_events',
  )
  return rows[0]?.count ?? 0
}

describe('POST /webhooks/stripe', () => {
  const nothing = event('payment_intent.succeeded', { id: 'pi_1', metadata: {} })

  test('200: a signed event', async () => {
    const { status, body } = await world.sendEvent(nothing)
    expect([status, body]).toEqual([200, { received: true }])
  })

  test('400: an event without a signature', async () => {
    const { status, body } = await world.request('POST', '/webhooks/stripe', { body: nothing })
    expect(status).toBe(400)
    expect(body).toMatchObject({
      code: 'invalid_request',
      detail: 'The header Stripe-Signature is missing.',
      errors: [{ pointer: '/Stripe-Signature' }],
    })
  })

  test.each([
    ['with another secret', { secret: 'whsec_of_somebody_else' }],
    ['six minutes ago', { atMs: Date.parse('2026-11-22T09:54:00Z') }],
  ])('400: an event that was signed %s; the response reveals nothing', async (_how, options) => {
    const before = await countProcessed()
    const { status, body } = await world.sendEvent(event('charge.refunded', {}), options)
    expect(status).toBe(400)
    expect(body).toMatchObject({
      code: 'invalid_request',
      detail: 'The header Stripe-Signature does not match this body.',
    })
    expect(JSON.stringify(body)).not.toMatch(/whsec|tolerance|secret/i)
    expect(await countProcessed()).toBe(before)
  })

  test('400: an event that was changed in transit', async () => {
    const { headers } = await sign(nothing)
    const { status } = await world.request('POST', '/webhooks/stripe', {
      body: { ...nothing, type: 'payment_intent.canceled' },
      headers,
    })
    expect(status).toBe(400)
  })

  test.each(['GET', 'PUT', 'DELETE'] as const)('405: %s', async (method) => {
    const { status, headers } = await world.request(method, '/webhooks/stripe')
    expect([status, headers.allow]).toEqual([405, 'POST'])
  })

  test.each([
    [
      'an unknown purchase',
      'payment_intent.succeeded',
      { metadata: { talktime_purchase: `pur_${'0'.repeat(32)}` } },
    ],
    ['no purchase at all', 'payment_intent.succeeded', { metadata: {} }],
    [
      'something that is not an id',
      'payment_intent.succeeded',
      { metadata: { talktime_purchase: "'; drop table purchases" } },
    ],
    ['a card of another account', 'setup_intent.succeeded', { id: 'seti_elsewhere' }],
    ['a page of another account', 'checkout.session.completed', { id: 'cs_elsewhere', mode: 'setup' }],
    ['a payment on another page', 'checkout.session.completed', { id: 'cs_1', mode: 'payment' }],
    ['something else', 'invoice.paid', { id: 'in_1' }],
  ])('200: an event about %s changes nothing', async (_what, type, object) => {
    const sent = event(type, { id: 'pi_1', ...object })
    const before = await countProcessed()
    expect((await world.sendEvent(sent)).status).toBe(200)
    expect((await world.sendEvent(sent)).status).toBe(200)
    expect(await countProcessed()).toBe(before + 1)
  })

  test('200: an event with false claims is not believed', async () => {
    const workspace = await world.addWorkspaceWithCard('wants_confirmation')
    const { body } = await world.request('POST', '/v1/purchases', { key: workspace.key, body: order })
    const forged = event('payment_intent.succeeded', {
      id: 'pi_lie',
      status: 'succeeded',
      amount: 1200,
      amount_received: 1200,
      metadata: { talktime_purchase: body.id },
    })
    expect((await world.sendEvent(forged)).status).toBe(200)
    const purchase = await world.request('GET', `/v1/purchases/${body.id}`, { key: workspace.key })
    expect(purchase.body.status).toBe('requires_action')
  })

  test('503: a card that cannot be retrieved now; Stripe sends the event again', async () => {
    const workspace = await world.test.addWorkspace()
    world.stripe.books.typeInCard(await world.openCardPage(workspace), 'visa')
    const sent = world.stripe.lastEvent('setup_intent.succeeded')
    world.stripe.fail('GET', /setup_intents/, { kind: 'wrong_key' })
    const { status, text } = await world.sendEvent(sent)
    expect(status).toBe(503)
    expect(text).not.toContain(world.stripe.secretKey)
    expect((await world.sendEvent(sent)).status).toBe(200)
    const { body } = await world.request('GET', '/v1/payment-methods', { key: workspace.key })
    expect(body.data).toMatchObject([{ brand: 'visa', lastFour: '4242', isDefault: true }])
  })
})

/** Returns the headers with which Stripe signs an event. */
async function sign(signedEvent: ReturnType<typeof event>): Promise<{ headers: Record<string, string> }> {
  let headers: Record<string, string> = {}
  await world.sendEvent(signedEvent, {
    async via(_method, _path, options) {
      headers = { ...options?.headers }
      return world.request('GET', '/healthz')
    },
  })
  return { headers }
}
