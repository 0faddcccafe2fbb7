import { HOUR_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { openEvents, type ServerEvent } from '../../test/event-stream.ts'
import { ordinaryChoice, reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder, credits } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** Waits for the purchases under way in the background. */
const waitForReloads = () => t.app.autoReload.idle()

describe('a balance that drops below the threshold', () => {
  test('is reloaded once, with 2 × 100 credits for $24.00 below 20 credits', async () => {
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
    await waitForReloads()
    expect(await customer.reloads()).toEqual([])

    await customer.talkFor(600)
    await waitForReloads()
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

  test('is reloaded once if 50 calls end at the same moment', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(20.2)
    await customer.save()
    await Promise.all(Array.from({ length: 50 }, () => customer.talkFor(1_000)))
    await waitForReloads()
    expect(await customer.reloads()).toHaveLength(1)
    expect(await customer.credits()).toBeCloseTo(220.2 - 50 / 60, 6)
  })

  test('is reloaded once by two servers whose calls end at the same moment', async () => {
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

  test('is reloaded until it is above, one purchase after the other', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(260)
    await customer.save({ thresholdCredits: 250, quantity: 1, monthlyCap: null })
    await customer.talkFor(255 * 60_000)
    await waitForReloads()
    expect(await customer.reloads()).toHaveLength(3)
    expect(await customer.credits()).toBe(305)
    const balances = (await customer.attempts()).map(({ balance }) => balance.credits)
    expect(balances).toEqual([205, 105, 5])
  })

  test('is reloaded at most ten times within an hour', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(50)
    await customer.save({ thresholdCredits: 2_500, quantity: 1, monthlyCap: null })
    await waitForReloads()
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

  test('is noticed during the call', async () => {
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

  test('is noticed when the operator deducts credit and when a grant expires', async () => {
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

  test('is not reloaded if auto-reload was never switched on, or was switched off', async () => {
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

describe('saving a threshold above the current balance', () => {
  test('buys at once, and the response says so', async () => {
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
    await waitForReloads()
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
    await waitForReloads()
    expect(await customer.reloads()).toHaveLength(1)
  })

  test('without a card says so, and buys when there is one', async () => {
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

describe('listeners', () => {
  test('get an event with the id of each attempt, and one for other changes', async () => {
    const customer = await reloadCustomer(t)
    await customer.setBalance(15)
    const authorization = `Bearer ${customer.key}`
    const stream = await openEvents(`${await t.app.listen()}/v1/events`, { authorization })
    const isReloadEvent = ({ event }: ServerEvent) => event === 'auto_reload'
    await customer.save()
    const event = await stream.next((one) => isReloadEvent(one) && 'id' in one.data)
    expect(event.data).toEqual({ id: (await customer.attempts())[0]?.id })
    await waitForReloads()
    await customer.save({ enabled: false })
    expect((await stream.next(isReloadEvent)).data).toEqual({})
    stream.close()
  })
})
