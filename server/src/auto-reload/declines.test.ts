import { DAY_MS, HOUR_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type TestApp, testApp } from '../../test/app.ts'
import { type ReloadCustomer, reloadCustomer } from '../../test/reload-customer.ts'
import { closeInOrder } from '../../test/voice-stack.ts'

let t: TestApp
beforeAll(async () => {
  t = await testApp()
})
afterAll(() => closeInOrder(t))

/** Lets time pass and runs what is due. */
async function pass(ms: number): Promise<void> {
  t.clock.advance(ms)
  await t.app.runDue()
}

const listOutcomes = async (customer: ReloadCustomer) =>
  (await customer.attempts()).map(({ outcome, reason }) => `${outcome}: ${reason}`).reverse()

describe.each([
  ['decline', 'card_declined', 'The bank declined the card. Use another card, or ask the bank.'],
  ['insufficient_funds', 'insufficient_funds', 'The card has insufficient funds. Use another card.'],
] as const)('a card that answers %s', (card, code, message) => {
  let customer: ReloadCustomer
  beforeAll(async () => {
    customer = await reloadCustomer(t, { card })
    await customer.setBalance(30)
    await customer.save()
    await customer.talkFor(11 * 60_000)
    await t.app.runDue()
  })

  test('is charged at once, and the state says when it is charged again', async () => {
    expect(await customer.charges()).toBe(1)
    expect(await customer.reloads()).toMatchObject([{ status: 'failed', failure: { code, message } }])
    const againAtMs = t.clock.now() + HOUR_MS
    const until = new Date(againAtMs).toISOString()
    const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' }).format(againAtMs)
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'waiting',
      stateReasonCode: 'retry_later',
      stateReason: `${message} The card is tried again on ${day}, ${until.slice(11, 16)} (UTC) if the balance is below 20 credits then.`,
      stateUntil: until,
      // Nothing was paid.
      spentThisMonth: { minor: 0 },
    })
    expect(await listOutcomes(customer)).toEqual([`declined: ${code}`, 'not_made: retry_later'])
    expect((await customer.attempts())[1]?.detail).toBe(`2 × 100 credits for $24.00: ${message}`)
  })

  test('is not charged by further usage in the meantime', async () => {
    await customer.talkFor(60_000)
    await pass(HOUR_MS - 1)
    expect(await customer.charges()).toBe(1)
  })

  test('is charged again after an hour and after a day, and then no more', async () => {
    await pass(1)
    expect(await customer.charges()).toBe(2)
    expect(await customer.autoReload()).toMatchObject({ state: 'waiting' })
    await pass(DAY_MS - 1)
    expect(await customer.charges()).toBe(2)
    await pass(1)
    expect(await customer.charges()).toBe(3)
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'failed',
      stateReasonCode: 'card_declined',
      stateReason: `${message} Auto-reload has stopped until the card is changed or the settings are saved again.`,
      stateUntil: null,
    })
    await pass(5 * DAY_MS)
    await customer.talkFor(60_000)
    await pass(5 * DAY_MS)
    expect(await customer.charges()).toBe(3)
    const declined = `declined: ${code}`
    const waited = 'not_made: retry_later'
    expect(await listOutcomes(customer)).toEqual([
      declined,
      waited,
      declined,
      waited,
      declined,
      'not_made: card_declined',
    ])
  })

  test('is replaced by a new card, which is charged at once', async () => {
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
    // Declines are counted from one again.
    expect(await customer.autoReload()).toMatchObject({
      state: 'waiting',
      stateUntil: new Date(t.clock.now() + HOUR_MS).toISOString(),
    })
  })

  test('by choosing another card, but not by removing one that was not charged', async () => {
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
    await pass(HOUR_MS)
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

test('no retry is made or announced while the balance is above the threshold', async () => {
  const customer = await reloadCustomer(t, { card: 'decline' })
  await customer.setBalance(10)
  await customer.save()
  await t.app.autoReload.idle()
  await customer.setBalance(100)
  await t.app.runDue()
  expect(await customer.autoReload()).toMatchObject({ state: 'watching', stateUntil: null })
  await pass(2 * HOUR_MS)
  expect(await customer.charges()).toBe(1)
  await customer.setBalance(10)
  await t.app.runDue()
  expect(await customer.charges()).toBe(2)
})

describe('a bank whose answer gets lost', () => {
  test('charges once, and the credits are added once', async () => {
    const customer = await reloadCustomer(t, { card: 'unknown_outcome' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.autoReload()).toMatchObject({
      state: 'buying',
      stateReasonCode: 'purchase_in_flight',
      lastAttempt: {
        outcome: 'pending',
        detail: '2 × 100 credits for $24.00: the outcome is not known yet. It is being looked up.',
      },
    })
    // Further usage, new cards and saved settings do not buy again meanwhile.
    await customer.talkFor(60_000)
    await customer.addCard('success')
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toHaveLength(1)
    await pass(3_000)
    expect(await customer.credits()).toBe(209)
    expect(await customer.charges()).toBe(1)
    expect(await customer.autoReload()).toMatchObject({
      state: 'watching',
      lastAttempt: { outcome: 'succeeded' },
    })
  })
})
