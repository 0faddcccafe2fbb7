import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeyedWorkspace } from '../../../test/app.ts'
import { openStripeWorld, type StripeWorld } from '../../../test/stripe/world.ts'

let world: StripeWorld
beforeAll(async () => {
  world = await openStripeWorld()
})
afterAll(() => world.close())

describe('a card', () => {
  const listCards = async (workspace: KeyedWorkspace) =>
    (await world.request('GET', '/v1/payment-methods', { key: workspace.key })).body.data

  test('is typed in on Stripe’s page and saved when the customer comes back', async () => {
    const workspace = await world.test.addWorkspace()
    const { status, body } = await world.request('POST', '/v1/payment-methods', {
      key: workspace.key,
      body: {},
    })
    expect([status, body]).toEqual([201, { setupUrl: expect.stringContaining('/checkout/cs_') }])
    const session = [...world.stripe.books.sessions.values()].at(-1)
    if (session === undefined) throw new Error('There is no page')
    expect(await listCards(workspace)).toEqual([])
    expect(await world.browse(world.stripe.books.typeInCard(session, 'visa'))).toBe('/billing')
    expect(await listCards(workspace)).toMatchObject([
      { brand: 'visa', lastFour: '4242', expMonth: 12, expYear: 2034, isDefault: true, testCard: null },
    ])
  })

  test('is saved once by Stripe’s events alone, however many there are', async () => {
    const workspace = await world.test.addWorkspace()
    const back = world.stripe.books.typeInCard(await world.openCardPage(workspace), 'visa')
    const [setUp, completed] = ['setup_intent.succeeded', 'checkout.session.completed'].map(
      world.stripe.lastEvent,
    )
    if (setUp === undefined || completed === undefined) throw new Error('Stripe sent no event')
    await Promise.all([
      world.sendEvent(completed),
      world.sendEvent(setUp),
      world.sendEvent(setUp, { via: world.other.request }),
    ])
    await world.browse(back)
    expect(await listCards(workspace)).toHaveLength(1)
  })

  test('that was removed is not added again by a late event', async () => {
    const workspace = await world.addWorkspaceWithCard('visa')
    const [card] = await listCards(workspace)
    await world.request('DELETE', `/v1/payment-methods/${card?.id}`, { key: workspace.key })
    expect((await world.sendEvent(world.stripe.lastEvent('setup_intent.succeeded'))).status).toBe(200)
    expect(await listCards(workspace)).toEqual([])
    expect([...world.stripe.books.methods.values()].at(-1)).toMatchObject({ customer: null })
  })

  test('is not saved if the customer leaves the page', async () => {
    const workspace = await world.test.addWorkspace()
    const session = await world.openCardPage(workspace)
    expect(await world.browse(`/stripe/card?session=${session.id}`)).toBe('/billing')
    expect(await world.browse('/stripe/card')).toBe('/billing')
    expect(await listCards(workspace)).toEqual([])
  })
})
