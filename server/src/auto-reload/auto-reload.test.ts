import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { openEvents, type ServerEvent } from '../../test/event-stream.ts'
import { ordinaryChoice, reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder, credits } from '../../test/voice-stack.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** Lets what is under way in the background come to its end. */
const settled = () => t.app.autoReload.idle()

describe('a balance that drops below the threshold', () => {
  test('is reloaded once: 20 credits, 2 × 100 for $24.00', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(20)
    const saved = await customer.save()
    expect(saved.status).toBe(200)
    expect(saved.body).toMatchObject({
      ...ordinaryChoice,
      state: 'watching',
      stateReasonCode: 'above_threshold',
      stateReason: 'Buys 2 × 100 credits for $24.00 when the balance drops below 20 credits.',
      price: { minor: 2400, currency: 'USD' },
      credits: credits(200),
      spentThisMonth: { minor: 0, currency: 'USD' },
      lastAttempt: null,
    })
    await settled()
    expect(await customer.reloads()).toEqual([])

    await customer.talkFor(600)
    await settled()
    expect(await customer.credits()).toBe(219.99)
    expect(await customer.reloads()).toMatchObject([
      {
        status: 'succeeded',
        credits: credits(200),
        amount: { minor: 2400, currency: 'USD' },
        description: '2 × 100 credits',
        receipt: { number: expect.stringMatching(/^R-2026-/) },
      },
    ])
    const [attempt, ...others] = await customer.attempts()
    expect(others).toEqual([])
    expect(attempt).toMatchObject({
      outcome: 'succeeded',
      reason: 'below_threshold',
      detail: 'Bought 2 × 100 credits for $24.00.',
      balance: { credits: 19.99 },
      purchaseId: (await customer.reloads())[0]?.id,
    })
    expect(await customer.autoReload()).toMatchObject({
      state: 'watching',
      spentThisMonth: { minor: 2400, currency: 'USD' },
      lastAttempt: attempt,
    })
  })

  test('is reloaded once by 50 calls that end at the same moment', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(20.2)
    await customer.save()
    await Promise.all(Array.from({ length: 50 }, () => customer.talkFor(1_000)))
    await settled()
    expect(await customer.reloads()).toHaveLength(1)
    expect(await customer.credits()).toBeCloseTo(220.2 - 50 / 60, 6)
  })

  test('is reloaded once by two servers whose calls end at the same moment, and which both look', async () => {
    const other = await t.addProcess()
    const customer = await reloadCustomer(t)
    await customer.setBalance(20.2)
    await customer.save()
    const ends = Array.from({ length: 20 }, (_, n) =>
      customer.talkFor(1_000, n % 2 === 0 ? t.request : other.request),
    )
    await Promise.all([...ends, t.app.runDue(), other.app.runDue()])
    await Promise.all([t.app.runDue(), other.app.runDue()])
    expect(await customer.reloads()).toHaveLength(1)
    expect(await customer.charges()).toBe(1)
  })

  test('is reloaded again while it is still below, one purchase after the other', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(260)
    await customer.save({ thresholdCredits: 250, quantity: 1, monthlyCap: null })
    await customer.talkFor(255 * 60_000)
    await settled()
    expect(await customer.reloads()).toHaveLength(3)
    expect(await customer.credits()).toBe(305)
    const balances = (await customer.attempts()).map(({ balance }) => balance.credits)
    expect(balances).toEqual([205, 105, 5])
  })

  test('is reloaded ten times within an hour at the most, however far below it stays', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(50)
    await customer.save({ thresholdCredits: 2_500, quantity: 1, monthlyCap: null })
    await settled()
    expect(await customer.reloads()).toHaveLength(10)
    expect(await customer.credits()).toBe(1_050)
    expect(await customer.autoReload()).toMatchObject({
      state: 'waiting',
      stateReasonCode: 'hourly_limit_reached',
      stateUntil: new Date(t.clock.now() + HOUR_MS).toISOString(),
    })
    t.clock.advance(HOUR_MS - 1)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(10)
    t.clock.advance(1)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(20)
    await customer.save({ enabled: false })
  })

  test('is noticed while the call goes on', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(21)
    await customer.save()
    const callId = await customer.startedCall()
    await customer.answer(callId)
    t.clock.advance(59_999)
    await t.app.runDue()
    expect(await customer.reloads()).toEqual([])
    t.clock.advance(2)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(1)
    expect((await customer.balance()).liveCalls).toBe(1)
    expect((await customer.attempts())[0]?.balance.milliseconds).toBe(20 * 60_000 - 1)
    await customer.end(callId)
  })

  test('is noticed when the operator takes credit off, and when a grant expires', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(10)
    const expiresAt = new Date(t.clock.now() + HOUR_MS).toISOString()
    const grant = { credits: 50, kind: 'promotional', expiresAt, reason: 'For a while' }
    const path = `/v1/workspaces/${customer.workspaceId}/grants`
    await t.request('POST', path, { key: t.operatorKey, body: grant })
    await customer.save()
    t.clock.advance(HOUR_MS - 1)
    await t.app.runDue()
    expect(await customer.reloads()).toEqual([])
    t.clock.advance(1)
    await t.app.runDue()
    expect(await customer.credits()).toBe(210)
    await customer.setBalance(19)
    await t.app.runDue()
    expect(await customer.credits()).toBe(219)
    expect(await customer.reloads()).toHaveLength(2)
  })

  test('is nobody’s business where auto-reload was never switched on, or was switched off', async () => {
    const never = await reloadCustomer(t)
    const off = await reloadCustomer(t)
    await off.setBalance(30)
    await off.save()
    expect((await off.save({ enabled: false })).body).toMatchObject({
      state: 'off',
      stateReason: 'Auto-reload is off.',
    })
    for (const customer of [never, off]) {
      await customer.setBalance(1)
      await customer.talkFor(1_000)
      await t.app.runDue()
      expect(await customer.reloads()).toEqual([])
      expect(await customer.attempts()).toEqual([])
    }
  })
})

describe('saving a threshold above the present balance', () => {
  test('buys at once, and the answer says so', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(15)
    const { body } = await customer.save()
    expect(body).toMatchObject({
      state: 'buying',
      stateReasonCode: 'purchase_in_flight',
      stateReason: 'A purchase of 2 × 100 credits for $24.00 is under way.',
      spentThisMonth: { minor: 2400 },
      lastAttempt: { outcome: 'pending', balance: { credits: 15 } },
    })
    await settled()
    expect(await customer.credits()).toBe(215)
    expect(await customer.autoReload()).toMatchObject({
      state: 'watching',
      lastAttempt: { outcome: 'succeeded' },
    })
  })

  test('twice at the same moment buys once', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(15)
    await Promise.all([customer.save(), customer.save(), customer.save()])
    await settled()
    expect(await customer.reloads()).toHaveLength(1)
  })

  test('without a card says that one is missing, and buys when there is one', async () => {
    const customer = await reloadCustomer(t, { card: null })
    await customer.setBalance(15)
    const { body } = await customer.save()
    expect(body).toMatchObject({
      state: 'failed',
      stateReasonCode: 'no_card',
      stateReason: 'There is no card to charge. Add one.',
      lastAttempt: { outcome: 'not_made', reason: 'no_card', purchaseId: null },
    })
    await t.app.runDue()
    await customer.talkFor(1_000)
    await t.app.runDue()
    expect(await customer.attempts()).toHaveLength(1)
    await customer.addCard('success')
    expect(await customer.reloads()).toHaveLength(1)
    expect(await customer.autoReload()).toMatchObject({ state: 'watching' })
  })
})

describe('the monthly cap', () => {
  test('is never passed; auto-reload goes on in the next month of the workspace’s time zone', async () => {
    const customer = await reloadCustomer(t, { timeZone: 'Asia/Tokyo' })
    await customer.setBalance(5)
    await customer.save({
      thresholdCredits: 250,
      quantity: 1,
      monthlyCap: { minor: 2_500, currency: 'USD' },
    })
    await settled()
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

  test('that is raised takes effect at once', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(5)
    const choice = { thresholdCredits: 150, quantity: 1 }
    await customer.save({ ...choice, monthlyCap: { minor: 1200, currency: 'USD' } })
    await settled()
    expect(await customer.autoReload()).toMatchObject({ state: 'capped' })
    await customer.save({ ...choice, monthlyCap: { minor: 2400, currency: 'USD' } })
    await settled()
    expect(await customer.autoReload()).toMatchObject({ state: 'watching', spentThisMonth: { minor: 2400 } })
  })

  test('is not used up by purchases by hand', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(100)
    await customer.save({ quantity: 1, monthlyCap: { minor: 1200, currency: 'USD' } })
    const order = { packageId: 'credits_1000', quantity: 1 }
    expect((await customer.ask('POST', '/v1/purchases', { body: order })).status).toBe(201)
    await customer.setBalance(10)
    await t.app.runDue()
    expect(await customer.reloads()).toHaveLength(1)
  })

  test('is told again when the balance, which had come back, drops again', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(10)
    await customer.save({ quantity: 1, monthlyCap: { minor: 1200, currency: 'USD' } })
    await settled()
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
  test('is not charged; auto-reload goes on when it is active again', async () => {
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
  test('Free cannot use it: it is shown, and refused', async () => {
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

  test('that becomes Free stops it, and one that is paid again lets it go on as it was', async () => {
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

describe('listeners', () => {
  test('hear of each attempt by its id, and of what else changes', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(15)
    const authorization = `Bearer ${customer.key}`
    const stream = await openEvents(`${await t.app.listen()}/v1/events`, { authorization })
    const toldOfReload = ({ event }: ServerEvent) => event === 'auto_reload'
    await customer.save()
    const told = await stream.next((event) => toldOfReload(event) && 'id' in event.data)
    expect(told.data).toEqual({ id: (await customer.attempts())[0]?.id })
    await settled()
    await customer.save({ enabled: false })
    expect((await stream.next(toldOfReload)).data).toEqual({})
    stream.close()
  })
})
