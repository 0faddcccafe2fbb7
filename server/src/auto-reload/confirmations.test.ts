import { DAY_MS } from '@talktime/core/time/durations'
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

/** Decides on the bank's page. Returns the status of the response. */
async function decideAtBank(customer: ReloadCustomer, decision: 'confirm' | 'decline'): Promise<number> {
  const [waiting] = await customer.reloads()
  const { pathname } = new URL(waiting?.actionUrl ?? '')
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status } = await t.request('POST', `${pathname}/${decision}`, { headers })
  await t.app.autoReload.idle()
  return status
}

describe('a card whose bank wants a confirmation', () => {
  async function createWaitingCustomer(): Promise<ReloadCustomer> {
    const customer = await reloadCustomer(t, { card: 'requires_action' })
    await customer.setBalance(10)
    await customer.save()
    await t.app.autoReload.idle()
    return customer
  }

  test('stops auto-reload until the customer confirms, which adds the credits', async () => {
    const customer = await createWaitingCustomer()
    expect(await customer.autoReload()).toMatchObject({
      enabled: true,
      state: 'failed',
      stateReasonCode: 'confirmation_required',
      stateReason:
        'The bank wants you to confirm the payment. Confirm it, or change the card or save the settings again to start a new payment.',
      // The payment may still be confirmed.
      spentThisMonth: { minor: 2400 },
    })
    expect(await listOutcomes(customer)).toEqual([
      'requires_action: confirmation_required',
      'not_made: confirmation_required',
    ])
    expect(await customer.reloads()).toMatchObject([{ status: 'requires_action' }])
    await pass(3 * DAY_MS)
    expect(await customer.charges()).toBe(1)
    expect(await decideAtBank(customer, 'confirm')).toBe(303)
    expect(await customer.credits()).toBe(210)
    expect(await customer.autoReload()).toMatchObject({ state: 'watching' })
    expect((await customer.attempts()).at(-1)).toMatchObject({ outcome: 'succeeded' })
  })

  test('leaves it stopped when the customer declines', async () => {
    const customer = await createWaitingCustomer()
    expect(await decideAtBank(customer, 'decline')).toBe(303)
    expect(await customer.autoReload()).toMatchObject({
      state: 'failed',
      stateReasonCode: 'confirmation_required',
      stateReason:
        'The payment was not confirmed with the bank. Nothing was charged. Auto-reload has stopped until the card is changed or the settings are saved again.',
    })
    await pass(3 * DAY_MS)
    expect(await customer.charges()).toBe(1)
  })

  test('is replaced by a new card, and the old payment is canceled so that nobody pays twice', async () => {
    const customer = await createWaitingCustomer()
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

  test('gets a new payment in place of the old one when the settings are saved again', async () => {
    const customer = await createWaitingCustomer()
    t.clock.advance(1)
    await customer.save()
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toMatchObject([{ status: 'requires_action' }, { status: 'failed' }])
    await decideAtBank(customer, 'confirm')
    expect(await customer.credits()).toBe(210)
  })

  test('has its payment canceled when auto-reload is switched off', async () => {
    const customer = await createWaitingCustomer()
    await customer.save({ enabled: false })
    await t.app.autoReload.idle()
    expect(await customer.reloads()).toMatchObject([{ status: 'failed' }])
    expect(await customer.autoReload()).toMatchObject({ state: 'off', spentThisMonth: { minor: 0 } })
  })

  test('frees the monthly cap for the next card when its payment is canceled', async () => {
    const customer = await reloadCustomer(t, { card: 'requires_action' })
    await customer.setBalance(10)
    await customer.save({ monthlyCap: { minor: 2400, currency: 'USD' } })
    await t.app.autoReload.idle()
    await customer.addCard('success')
    expect(await customer.autoReload()).toMatchObject({ state: 'watching', spentThisMonth: { minor: 2400 } })
  })
})
