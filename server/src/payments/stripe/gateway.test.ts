import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { findPayments, stripeBench } from '../../../test/stripe/bench.ts'
import type { StripeTestCard } from '../../../test/stripe/books-state.ts'
import { type FakeStripe, startFakeStripe } from '../../../test/stripe/fake-stripe.ts'
import { virtualClock } from '../../platform/clock.ts'
import type { ChargeRequest } from '../gateway.ts'
import { gatewayContract } from '../gateway-contract.test-suite.ts'
import { openClient } from './client.ts'
import { createStripeGateway, type StripeGateway } from './gateway.ts'

let stripe: FakeStripe
let gateway: StripeGateway
let reported: unknown[] = []
const clock = virtualClock(Date.parse('2026-11-22T10:00:00Z'))
beforeAll(async () => {
  stripe = await startFakeStripe(clock)
  gateway = open()
})
afterAll(() => stripe.close())

function open(options: { secretKey?: string; chargeMsMax?: number } = {}): StripeGateway {
  const { secretKey = stripe.secretKey, ...times } = options
  const client = openClient({ secretKey, apiHost: stripe.url })
  return createStripeGateway({ client, clock, onError: (error) => reported.push(error), ...times })
}

function intentOn(card: StripeTestCard, about: Partial<ChargeRequest> = {}): ChargeRequest {
  const customer = stripe.books.makeCustomer({})
  const purchaseId = randomUUID()
  return {
    purchaseId,
    workspaceId: randomUUID(),
    amountMinor: 2400,
    currency: 'USD',
    customerRef: customer.id,
    methodRef: stripe.books.addMethod(customer.id, card).id,
    chargeRef: null,
    offSession: false,
    description: '2 × 100 credits',
    returnUrl: `https://talktime.example.com/billing?purchase=${purchaseId}`,
    ...about,
  }
}

const charge = /payment_intents$/
const payment = /payment_intents\/\w+$/

describe('Stripe keeps the contract of gateways', () => {
  for (const { name, run } of gatewayContract) test(name, () => run(stripeBench(stripe, gateway)))
})

describe('a charge whose answer says nothing is unknown, and the same one comes out in the end', () => {
  const lost = { kind: 'connection_lost' } as const
  const broken = { kind: 'server_error' } as const
  test.each([
    [
      'the connection broke before anything was done',
      [
        { ...lost, when: 'before' },
        { ...lost, when: 'before' },
      ],
      'not_found',
    ],
    [
      'the connection broke after it was charged',
      [
        { ...lost, when: 'after' },
        { ...lost, when: 'after' },
      ],
      'succeeded',
    ],
    ['Stripe failed before anything was done', [{ ...broken, when: 'before' }], 'not_found'],
    ['Stripe failed after it was charged', [{ ...broken, when: 'after' }], 'succeeded'],
    ['Stripe was asked too often', [{ kind: 'rate_limited' }], 'not_found'],
    ['Stripe did not know our key', [{ kind: 'wrong_key' }], 'not_found'],
  ] as const)('%s', async (_what, faults, truth) => {
    const intent = intentOn('visa')
    stripe.fail('POST', charge, ...faults)
    expect(await gateway.charge(intent)).toEqual({ outcome: 'unknown' })
    expect((await gateway.lookUp(intent)).outcome).toBe(truth)
    // What Stripe answered stands for a day under the key, a failure too.
    stripe.forgetKeys()
    if (truth === 'not_found') await gateway.charge(intent)
    expect((await gateway.lookUp(intent)).outcome).toBe('succeeded')
    expect(await stripeBench(stripe, gateway).taken(intent.purchaseId)).toEqual([2400])
  })

  test('it takes too long', async () => {
    const intent = intentOn('visa')
    const { promise: until, resolve: goOn } = Promise.withResolvers<void>()
    stripe.fail('POST', charge, { kind: 'late', when: 'after', until })
    expect(await open({ chargeMsMax: 50 }).charge(intent)).toEqual({ outcome: 'unknown' })
    // Somebody else asks while it is not over.
    expect(await gateway.charge(intent)).toEqual({ outcome: 'unknown' })
    goOn()
    expect((await gateway.lookUp(intent)).outcome).toBe('succeeded')
    expect(await stripeBench(stripe, gateway).taken(intent.purchaseId)).toEqual([2400])
  })

  test('a connection that breaks is tried again under the same key', async () => {
    const intent = intentOn('visa')
    stripe.fail('POST', charge, { kind: 'connection_lost', when: 'after' })
    expect((await gateway.charge(intent)).outcome).toBe('succeeded')
    const keys = stripe.requests.filter(({ path }) => charge.test(path)).slice(-2)
    expect(keys.map(({ idempotencyKey }) => idempotencyKey)).toEqual([intent.purchaseId, intent.purchaseId])
    expect(findPayments(stripe, intent.purchaseId)).toHaveLength(1)
  })

  test('what failed is told to those who run the server', async () => {
    reported = []
    stripe.fail('POST', charge, { kind: 'wrong_key' })
    await gateway.charge(intentOn('visa'))
    expect(reported).toMatchObject([
      { type: 'StripeAuthenticationError', statusCode: 401, requestId: expect.stringMatching(/^req_/) },
    ])
    const customerRef = stripe.books.makeCustomer({}).id
    await gateway.charge(intentOn('visa', { customerRef }))
    expect(reported[1]).toMatchObject({ type: 'StripeInvalidRequestError', param: 'payment_method' })
    expect(reported[1]).not.toHaveProperty('raw')
  })
})

test('a look-up that Stripe does not answer is unknown, never not found', async () => {
  const intent = intentOn('visa')
  const { outcome } = await gateway.charge(intent)
  expect(outcome).toBe('succeeded')
  stripe.fail('GET', charge, { kind: 'wrong_key' })
  expect(await gateway.lookUp(intent)).toEqual({ outcome: 'unknown' })
  stripe.fail('GET', payment, { kind: 'rate_limited' }, { kind: 'rate_limited' })
  expect(await gateway.lookUp({ ...intent, chargeRef: 'pi_1' })).toEqual({ outcome: 'unknown' })
})

test('a charge that Stripe gave out and does not know any more is unknown, never not found', async () => {
  expect(await gateway.lookUp(intentOn('visa', { chargeRef: 'pi_gone' }))).toEqual({ outcome: 'unknown' })
})

test('a purchase is found behind many others', async () => {
  const intent = intentOn('visa')
  await gateway.charge(intent)
  for (let later = 0; later < 5; later += 1) {
    await gateway.charge({ ...intent, purchaseId: randomUUID() })
  }
  stripe.setPageMax(2)
  expect((await gateway.lookUp(intent)).outcome).toBe('succeeded')
  expect(await gateway.lookUp({ ...intent, purchaseId: randomUUID() })).toEqual({ outcome: 'not_found' })
  stripe.setPageMax(100)
})

test('a repeat is answered with how the charge is now, not with how it was', async () => {
  const intent = intentOn('wants_confirmation')
  expect((await gateway.charge(intent)).outcome).toBe('requires_action')
  const [made] = findPayments(stripe, intent.purchaseId)
  if (made !== undefined) stripe.books.decideAtBank(made, 'confirm')
  expect(await gateway.charge(intent)).toEqual({ outcome: 'succeeded', chargeRef: made?.id })
})

test('a bank that takes its time is pending, and succeeds later', async () => {
  const intent = intentOn('processing')
  const outcome = await gateway.charge(intent)
  expect(outcome.outcome).toBe('pending')
  const [made] = findPayments(stripe, intent.purchaseId)
  if (made !== undefined) stripe.books.endProcessing(made)
  expect((await gateway.lookUp(intent)).outcome).toBe('succeeded')
})

describe('a charge that no bank has answered', () => {
  /** Stripe fails in the middle: the charge is written there, and no bank was asked. */
  async function half(): Promise<ChargeRequest> {
    const intent = intentOn('visa')
    stripe.fail('POST', charge, { kind: 'server_error', when: 'before' })
    expect(await gateway.charge(intent)).toEqual({ outcome: 'unknown' })
    stripe.books.draftPayment({
      amount: '2400',
      currency: 'usd',
      customer: intent.customerRef,
      payment_method: intent.methodRef,
      metadata: { talktime_purchase: `pur_${intent.purchaseId.replaceAll('-', '')}` },
    })
    return intent
  }

  test('is pending: it may be made just now', async () => {
    const intent = await half()
    expect((await gateway.lookUp(intent)).outcome).toBe('pending')
    clock.advance(9 * 60_000)
    expect((await gateway.lookUp(intent)).outcome).toBe('pending')
  })

  test('is given up after a while, so that it is never made', async () => {
    const intent = await half()
    clock.advance(11 * 60_000)
    expect(await gateway.lookUp(intent)).toMatchObject({
      outcome: 'declined',
      code: 'processing_error',
      class: 'soft',
    })
    expect(findPayments(stripe, intent.purchaseId)).toMatchObject([{ status: 'canceled' }])
  })
})

describe('with nobody before the screen', () => {
  test('a bank that wants a confirmation can have it later, for the same charge', async () => {
    const intent = intentOn('wants_confirmation', { offSession: true })
    const outcome = await gateway.charge(intent)
    expect(outcome).toEqual({
      outcome: 'requires_action',
      chargeRef: expect.stringMatching(/^pi_/),
      actionUrl: `/stripe/confirm/pur_${intent.purchaseId.replaceAll('-', '')}`,
    })
    // Stripe was told that nobody is there: it asked no bank for a confirmation, and sent nobody anywhere.
    expect(findPayments(stripe, intent.purchaseId)).toMatchObject([
      { status: 'requires_payment_method', last_payment_error: { code: 'authentication_required' } },
    ])
    const waiting = {
      chargeRef: 'chargeRef' in outcome ? (outcome.chargeRef ?? '') : '',
      purchaseId: intent.purchaseId,
      returnUrl: intent.returnUrl,
    }
    const page = await gateway.confirmationUrl(waiting)
    expect(page).toMatch(/\/bank\/pi_/)
    expect(await gateway.confirmationUrl(waiting)).toBe(page)
    expect(findPayments(stripe, intent.purchaseId)).toHaveLength(1)
  })

  test('a confirmation that fails then is a decline that may be tried again', async () => {
    const intent = intentOn('wants_confirmation', { offSession: true })
    const outcome = await gateway.charge(intent)
    if (outcome.outcome === 'requires_action')
      await stripeBench(stripe, gateway).finish(outcome.actionUrl, 'decline')
    expect(await gateway.lookUp(intent)).toMatchObject({
      outcome: 'declined',
      code: 'authentication_failed',
      class: 'soft',
    })
  })

  test('one that waits can be given up', async () => {
    const intent = intentOn('wants_confirmation', { offSession: true })
    await gateway.charge(intent)
    expect(await gateway.cancel(intent)).toMatchObject({ outcome: 'declined', code: 'canceled' })
    expect(findPayments(stripe, intent.purchaseId)).toMatchObject([{ status: 'canceled' }])
  })
})

test('a charge of another amount than the purchase’s counts for nothing', async () => {
  const intent = intentOn('visa')
  await gateway.charge(intent)
  await expect(gateway.lookUp({ ...intent, amountMinor: 4800 })).rejects.toThrow('is not the charge of')
})

test('a charge of another purchase counts for nothing', async () => {
  const intent = intentOn('visa')
  const outcome = await gateway.charge(intent)
  const chargeRef = 'chargeRef' in outcome ? outcome.chargeRef : null
  await expect(gateway.lookUp({ ...intent, chargeRef, purchaseId: randomUUID() })).rejects.toThrow(
    'is not the charge',
  )
})

test('currencies that Stripe counts in hundredths are charged in hundredths', async () => {
  const intent = intentOn('visa', { amountMinor: 5, currency: 'ISK' })
  expect((await gateway.charge(intent)).outcome).toBe('succeeded')
  expect(findPayments(stripe, intent.purchaseId)).toMatchObject([{ amount: 500, currency: 'isk' }])
})

test('the customer has the workspace’s name, also when the first answer got lost', async () => {
  const lost = { kind: 'connection_lost', when: 'after' } as const
  stripe.fail('POST', /customers$/, lost, lost)
  const workspaceId = randomUUID()
  const workspace = { workspaceId, name: 'Acme', email: 'ada@example.com' }
  await expect(gateway.customer(workspace)).rejects.toMatchObject({ code: 'unavailable' })
  const ref = await gateway.customer({ ...workspace, name: 'Acme Ltd' })
  const name = `ws_${workspaceId.replaceAll('-', '')}`
  const made = [...stripe.books.customers.values()].filter(
    ({ metadata }) => 'talktime_workspace' in metadata && metadata.talktime_workspace === name,
  )
  expect(made).toMatchObject([{ id: ref, name: 'Acme Ltd', email: 'ada@example.com' }])
})

describe('cards', () => {
  const returnUrl = 'https://talktime.example.com/billing'

  test('are typed in on Stripe’s page, and told by what it set up', async () => {
    const customerRef = await gateway.customer({ workspaceId: randomUUID(), name: 'Acme', email: null })
    const answer = await gateway.addMethod(customerRef, { testCard: undefined, returnUrl })
    expect(answer).toEqual({ kind: 'set_up', setupUrl: expect.stringMatching(/^http.*\/checkout\/cs_/) })
    const session = [...stripe.books.sessions.values()].at(-1)
    if (session === undefined) throw new Error('There is no page')
    expect(await gateway.savedCard({ sessionId: session.id })).toBeUndefined()
    const back = stripe.books.typeInCard(session, 'visa')
    expect(back).toBe(`https://talktime.example.com/stripe/card?session=${session.id}`)
    const card = {
      customerRef,
      method: { methodRef: expect.any(String), brand: 'visa', lastFour: '4242', expMonth: 12, expYear: 2034 },
    }
    expect(await gateway.savedCard({ sessionId: session.id })).toEqual(card)
    expect(await gateway.savedCard({ setupIntentId: session.setup_intent })).toEqual(card)
  })

  test('of the sandbox are refused, with what to send', async () => {
    const adding = gateway.addMethod('cus_1', { testCard: 'success', returnUrl })
    await expect(adding).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/testCard' }],
    })
  })

  test('that Stripe does not know are none', async () => {
    expect(await gateway.savedCard({ sessionId: 'cs_nobody' })).toBeUndefined()
    expect(await gateway.savedCard({ setupIntentId: 'seti_nobody' })).toBeUndefined()
  })

  test('that Stripe detached at once are none', async () => {
    const customer = stripe.books.makeCustomer({})
    const session = stripe.books.makeSession({ customer: customer.id, success_url: returnUrl })
    stripe.books.typeInCard(session, 'visa')
    const method = [...stripe.books.methods.values()].at(-1)
    if (method !== undefined) stripe.books.detach(method)
    expect(await gateway.savedCard({ sessionId: session.id })).toBeUndefined()
  })

  test('are forgotten although Stripe never knew them', async () => {
    await expect(gateway.removeMethod('cus_1', 'pm_nobody')).resolves.toBeUndefined()
  })

  test('that cannot be removed now are told as such', async () => {
    const { customerRef, methodRef } = intentOn('visa')
    stripe.fail('POST', /detach$/, { kind: 'wrong_key' })
    await expect(gateway.removeMethod(customerRef, methodRef)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
