import { MINUTE_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type TestApp, testApp, testNowMs } from '../../test/app.ts'
import { reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder, connectVoiceStack, credits, instant, type VoiceStack } from '../../test/voice-stack.ts'

let t: TestApp
let stack: VoiceStack

beforeAll(async () => {
  t = await testApp()
})
beforeEach(async () => {
  t.clock.set(testNowMs)
  stack = await connectVoiceStack(t)
})
afterAll(() => closeInOrder(t))

type AlertAnswer = {
  readonly kind: string
  readonly at: string
  readonly title: string
  readonly detail: string
  readonly link: string
}

/** Lists the workspace's alerts, oldest first. */
const listAlerts = async () =>
  (await stack.ask<{ data: AlertAnswer[] }>('GET', '/v1/alerts?limit=200')).body.data.toReversed()
const listAlertKinds = async () => (await listAlerts()).map(({ kind }) => kind)
const changeSettings = (body: object) => stack.ask('PATCH', '/v1/workspace', { body })

async function advance(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

/** Sets the workspace's balance, and does everything that follows. */
async function setBalance(wantedMs: number): Promise<void> {
  const { balance } = await stack.balance()
  const amount = wantedMs - balance.milliseconds
  if (amount !== 0) await stack.granted({ milliseconds: amount, kind: 'adjustment' })
  await t.app.runDue()
}

describe('a low balance', () => {
  test('is below a tenth of the monthly credits; its alert is raised once, with how long the credits last', async () => {
    await setBalance(101 * MINUTE_MS)
    await stack.answeredCall()
    await advance(MINUTE_MS)
    expect(await listAlertKinds()).toEqual([])
    await advance(1)
    const [alert] = await listAlerts()
    expect(alert).toEqual({
      id: expect.any(String),
      kind: 'balance_low',
      at: instant(t.clock.now()),
      title: 'Credits are low',
      detail:
        'Less than 100 credits are left. With the live call they last until 22 Nov 2026, 11:41 (UTC). Buy credits, or switch on auto-reload, so that calls can continue.',
      link: '/billing',
      readAt: null,
    })
    await advance(MINUTE_MS)
    await stack.granted({ credits: 500 })
    await t.app.runDue()
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await advance(500 * MINUTE_MS)
    expect(await listAlertKinds()).toEqual(['balance_low', 'balance_low'])
  })

  test('is below the threshold that the workspace chose, from the moment it was chosen', async () => {
    await changeSettings({ lowBalanceCredits: 2 })
    await setBalance(3 * MINUTE_MS)
    expect(await listAlertKinds()).toEqual([])
    expect(await stack.balance()).toMatchObject({ status: 'ok', lowBelow: credits(2) })
    await changeSettings({ lowBalanceCredits: 3.5 })
    expect(await stack.balance()).toMatchObject({ status: 'low' })
    await t.app.runDue()
    expect(await listAlertKinds()).toEqual(['balance_low'])
    await changeSettings({ lowBalanceCredits: 0 })
    await setBalance(1)
    expect(await stack.balance()).toMatchObject({ status: 'ok' })
    await changeSettings({ lowBalanceCredits: null })
    expect(await stack.balance()).toMatchObject({ status: 'low', lowBelow: credits(100) })
  })

  test('raises an alert on the Free plan that says when the next credits arrive, and that paid plans can buy more', async () => {
    stack = await connectVoiceStack(t, { planId: 'free' })
    await setBalance(MINUTE_MS)
    expect((await listAlerts())[0]?.detail).toBe(
      'Less than 5 credits are left. The next monthly credits arrive on 22 Dec 2026, 10:00 (UTC). Paid plans can buy credits: change to one to get more now.',
    )
  })
})

test('auto-reload buys during a call, at the moment the balance falls below its threshold', async () => {
  const customer = await reloadCustomer(t)
  await customer.setBalance(21)
  await customer.save({ thresholdCredits: 20 })
  await customer.answeredCall()
  t.clock.advance(MINUTE_MS)
  await t.app.creditWatch.runDue()
  await t.app.autoReload.idle()
  expect(await customer.reloads()).toEqual([])
  t.clock.advance(1)
  await t.app.creditWatch.runDue()
  await t.app.autoReload.idle()
  expect(await customer.reloads()).toMatchObject([{ status: 'succeeded', credits: credits(200) }])
  expect((await customer.attempts())[0]).toMatchObject({ at: instant(t.clock.now()) })
})
