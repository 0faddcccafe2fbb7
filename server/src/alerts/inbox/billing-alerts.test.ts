import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, type TestRequest, testApp } from '../../../test/app.ts'
import { openEvents } from '../../../test/event-stream.ts'
import { reloadCustomer } from '../../../test/reload-customer.ts'
import type { TestCard } from '../../payments/gateway.ts'

type AlertAnswer = {
  readonly id: string
  readonly kind: string
  readonly at: string
  readonly title: string
  readonly detail: string
  readonly link: string
  readonly readAt: string | null
}

let t: TestApp
beforeEach(async () => {
  t = await testApp()
})
afterEach(() => t.close())

async function listAlerts(who: TestRequest, query = '') {
  return (await t.request<{ data: AlertAnswer[] }>('GET', `/v1/alerts${query}`, who)).body.data
}

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

describe('auto-reload', () => {
  /** Creates a customer who gets no alerts about a low balance. */
  async function createCustomer(card: TestCard = 'success') {
    const customer = await reloadCustomer(t, { card })
    await customer.ask('PATCH', '/v1/workspace', { body: { lowBalanceCredits: 0 } })
    return customer
  }

  test('raises an alert for the first decline and one for stopping; after a new card, one for the next decline', async () => {
    const customer = await createCustomer('decline')
    const who = { key: customer.key }
    const kinds = async () => (await listAlerts(who)).map(({ kind }) => kind)
    const other = await t.addProcess()
    await customer.setBalance(30)
    await customer.save()
    await customer.talkFor(11 * MINUTE_MS)
    await Promise.all([t.app.runDue(), other.app.runDue()])
    expect(await listAlerts(who)).toMatchObject([
      {
        kind: 'reload_declined',
        detail: expect.stringMatching(
          /^Auto-reload could not buy 2 × 100 credits for \$24\.00\. The bank declined the card\..* The card is tried again on .* Change the card/,
        ),
      },
    ])
    await advance(HOUR_MS)
    await customer.talkFor(MINUTE_MS)
    await advance(MINUTE_MS)
    expect(await customer.charges()).toBe(2)
    expect(await kinds()).toEqual(['reload_declined'])
    await advance(DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await advance(5 * DAY_MS)
    expect(await kinds()).toEqual(['reload_failed', 'reload_declined'])
    await customer.addCard('insufficient_funds')
    await t.app.runDue()
    expect(await kinds()).toEqual(['reload_declined', 'reload_failed', 'reload_declined'])
  })

  test('raises one alert for what it bought, with the new balance, and none for what people buy', async () => {
    const customer = await createCustomer()
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    const body = { packageId: 'credits_100', quantity: 1 }
    await t.request('POST', '/v1/purchases', { key: customer.key, body })
    await advance(SECOND_MS)
    expect(await listAlerts({ key: customer.key })).toMatchObject([
      {
        kind: 'reload_done',
        title: 'Auto-reload bought 2 × 100 credits',
        detail: 'It paid $24.00. The balance is 210 credits now.',
        link: '/billing',
      },
    ])
  })

  test('raises an alert when the bank asks for a confirmation', async () => {
    const customer = await createCustomer('requires_action')
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    await t.app.runDue()
    expect(await listAlerts({ key: customer.key })).toMatchObject([
      { kind: 'reload_failed', title: 'Auto-reload: your bank wants a confirmation' },
    ])
  })

  test('raises an alert once a month when the cap is reached', async () => {
    const customer = await createCustomer()
    const who = { key: customer.key }
    await customer.setBalance(10)
    await customer.save({ monthlyCap: { minor: 2_400, currency: 'USD' } })
    await t.app.autoReload.idle()
    for (let times = 0; times < 2; times += 1) {
      await customer.setBalance(10)
      await advance(SECOND_MS)
      await customer.setBalance(100)
      await advance(SECOND_MS)
    }
    const listCapped = async () => (await listAlerts(who)).filter(({ kind }) => kind === 'reload_capped')
    expect(await listCapped()).toMatchObject([{ kind: 'reload_capped', link: '/billing' }])
    await customer.setBalance(10)
    await advance(SECOND_MS)
    expect(await listCapped()).toHaveLength(1)
    // A month later it buys once more and reaches the cap again.
    await advance(10 * DAY_MS)
    await customer.setBalance(10)
    await advance(SECOND_MS)
    expect(await listCapped()).toHaveLength(2)
  })

  test('sends events to live listeners', async () => {
    const customer = await createCustomer('decline')
    await customer.setBalance(10)
    const address = await t.app.listen()
    const stream = await openEvents(`${address}/v1/events`, { authorization: `Bearer ${customer.key}` })
    const isOfAlert = ({ event }: { event: string }) => event === 'alert'
    await customer.save()
    await t.app.autoReload.idle()
    const [alert] = await listAlerts({ key: customer.key })
    expect((await stream.next(isOfAlert)).data).toEqual({ id: alert?.id })
    await t.request('POST', '/v1/alerts/read', { key: customer.key, body: {} })
    expect((await stream.next(isOfAlert)).data).toEqual({})
    stream.close()
  })
})

test('a failed renewal raises one alert, with its dates, and so does the end of the plan', async () => {
  const { key } = await t.addWorkspace({ planId: 'free' })
  const post = (path: string, body: object = {}) => t.request('POST', path, { key, body })
  await post('/v1/payment-methods', { testCard: 'success' })
  await post('/v1/subscription', { planId: 'starter' })
  const { body: card } = await post('/v1/payment-methods', { testCard: 'decline' })
  await post(`/v1/payment-methods/${card.id}/default`)
  const { cycle } = (await t.request<{ cycle: { endsAt: string } }>('GET', '/v1/subscription', { key })).body
  t.clock.set(Date.parse(cycle.endsAt))
  await advance(SECOND_MS)
  const other = await t.addProcess()
  await Promise.all([t.app.runDue(), other.app.runDue()])
  expect(await listAlerts({ key })).toMatchObject([
    {
      kind: 'renewal_failed',
      title: 'The payment for the Starter plan failed',
      detail: expect.stringMatching(
        /^\$\S+ could not be charged\. The bank declined the card\..* The charge will be retried on 23 Dec 2026, 10:00 \(UTC\), 25 Dec 2026, 10:00 \(UTC\) and 27 Dec 2026, 10:00 \(UTC\)\. If the last attempt fails too, the Starter plan ends and the Free plan begins\./,
      ),
    },
  ])
  for (const days of [1, 2]) await advance(days * DAY_MS + MINUTE_MS)
  expect(await listAlerts({ key })).toHaveLength(1)
  await advance(2 * DAY_MS + MINUTE_MS)
  await advance(40 * DAY_MS)
  expect(await listAlerts({ key })).toMatchObject([
    { kind: 'plan_ended', title: 'The Starter plan has ended' },
    { kind: 'renewal_failed' },
  ])
})
