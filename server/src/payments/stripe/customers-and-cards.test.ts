import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FakeStripe, startFakeStripe } from '../../../test/stripe/fake-stripe.ts'
import { virtualClock } from '../../platform/clock.ts'
import { openClient } from './client.ts'
import { createStripeGateway, type StripeGateway } from './gateway.ts'

let stripe: FakeStripe
let gateway: StripeGateway
beforeAll(async () => {
  const clock = virtualClock(Date.parse('2026-11-22T10:00:00Z'))
  stripe = await startFakeStripe(clock)
  const client = openClient({ secretKey: stripe.secretKey, apiHost: stripe.url })
  gateway = createStripeGateway({ client, clock, onError() {} })
})
afterAll(() => stripe.close())

test('a workspace has one customer with its name, even if the first answer was lost', async () => {
  const lost = { kind: 'connection_lost', when: 'after' } as const
  stripe.fail('POST', /customers$/, lost, lost)
  const workspaceId = randomUUID()
  const workspace = { workspaceId, name: 'Acme', email: 'ada@example.com' }
  await expect(gateway.createCustomer(workspace)).rejects.toMatchObject({ code: 'unavailable' })
  const ref = await gateway.createCustomer({ ...workspace, name: 'Acme Ltd' })
  const name = `ws_${workspaceId.replaceAll('-', '')}`
  const made = [...stripe.books.customers.values()].filter(
    ({ metadata }) => 'talktime_workspace' in metadata && metadata.talktime_workspace === name,
  )
  expect(made).toMatchObject([{ id: ref, name: 'Acme Ltd', email: 'ada@example.com' }])
})

describe('cards', () => {
  const returnUrl = 'https://talktime.example.com/billing'

  test('are typed in on Stripe’s page and found by it or by what it set up', async () => {
    const customerRef = await gateway.createCustomer({ workspaceId: randomUUID(), name: 'Acme', email: null })
    const answer = await gateway.addMethod(customerRef, { testCard: undefined, returnUrl })
    expect(answer).toEqual({ kind: 'set_up', setupUrl: expect.stringMatching(/^http.*\/checkout\/cs_/) })
    const session = [...stripe.books.sessions.values()].at(-1)
    if (session === undefined) throw new Error('There is no page')
    expect(await gateway.findSavedCard({ sessionId: session.id })).toBeUndefined()
    const back = stripe.books.typeInCard(session, 'visa')
    expect(back).toBe(`https://talktime.example.com/stripe/card?session=${session.id}`)
    const card = {
      customerRef,
      method: { methodRef: expect.any(String), brand: 'visa', lastFour: '4242', expMonth: 12, expYear: 2034 },
    }
    expect(await gateway.findSavedCard({ sessionId: session.id })).toEqual(card)
    expect(await gateway.findSavedCard({ setupIntentId: session.setup_intent })).toEqual(card)
  })

  test('of the sandbox are refused', async () => {
    const adding = gateway.addMethod('cus_1', { testCard: 'success', returnUrl })
    await expect(adding).rejects.toMatchObject({
      code: 'invalid_request',
      errors: [{ pointer: '/testCard' }],
    })
  })

  test('that Stripe does not know are not found', async () => {
    expect(await gateway.findSavedCard({ sessionId: 'cs_nobody' })).toBeUndefined()
    expect(await gateway.findSavedCard({ setupIntentId: 'seti_nobody' })).toBeUndefined()
  })

  test('that Stripe detached at once are not found', async () => {
    const customer = stripe.books.createCustomer({})
    const session = stripe.books.createSession({ customer: customer.id, success_url: returnUrl })
    stripe.books.typeInCard(session, 'visa')
    const method = [...stripe.books.methods.values()].at(-1)
    if (method !== undefined) stripe.books.detach(method)
    expect(await gateway.findSavedCard({ sessionId: session.id })).toBeUndefined()
  })

  test('can be removed even if Stripe does not know them', async () => {
    await expect(gateway.removeMethod('cus_1', 'pm_nobody')).resolves.toBeUndefined()
  })

  test('that cannot be removed now are reported as unavailable', async () => {
    const customerRef = stripe.books.createCustomer({}).id
    const methodRef = stripe.books.addMethod(customerRef, 'visa').id
    stripe.fail('POST', /detach$/, { kind: 'wrong_key' })
    await expect(gateway.removeMethod(customerRef, methodRef)).rejects.toMatchObject({ code: 'unavailable' })
  })
})
