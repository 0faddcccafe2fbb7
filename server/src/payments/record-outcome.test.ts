import { HOUR_MS, MINUTE_MS, SECOND_MS } from '@talktime/core/time/durations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../test/shop.ts'
import type { PaymentsDeps } from './deps.ts'
import type { Fulfillment, Fulfillments } from './fulfillment.ts'
import type { ChargeOutcome, TestCard } from './gateway.ts'
import type { Order } from './order.ts'
import type { Payments } from './payments.ts'
import type { Purchase } from './purchase.ts'
import { requirePurchase } from './purchase-store.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

/** A fulfillment that delivers nothing and records its calls in order. */
function recordCalls(): Fulfillment & { readonly calls: string[] } {
  const calls: string[] = []
  return {
    calls,
    async fulfill() {
      calls.push('fulfill')
      return { grantId: null }
    },
    async handleFailure(_tx, _unit, { status, declineClass }) {
      calls.push(`failed: ${status}, ${declineClass}`)
    },
  }
}

function openPayments(fulfillments: Fulfillments, changes: Partial<PaymentsDeps> = {}): Payments {
  const { payments } = shop.startSeller(undefined, changes)
  payments.register({ fulfillments })
  return payments
}

/** Creates a renewal of a new customer with a card. It is not charged yet. */
async function createPurchase(
  payments: Payments,
  card: TestCard,
  changes: Partial<Order> = {},
): Promise<Purchase> {
  const { workspaceId, method } = await shop.addCustomer(card)
  return createPurchaseFor(payments, workspaceId, { method, ...changes })
}

async function createPurchaseFor(
  payments: Payments,
  workspaceId: string,
  changes: Pick<Order, 'method'> & Partial<Order>,
): Promise<Purchase> {
  const nowMs = shop.clock.now()
  const order: Order = {
    purpose: 'renewal',
    origin: 'renewal',
    creditsMs: 0,
    amountMinor: 9900,
    currency: 'USD',
    description: 'Growth plan',
    ...changes,
  }
  return shop.ledger.changeWorkspace(workspaceId, ({ tx, unit }) =>
    payments.createPurchase(tx, unit, order, nowMs),
  )
}

async function confirmAtBank(purchase: Purchase, end: 'confirmed' | 'authentication_failed') {
  const charge = await shop.gateway.bank.findByKey(purchase.id)
  await shop.gateway.bank.finish(charge?.ref ?? '', end)
}

describe('a fulfillment', () => {
  test('is run once for a paid purchase, however often the success is reported', async () => {
    const renewal = recordCalls()
    const payments = openPayments({ renewal })
    const purchase = await createPurchase(payments, 'success')
    const charged = await payments.charge(purchase)
    const success: ChargeOutcome = { outcome: 'succeeded', chargeRef: charged.chargeRef ?? '' }
    await Promise.all([payments.charge(purchase), payments.recordOutcome(purchase, success)])
    expect(renewal.calls).toEqual(['fulfill'])
    expect(charged).toMatchObject({ status: 'succeeded', grantId: null, balanceAfterMs: null })
  })

  test('handles a decline', async () => {
    const renewal = recordCalls()
    const payments = openPayments({ renewal })
    await payments.charge(await createPurchase(payments, 'insufficient_funds'))
    expect(renewal.calls).toEqual(['failed: failed, soft'])
  })

  test('handles a confirmation without a customer once, whatever follows', async () => {
    const renewal = recordCalls()
    const payments = openPayments({ renewal })
    const purchase = await createPurchase(payments, 'requires_action')
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'requires_action',
      declineClass: 'action_required',
      failureCode: 'authentication_required',
    })
    await payments.recordOutcome(purchase, { outcome: 'pending', chargeRef: 'charge' })
    await confirmAtBank(purchase, 'authentication_failed')
    expect(await payments.charge(purchase)).toMatchObject({ status: 'failed' })
    expect(renewal.calls).toEqual(['failed: requires_action, action_required'])
  })

  test('delivers what was bought if the customer confirms later', async () => {
    const renewal = recordCalls()
    const payments = openPayments({ renewal })
    const purchase = await createPurchase(payments, 'requires_action')
    await payments.charge(purchase)
    await confirmAtBank(purchase, 'confirmed')
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'succeeded',
      declineClass: null,
      failureCode: null,
      actionUrl: null,
    })
    expect(renewal.calls).toEqual(['failed: requires_action, action_required', 'fulfill'])
  })

  test('is repeated if it throws, and nothing is recorded until it succeeds', async () => {
    const renewal = recordCalls()
    const broken: Fulfillment = {
      ...renewal,
      async fulfill() {
        throw new Error('broken')
      },
    }
    const before = openPayments({ renewal: broken })
    const purchase = await createPurchase(before, 'success')
    await expect(before.charge(purchase)).rejects.toThrow('broken')
    expect(await requirePurchase(shop.database, purchase)).toMatchObject({
      status: 'pending',
      receiptNumber: null,
    })
    const repaired = openPayments({ renewal })
    shop.clock.advance(30_000)
    await repaired.reconcileDue()
    expect(await requirePurchase(shop.database, purchase)).toMatchObject({ status: 'succeeded' })
    expect(await shop.listTaken(purchase.workspaceId)).toHaveLength(1)
    expect(await shop.verify()).toEqual([])
  })
})

describe('an outcome', () => {
  test('that contradicts a final one changes nothing and is reported', async () => {
    const reported: unknown[] = []
    const payments = openPayments(
      { renewal: recordCalls() },
      {
        onError: (error) => reported.push(error),
      },
    )
    const purchase = await payments.charge(await createPurchase(payments, 'decline'))
    const after = await payments.recordOutcome(purchase, { outcome: 'succeeded', chargeRef: 'late' })
    expect(after).toEqual(purchase)
    expect(String(reported[0])).toContain('is failed, but sandbox says succeeded')
  })

  test('of a purchase that costs nothing is a success without a charge', async () => {
    const plan_change = recordCalls()
    const payments = openPayments({ plan_change })
    const { workspaceId } = await shop.addCustomer('decline')
    const order = { purpose: 'plan_change', origin: 'manual', amountMinor: 0, method: null } as const
    const purchase = await payments.charge(await createPurchaseFor(payments, workspaceId, order))
    expect(purchase).toMatchObject({ status: 'succeeded', chargeRef: null })
    expect(await shop.gateway.bank.findByKey(purchase.id)).toBeUndefined()
  })

  test('that does not come in time is unknown until it is looked up', async () => {
    const answers: (() => void)[] = []
    const slow = openPayments(
      { renewal: recordCalls() },
      {
        answerMsMax: 5,
        gateway: {
          ...shop.gateway,
          async charge(request) {
            const outcome = await shop.gateway.charge(request)
            await new Promise<void>((resolve) => answers.push(resolve))
            return outcome
          },
        },
      },
    )
    const purchase = await createPurchase(slow, 'success')
    expect(await slow.charge(purchase)).toMatchObject({ status: 'pending', chargeRef: null })
    for (const answer of answers) answer()
    expect(await slow.charge(purchase)).toMatchObject({ status: 'succeeded' })
    expect(await shop.listTaken(purchase.workspaceId)).toHaveLength(1)
  })

  test('that stays unknown is looked up less and less often', async () => {
    const payments = openPayments(
      { renewal: recordCalls() },
      {
        gateway: {
          ...shop.gateway,
          charge: async () => ({ outcome: 'unknown' }),
          lookUp: async () => ({ outcome: 'unknown' }),
        },
      },
    )
    const purchase = await createPurchase(payments, 'success')
    const pausesMs: number[] = []
    for (let check = 0; check < 10; check += 1) {
      const { nextCheckAtMs } = await payments.charge(purchase)
      pausesMs.push((nextCheckAtMs ?? 0) - shop.clock.now())
    }
    expect(pausesMs).toEqual([
      2 * SECOND_MS,
      5 * SECOND_MS,
      15 * SECOND_MS,
      MINUTE_MS,
      5 * MINUTE_MS,
      15 * MINUTE_MS,
      HOUR_MS,
      6 * HOUR_MS,
      6 * HOUR_MS,
      6 * HOUR_MS,
    ])
  })
})

describe('a purchase', () => {
  test('by auto-reload is refused while another one is open', async () => {
    const payments = openPayments({})
    const { workspaceId, method } = await shop.addCustomer('requires_action')
    const order = { purpose: 'top_up', origin: 'auto_reload', creditsMs: 60_000, method } as const
    const first = await createPurchaseFor(payments, workspaceId, order)
    const refusal = { code: 'payment_pending' }
    await expect(createPurchaseFor(payments, workspaceId, order)).rejects.toMatchObject(refusal)
    await payments.charge(first)
    await expect(createPurchaseFor(payments, workspaceId, order)).rejects.toMatchObject(refusal)
    expect(await payments.cancel(first)).toMatchObject({ status: 'failed', failureCode: 'canceled' })
    await createPurchaseFor(payments, workspaceId, order)
  })

  test('that nobody charges is charged by the worker, at once if it was created for the worker', async () => {
    const payments = openPayments({ renewal: recordCalls() })
    const forWorker = await createPurchase(payments, 'success', { chargedBy: 'worker' })
    const left = await createPurchase(payments, 'success')
    await payments.reconcileDue()
    expect(await requirePurchase(shop.database, forWorker)).toMatchObject({ status: 'succeeded' })
    expect(await requirePurchase(shop.database, left)).toMatchObject({ status: 'pending', checks: 0 })
    shop.clock.advance(10_000)
    await payments.reconcileDue()
    expect(await requirePurchase(shop.database, left)).toMatchObject({ status: 'succeeded' })
  })

  test('on a card that is removed first fails without a charge', async () => {
    const payments = openPayments({ renewal: recordCalls() })
    const purchase = await createPurchase(payments, 'success')
    await payments.removeMethod(purchase.workspaceId, purchase.paymentMethodId ?? '', { actor: 'system' })
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'failed',
      failureCode: 'payment_method_removed',
      declineClass: 'hard',
    })
    expect(await shop.gateway.bank.findByKey(purchase.id)).toBeUndefined()
  })
})

describe('receipts', () => {
  test('are numbered from 1 each year, without gaps, even for concurrent purchases', async () => {
    const payments = openPayments({ renewal: recordCalls() })
    const cards = ['success', 'decline', 'success', 'unknown_outcome', 'success'] as const
    const charge = async () => {
      const purchases = await Promise.all(cards.map((card) => createPurchase(payments, card)))
      await Promise.all(purchases.map((purchase) => payments.charge(purchase)))
      shop.clock.advance(60_000)
      await payments.reconcileDue()
    }
    await charge()
    // Purchases that other tests left open get their receipts in the old year.
    shop.clock.set(Date.UTC(2026, 11, 31))
    await payments.reconcileDue()
    shop.clock.set(Date.UTC(2027, 0, 1))
    await charge()
    const { rows } = await shop.database.query<{ number: string }>(
      `select receipt_number as number from purchases
       where receipt_number like 'R-2027-%' order by receipt_number`,
    )
    expect(rows.map(({ number }) => number)).toEqual([
      'R-2027-000001',
      'R-2027-000002',
      'R-2027-000003',
      'R-2027-000004',
    ])
    expect(await shop.verify()).toEqual([])
  })
})
