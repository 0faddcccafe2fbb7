import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { type ReloadCustomer, reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** Time passes, and what is due by then is done. */
async function later(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

const outcomes = async (customer: ReloadCustomer) =>
  (await customer.attempts()).map(({ outcome, reason }) => `${outcome}: ${reason}`).reverse()

/** What the customer does on the bank's page. */
async function onBankPage(customer: ReloadCustomer, decision: 'confirm' | 'decline'): Promise<number> {
  const [waiting] = await customer.reloads()
  const { pathname } = new URL(waiting?.actionUrl ?? '')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status } = await t.request('POST', `${pathname}/${decision}`, { headers })
  await t.app.autoReload.idle()
  return status
}

describe.each([
  ['decline', 'card_declined', 'The bank declined the card. Use another card, or ask the bank.'],
  ['insufficient_funds', 'insufficient_funds', 'The card has insufficient funds. Use another card.'],
] as const)('a card that answers %s', (card, code, said) => {
  let customer: ReloadCustomer
  beforeAll(async () => {
    customer = await reloadCustomer(t, { card })
    await customer.setBalance(30)
    await customer.save()
    await customer.talkFor(11 * 60_000)
    await t.app.runDue()
  })

  test('is tried at once, and then it is said when it is tried again', async () => {
    expect(await customer.charges()).toBe(1)
    expect(await customer.reloads()).toMatchObject([{ status: 'failed', failure: { code, message: said } }])
    const againAtMs = t.clock.now() + HOUR_MS
    const until = new Date(againAtMs).toISOString()
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(againAtMs)
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'waiting',
      stateReasonCode: 'retry_later',
      stateReason: `${said} The card is tried again on ${day}, ${until.slice(11, 16)} (UTC) if the balance is below 20 credits then.`,
      stateUntil: until,
      // Nothing was paid.
      spentThisMonth: { minor: 0 },
    })
    expect(await outcomes(customer)).toEqual([`declined: ${code}`, 'not_made: retry_later'])
    expect((await customer.attempts())[1]?.detail).toBe(`2 × 100 credits for $24.00: ${said}`)
  })

  test('is not tried by further usage in the meantime', async () => {
    await customer.talkFor(60_000)
    await later(HOUR_MS - 1)
    expect(await customer.charges()).toBe(1)
  })

  test('is tried again an hour and a day later, and then no more', async () => {
    await later(1)
    expect(await customer.charges()).toBe(2)
    expect(await customer.autoReload()).toMatchObject({ state: 'waiting' })
    await later(DAY_MS - 1)
    expect(await customer.charges()).toBe(2)
    await later(1)
    expect(await customer.charges()).toBe(3)
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'failed',
      stateReasonCode: 'card_declined',
      stateReason: `${said} Auto-reload has stopped until the card is changed or the settings are saved again.`,
      stateUntil: null,
    })
    await later(5 * DAY_MS)
    await customer.talkFor(60_000)
    await later(5 * DAY_MS)
    expect(await customer.charges()).toBe(3)
    const declined = `declined: ${code}`
    const waited = 'not_made: retry_later'
    expect(await outcomes(customer)).toEqual([
      declined,
      waited,
      declined,
      waited,
      declined,
      'not_made: card_declined',
    ])
  })

  test('gives way to a new one, with which it goes on at once', async () => {
    await customer.addCard('success')
    expect(await customer.autoReload()).toMatchObject({
      state: 'watching',
      lastAttempt: { outcome: 'succeeded' },
    })
    expect(await customer.charges()).toBe(4)
    expect(await customer.credits()).toBeGreaterThan(200)
  })
})

describe('declines are forgiven', () => {
  test('by saving the settings again', async () => {
    const customer = await reloadCustomer(t, { card: 'decline' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.autoReload()).toMatchObject({ state: 'waiting' })
    expect((await customer.save()).body).toMatchObject({ state: 'buying' })
    await t.app.autoReload.idle()
    expect(await customer.charges()).toBe(2)
    // Counted from the first again.
    expect(await customer.autoReload()).toMatchObject({
      state: 'waiting',
      stateUntil: new Date(t.clock.now() + HOUR_MS).toISOString(),
    })
  })

  test('by choosing another card, and not by removing one that was not charged', async () => {
    const customer = await reloadCustomer(t, { card: 'success' })
    const spare = await customer.addCard('success')
    await customer.addCard('decline')
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.charges()).toBe(1)
    await customer.ask('DELETE', `/v1/payment-methods/${spare}`)
    await t.app.runDue()
    expect(await customer.charges()).toBe(1)
    const { body } = await customer.ask('GET', '/v1/payment-methods')
    const [, working] = body.data
    await customer.ask('POST', `/v1/payment-methods/${working?.id}/default`)
    await t.app.runDue()
    expect(await customer.charges()).toBe(2)
    expect(await customer.autoReload()).toMatchObject({ state: 'watching' })
  })

  test('by a success: the next decline is the first again', async () => {
    const customer = await reloadCustomer(t, { card: 'decline' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    await later(HOUR_MS)
    expect(await customer.charges()).toBe(2)
    const declining = (await customer.ask('GET', '/v1/payment-methods')).body.data[0]?.id
    const working = await customer.addCard('success')
    expect(await customer.charges()).toBe(3)
    await customer.ask('POST', `/v1/payment-methods/${declining}/default`)
    await customer.ask('DELETE', `/v1/payment-methods/${working}`)
    await customer.setBalance(10)
    await t.app.runDue()
    expect(await customer.charges()).toBe(4)
    expect(await customer.autoReload()).toMatchObject({
      state: 'waiting',
      stateUntil: new Date(t.clock.now() + HOUR_MS).toISOString(),
    })
  })
})

test('while the balance is back above the threshold no retry is made, and none is announced', async () => {
  const customer = await reloadCustomer(t, { card: 'decline' })
  await customer.setBalance(10)
  await customer.save()
  await t.app.autoReload.idle()
  await customer.setBalance(100)
  await t.app.runDue()
  expect(await customer.autoReload()).toMatchObject({ state: 'watching', stateUntil: null })
  await later(2 * HOUR_MS)
  expect(await customer.charges()).toBe(1)
  await customer.setBalance(10)
  await t.app.runDue()
  expect(await customer.charges()).toBe(2)
})

describe('a card whose bank wants a confirmation', () => {
  async function waitingCustomer(): Promise<ReloadCustomer> {
    const customer = await reloadCustomer(t, { card: 'requires_action' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    return customer
  }

  test('stops it; confirmed later, the credits come and it goes on', async () => {
    const customer = await waitingCustomer()
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'failed',
      stateReasonCode: 'confirmation_required',
      stateReason:
        'The bank wants the payment to be confirmed. Confirm it; or change the card, or save the settings again, to have another made.',
      // It may still be paid.
      spentThisMonth: { minor: 2400 },
    })
    expect(await outcomes(customer)).toEqual([
      'requires_action: confirmation_required',
      'not_made: confirmation_required',
    ])
    expect(await customer.reloads()).toMatchObject([{ status: 'requires_action' }])
    await later(3 * DAY_MS)
    expect(await customer.charges()).toBe(1)
    expect(await onBankPage(customer, 'confirm')).toBe(303)
    expect(await customer.credits()).toBe(210)
    expect(await customer.autoReload()).toMatchObject({ state: 'watching' })
    expect((await customer.attempts()).at(-1)).toMatchObject({ outcome: 'succeeded' })
  })

  test('stays stopped when the customer declines', async () => {
    const customer = await waitingCustomer()
    expect(await onBankPage(customer, 'decline')).toBe(303)
    expect(await customer.autoReload()).toMatchObject({
      state: 'failed',
      stateReasonCode: 'confirmation_required',
      stateReason:
        'The payment was not confirmed with the bank. Nothing was charged. Auto-reload has stopped until the card is changed or the settings are saved again.',
    })
    await later(3 * DAY_MS)
    expect(await customer.charges()).toBe(1)
  })

  test('gives way to a new one: the old payment is given up, so that nobody pays twice', async () => {
    const customer = await waitingCustomer()
    const [waiting] = await customer.reloads()
    await customer.addCard('success')
    expect(await customer.credits()).toBe(210)
    const reloads = await customer.reloads()
    expect(reloads).toMatchObject([
      { status: 'succeeded' },
      { status: 'failed', failure: { code: 'canceled' } },
    ])
    const { pathname } = new URL(waiting?.actionUrl ?? '')
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    await t.request('POST', `${pathname}/confirm`, { headers })
    await t.app.runDue()
    expect(await customer.credits()).toBe(210)
  })

  test('is asked once more when the settings are saved again, instead of the old payment', async () => {
    const customer = await waitingCustomer()
    t.clock.advance(1)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toMatchObject([{ status: 'requires_action' }, { status: 'failed' }])
    await onBankPage(customer, 'confirm')
    expect(await customer.credits()).toBe(210)
  })

  test('has its payment given up when auto-reload is switched off', async () => {
    const customer = await waitingCustomer()
    await customer.save({ enabled: false })
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toMatchObject([{ status: 'failed' }])
    expect(await customer.autoReload()).toMatchObject({ state: 'off', spentThisMonth: { minor: 0 } })
  })

  test('whose payment the cap was used up for leaves the cap to the next one', async () => {
    const customer = await reloadCustomer(t, { card: 'requires_action' })
    await customer.setBalance(10)
    await customer.save({ monthlyCap: { minor: 2400, currency: 'USD' } })
    await t.app.autoReload.idle()
    await customer.addCard('success')
    expect(await customer.autoReload()).toMatchObject({ state: 'watching', spentThisMonth: { minor: 2400 } })
  })
})

describe('a bank whose answer gets lost', () => {
  test('has charged once, and the credits come once', async () => {
    const customer = await reloadCustomer(t, { card: 'unknown_outcome' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.autoReload()).toMatchObject({
      state: 'buying',
      stateReasonCode: 'purchase_in_flight',
      lastAttempt: {
        outcome: 'pending',
        detail: '2 × 100 credits for $24.00: the outcome is not known yet, and is being found out.',
      },
    })
    // Usage goes on meanwhile, cards come and go, the settings are saved: none of it buys again.
    await customer.talkFor(60_000)
    await customer.addCard('success')
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toHaveLength(1)
    await later(3_000)
    expect(await customer.credits()).toBe(209)
    expect(await customer.charges()).toBe(1)
    expect(await customer.autoReload()).toMatchObject({
      state: 'watching',
      lastAttempt: { outcome: 'succeeded' },
    })
  })
})
