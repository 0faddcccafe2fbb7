import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { gatewayContract } from '../../../test/gateway-contract.ts'
import { findPayments, stripeBench } from '../../../test/stripe/bench.ts'
import type { StripeTestCard } from '../../../test/stripe/books-state.ts'
import { type FakeStripe, startFakeStripe } from '../../../test/stripe/fake-stripe.ts'
import { virtualClock } from '../../platform/clock.ts'
import type { ChargeRequest } from '../gateway.ts'
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

function createRequest(card: StripeTestCard, about: Partial<ChargeRequest> = {}): ChargeRequest {
  const customer = stripe.books.createCustomer({})
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

describe('a charge without a usable answer is unknown until it is looked up', () => {
  const lost = { kind: 'connection_lost' } as const
  const broken = { kind: 'server_error' } as const
  test.each([
    [
      'the connection broke before the charge',
      [
        { ...lost, when: 'before' },
        { ...lost, when: 'before' },
      ],
      'not_found',
    ],
    [
      'the connection broke after the charge',
      [
        { ...lost, when: 'after' },
        { ...lost, when: 'after' },
      ],
      'succeeded',
    ],
    ['Stripe failed before the charge', [{ ...broken, when: 'before' }], 'not_found'],
    ['Stripe failed after the charge', [{ ...broken, when: 'after' }], 'succeeded'],
    ['Stripe limited the rate', [{ kind: 'rate_limited' }], 'not_found'],
    ['Stripe did not accept the key', [{ kind: 'wrong_key' }], 'not_found'],
  ] as const)('%s', async (_what, faults, truth) => {
    const request = createRequest('visa')
    stripe.fail('POST', charge, ...faults)
    expect(await gateway.charge(request)).toEqual({ outcome: 'unknown' })
    expect((await gateway.lookUp(request)).outcome).toBe(truth)
    // Stripe keeps its answer under the key for a day, even a failure.
    stripe.forgetKeys()
    if (truth === 'not_found') await gateway.charge(request)
    expect((await gateway.lookUp(request)).outcome).toBe('succeeded')
    expect(await stripeBench(stripe, gateway).listTaken(request.purchaseId)).toEqual([2400])
  })

  test('the answer took too long', async () => {
    const request = createRequest('visa')
    const { promise: until, resolve: proceed } = Promise.withResolvers<void>()
    stripe.fail('POST', charge, { kind: 'late', when: 'after', until })
    expect(await open({ chargeMsMax: 50 }).charge(request)).toEqual({ outcome: 'unknown' })
    // Another request comes while it is under way.
    expect(await gateway.charge(request)).toEqual({ outcome: 'unknown' })
    proceed()
    expect((await gateway.lookUp(request)).outcome).toBe('succeeded')
    expect(await stripeBench(stripe, gateway).listTaken(request.purchaseId)).toEqual([2400])
  })

  test('a request whose connection broke is repeated under its key', async () => {
    const request = createRequest('visa')
    stripe.fail('POST', charge, { kind: 'connection_lost', when: 'after' })
    expect((await gateway.charge(request)).outcome).toBe('succeeded')
    const keys = stripe.requests.filter(({ path }) => charge.test(path)).slice(-2)
    expect(keys.map(({ idempotencyKey }) => idempotencyKey)).toEqual([request.purchaseId, request.purchaseId])
    expect(findPayments(stripe, request.purchaseId)).toHaveLength(1)
  })

  test('failures are reported to the operator', async () => {
    reported = []
    stripe.fail('POST', charge, { kind: 'wrong_key' })
    await gateway.charge(createRequest('visa'))
    expect(reported).toMatchObject([
      { type: 'StripeAuthenticationError', statusCode: 401, requestId: expect.stringMatching(/^req_/) },
    ])
    const customerRef = stripe.books.createCustomer({}).id
    await gateway.charge(createRequest('visa', { customerRef }))
    expect(reported[1]).toMatchObject({ type: 'StripeInvalidRequestError', param: 'payment_method' })
    expect(reported[1]).not.toHaveProperty('raw')
  })
})

test('a look-up without an answer is unknown, never not found', async () => {
  const request = createRequest('visa')
  const { outcome } = await gateway.charge(request)
  expect(outcome).toBe('succeeded')
  stripe.fail('GET', charge, { kind: 'wrong_key' })
  expect(await gateway.lookUp(request)).toEqual({ outcome: 'unknown' })
  stripe.fail('GET', payment, { kind: 'rate_limited' }, { kind: 'rate_limited' })
  expect(await gateway.lookUp({ ...request, chargeRef: 'pi_1' })).toEqual({ outcome: 'unknown' })
})

test('a charge that Stripe no longer knows is unknown, never not found', async () => {
  expect(await gateway.lookUp(createRequest('visa', { chargeRef: 'pi_gone' }))).toEqual({
    outcome: 'unknown',
  })
})

test('a purchase is found behind many others', async () => {
  const request = createRequest('visa')
  await gateway.charge(request)
  for (let later = 0; later < 5; later += 1) {
    await gateway.charge({ ...request, purchaseId: randomUUID() })
  }
  stripe.setPageMax(2)
  expect((await gateway.lookUp(request)).outcome).toBe('succeeded')
  expect(await gateway.lookUp({ ...request, purchaseId: randomUUID() })).toEqual({ outcome: 'not_found' })
  stripe.setPageMax(100)
})

test('a repeat returns the charge’s current outcome, not the first one', async () => {
  const request = createRequest('wants_confirmation')
  expect((await gateway.charge(request)).outcome).toBe('requires_action')
  const [made] = findPayments(stripe, request.purchaseId)
  if (made !== undefined) stripe.books.decideAtBank(made, 'confirm')
  expect(await gateway.charge(request)).toEqual({ outcome: 'succeeded', chargeRef: made?.id })
})

test('a charge that takes the bank a while is pending, and succeeds later', async () => {
  const request = createRequest('processing')
  const outcome = await gateway.charge(request)
  expect(outcome.outcome).toBe('pending')
  const [made] = findPayments(stripe, request.purchaseId)
  if (made !== undefined) stripe.books.endProcessing(made)
  expect((await gateway.lookUp(request)).outcome).toBe('succeeded')
})

describe('a charge that no bank has answered', () => {
  /** Creates a charge at which Stripe failed halfway: it exists there, but no bank was asked. */
  async function createHalf(): Promise<ChargeRequest> {
    const request = createRequest('visa')
    stripe.fail('POST', charge, { kind: 'server_error', when: 'before' })
    expect(await gateway.charge(request)).toEqual({ outcome: 'unknown' })
    stripe.books.createDraft({
      amount: '2400',
      currency: 'usd',
      customer: request.customerRef,
      payment_method: request.methodRef,
      metadata: { talktime_purchase: `pur_${request.purchaseId.replaceAll('-', '')}` },
    })
    return request
  }

  test('is pending, because it may be under way', async () => {
    const request = await createHalf()
    expect((await gateway.lookUp(request)).outcome).toBe('pending')
    clock.advance(9 * 60_000)
    expect((await gateway.lookUp(request)).outcome).toBe('pending')
  })

  test('is canceled after a while, so that it is never made', async () => {
    const request = await createHalf()
    clock.advance(11 * 60_000)
    expect(await gateway.lookUp(request)).toMatchObject({
      outcome: 'declined',
      code: 'processing_error',
      class: 'soft',
    })
    expect(findPayments(stripe, request.purchaseId)).toMatchObject([{ status: 'canceled' }])
  })
})

describe('off session', () => {
  test('a charge that the bank wants confirmed can be confirmed later', async () => {
    const request = createRequest('wants_confirmation', { offSession: true })
    const outcome = await gateway.charge(request)
    expect(outcome).toEqual({
      outcome: 'requires_action',
      chargeRef: expect.stringMatching(/^pi_/),
      actionUrl: `/stripe/confirm/pur_${request.purchaseId.replaceAll('-', '')}`,
    })
    // Off session, Stripe asks no bank for a confirmation and creates no page.
    expect(findPayments(stripe, request.purchaseId)).toMatchObject([
      { status: 'requires_payment_method', last_payment_error: { code: 'authentication_required' } },
    ])
    const waiting = {
      chargeRef: 'chargeRef' in outcome ? (outcome.chargeRef ?? '') : '',
      purchaseId: request.purchaseId,
      returnUrl: request.returnUrl,
    }
    const page = await gateway.findConfirmationUrl(waiting)
    expect(page).toMatch(/\/bank\/pi_/)
    expect(await gateway.findConfirmationUrl(waiting)).toBe(page)
    expect(findPayments(stripe, request.purchaseId)).toHaveLength(1)
  })

  test('a confirmation that fails later is a soft decline', async () => {
    const request = createRequest('wants_confirmation', { offSession: true })
    const outcome = await gateway.charge(request)
    if (outcome.outcome === 'requires_action')
      await stripeBench(stripe, gateway).finish(outcome.actionUrl, 'decline')
    expect(await gateway.lookUp(request)).toMatchObject({
      outcome: 'declined',
      code: 'authentication_failed',
      class: 'soft',
    })
  })

  test('a charge that waits can be canceled', async () => {
    const request = createRequest('wants_confirmation', { offSession: true })
    await gateway.charge(request)
    expect(await gateway.cancel(request)).toMatchObject({ outcome: 'declined', code: 'canceled' })
    expect(findPayments(stripe, request.purchaseId)).toMatchObject([{ status: 'canceled' }])
  })
})

test('a charge of another amount does not pay the purchase', async () => {
  const request = createRequest('visa')
  await gateway.charge(request)
  await expect(gateway.lookUp({ ...request, amountMinor: 4800 })).rejects.toThrow('is not the charge of')
})

test('a charge of another purchase does not pay the purchase', async () => {
  const request = createRequest('visa')
  const outcome = await gateway.charge(request)
  const chargeRef = 'chargeRef' in outcome ? outcome.chargeRef : null
  await expect(gateway.lookUp({ ...request, chargeRef, purchaseId: randomUUID() })).rejects.toThrow(
    'is not the charge',
  )
})

test('currencies that Stripe counts in hundredths are charged in hundredths', async () => {
  const request = createRequest('visa', { amountMinor: 5, currency: 'ISK' })
  expect((await gateway.charge(request)).outcome).toBe('succeeded')
  expect(findPayments(stripe, request.purchaseId)).toMatchObject([{ amount: 500, currency: 'isk' }])
})
