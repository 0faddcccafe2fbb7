import { DAY_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder, credits } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** Waits for the purchases under way in the background. */
const waitForReloads = () => t.app.autoReload.idle()

describe('the monthly cap', () => {
  test('is never exceeded; auto-reload continues in the next month of the workspace’s time zone', async () => {
    const customer = await reloadCustomer(t, { timeZone: 'Asia/Tokyo' })
    await customer.setBalance(5)
    await customer.save({
      thresholdCredits: 250,
      quantity: 1,
      monthlyCap: { minor: 2_500, currency: 'USD' },
    })
    await waitForReloads()
    const nextMonthMs = Date.parse('2026-12-01T00:00:00+09:00')
    expect(await customer.credits()).toBe(205)
    expect(await customer.autoReload()).toMatchObject({
      state: 'capped',
      stateReasonCode: 'monthly_cap_reached',
      stateReason:
        'Reloads cost $24.00 this month; another for $12.00 would pass the cap of $25.00. A new month begins on 1 Dec 2026, 00:00 (Asia/Tokyo).',
      stateUntil: new Date(nextMonthMs).toISOString(),
      spentThisMonth: { minor: 2400, currency: 'USD' },
      lastAttempt: { outcome: 'not_made', reason: 'monthly_cap_reached', balance: { credits: 205 } },
    })
    const { length } = await customer.attempts()
    await customer.talkFor(60_000)
    t.clock.set(nextMonthMs - 1)
    await t.app.runDue()
    expect(await customer.attempts()).toHaveLength(length)
    expect(await customer.reloads()).toHaveLength(2)
    t.clock.set(nextMonthMs)
    await t.app.runDue()
    expect(await customer.credits()).toBe(304)
    expect(await customer.autoReload()).toMatchObject({ state: 'watching', spentThisMonth: { minor: 1200 } })
  })

  test('takes effect at once when it is raised', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(5)
    const choice = { thresholdCredits: 150, quantity: 1 }
    await customer.save({ ...choice, monthlyCap: { minor: 1200, currency: 'USD' } })
    await waitForReloads()
    expect(await customer.autoReload()).toMatchObject({ state: 'capped' })
    await customer.save({ ...choice, monthlyCap: { minor: 2400, currency: 'USD' } })
    await waitForReloads()
    expect(await customer.autoReload()).toMatchObject({ state: 'watching', spentThisMonth: { minor: 2400 } })
  })

  test('does not count purchases by hand', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(100)
    await customer.save({ quantity: 1, monthlyCap: { minor: 1200, currency: 'USD' } })
    const order = { packageId: 'credits_1000', quantity: 1 }
    expect((await customer.ask('POST', '/v1/purchases', { body: order })).status).toBe(201)
    await customer.setBalance(10)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(1)
  })

  test('is listed as the reason again when the balance recovers and drops again', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(10)
    await customer.save({ quantity: 1, monthlyCap: { minor: 1200, currency: 'USD' } })
    await waitForReloads()
    for (const expected of [1, 2]) {
      await customer.setBalance(10)
      await t.app.runDue()
      await t.app.runDue()
      const notMade = (await customer.attempts()).filter(({ outcome }) => outcome === 'not_made')
      expect(notMade).toHaveLength(expected)
      await customer.setBalance(500)
      await t.app.runDue()
      expect(await customer.autoReload()).toMatchObject({ state: 'watching' })
    }
  })
})

describe('a suspended workspace', () => {
  test('is not charged; auto-reload continues when it is active again', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(30)
    await customer.save()
    const uuid = customer.workspaceId.replace('ws_', '')
    const setStatus = (status: string) =>
      t.database.query('update workspaces set status = $2 where id = $1', [uuid, status])
    await setStatus('suspended')
    await customer.setBalance(10)
    await t.app.runDue()
    expect(await customer.reloads()).toEqual([])
    expect(await customer.attempts()).toMatchObject([{ outcome: 'not_made', reason: 'workspace_suspended' }])
    await setStatus('active')
    t.clock.advance(60_000)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(1)
  })
})

describe('the plan', () => {
  test('Free shows auto-reload and refuses to save it', async () => {
    const customer = await reloadCustomer(t, { planId: 'free' })
    expect(await customer.autoReload()).toMatchObject({
      enabled: false,
      thresholdCredits: 20,
      packageId: 'credits_100',
      quantity: 1,
      monthlyCap: null,
      state: 'plan_required',
      stateReason: 'Paid plan required.',
    })
    const refused = await customer.save()
    expect(refused.status).toBe(403)
    expect(refused.body).toMatchObject({
      code: 'plan_required',
      detail: 'Paid plan required: the Free plan cannot use auto-reload. Change to a paid plan first.',
    })
    expect(await customer.autoReload()).toMatchObject({ enabled: false, state: 'plan_required' })
  })

  test('Free after a paid plan stops it, and a paid plan lets it continue with its settings', async () => {
    const customer = await reloadCustomer(t, { planId: 'starter' })
    await customer.save({ thresholdCredits: 100 })
    await customer.ask('POST', '/v1/subscription', { body: { planId: 'free' } })
    expect(await customer.autoReload()).toMatchObject({ enabled: true, state: 'watching' })
    t.clock.advance(32 * DAY_MS)
    await t.app.runDue()
    await t.app.runDue()
    // Free's 30 credits are below the threshold.
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      thresholdCredits: 100,
      quantity: 2,
      state: 'plan_required',
      lastAttempt: { outcome: 'not_made', reason: 'plan_required', balance: credits(30) },
    })
    expect(await customer.reloads()).toEqual([])
    const { body } = await customer.ask('POST', '/v1/subscription', { body: { planId: 'growth' } })
    expect(body).toMatchObject({ change: 'upgrade' })
    await t.app.runDue()
    expect(await customer.autoReload()).toMatchObject({ enabled: true, state: 'watching' })
    await customer.setBalance(99)
    await t.app.runDue()
    expect(await customer.reloads()).toMatchObject([{ status: 'succeeded' }])
  })
})
