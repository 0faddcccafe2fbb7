import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openShop, type Shop } from '../../test/shop.ts'
import type { Order } from './create-purchase.ts'
import type { PaymentsDeps } from './deps.ts'
import type { Fulfillment, Fulfillments } from './fulfillment.ts'
import type { ChargeOutcome, TestCard } from './gateway.ts'
import type { Payments } from './payments.ts'
import { findPurchase, type Purchase, requirePurchase } from './purchase-store.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterAll(() => shop.close())

/** What a purpose was told, in order. */
function listeningFulfillment(): Fulfillment & { readonly heard: string[] } {
  const heard: string[] = []
  return {
    heard,
    async fulfill() {
      heard.push('fulfill')
      return { grantId: null }
    },
    async failed(_tx, _account, { status, declineClass }) {
      heard.push(`failed: ${status}, ${declineClass}`)
    },
  }
}

function paymentsWith(fulfillments: Fulfillments, changes: Partial<PaymentsDeps> = {}): Payments {
  const { payments } = shop.seller(undefined, changes)
  payments.register({ fulfillments })
  return payments
}

/** A renewal of the server's own on a card, intended and not settled. */
async function createPurchase(
  payments: Payments,
  card: TestCard,
  changes: Partial<Order> = {},
): Promise<Purchase> {
  const { workspaceId, method } = await shop.customer(card)
  return intendFor(payments, workspaceId, { method, ...changes })
}

async function intendFor(
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

describe('a purpose is told', () => {
  test('once that it is paid, however often that is said', async () => {
    const renewal = listeningFulfillment()
    const payments = paymentsWith({ renewal })
    const purchase = await createPurchase(payments, 'success')
    const settled = await payments.charge(purchase)
    const said: ChargeOutcome = { outcome: 'succeeded', chargeRef: settled.chargeRef ?? '' }
    await Promise.all([payments.charge(purchase), payments.recordOutcome(purchase, said)])
    expect(renewal.heard).toEqual(['fulfill'])
    expect(settled).toMatchObject({ status: 'succeeded', grantId: null, balanceAfterMs: null })
  })

  test('that it was declined', async () => {
    const renewal = listeningFulfillment()
    const payments = paymentsWith({ renewal })
    await payments.charge(await createPurchase(payments, 'insufficient_funds'))
    expect(renewal.heard).toEqual(['failed: failed, soft'])
  })

  test('once where nobody was there to confirm, whatever comes of it later', async () => {
    const renewal = listeningFulfillment()
    const payments = paymentsWith({ renewal })
    const purchase = await createPurchase(payments, 'requires_action')
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'requires_action',
      declineClass: 'action_required',
      failureCode: 'authentication_required',
    })
    await payments.recordOutcome(purchase, { outcome: 'pending', chargeRef: 'charge' })
    await confirmAtBank(purchase, 'authentication_failed')
    expect(await payments.charge(purchase)).toMatchObject({ status: 'failed' })
    expect(renewal.heard).toEqual(['failed: requires_action, action_required'])
  })

  test('that it is paid after all, where the customer confirms later', async () => {
    const renewal = listeningFulfillment()
    const payments = paymentsWith({ renewal })
    const purchase = await createPurchase(payments, 'requires_action')
    await payments.charge(purchase)
    await confirmAtBank(purchase, 'confirmed')
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'succeeded',
      declineClass: null,
      failureCode: null,
      actionUrl: null,
    })
    expect(renewal.heard).toEqual(['failed: requires_action, action_required', 'fulfill'])
  })

  test('again where it failed to do its part: nothing is recorded until it has', async () => {
    const renewal = listeningFulfillment()
    const broken: Fulfillment = {
      ...renewal,
      async fulfill() {
        throw new Error('broken')
      },
    }
    const before = paymentsWith({ renewal: broken })
    const purchase = await createPurchase(before, 'success')
    await expect(before.charge(purchase)).rejects.toThrow('broken')
    expect(await findPurchase(shop.database, purchase)).toMatchObject({
      status: 'pending',
      receiptNumber: null,
    })
    const mended = paymentsWith({ renewal })
    shop.clock.advance(30_000)
    await mended.reconcileDue()
    expect(await findPurchase(shop.database, purchase)).toMatchObject({ status: 'succeeded' })
    expect(await shop.taken(purchase.workspaceId)).toHaveLength(1)
    expect(await shop.verify()).toEqual([])
  })
})

describe('an outcome', () => {
  test('that contradicts a final one changes nothing and is reported', async () => {
    const reported: unknown[] = []
    const payments = paymentsWith(
      { renewal: listeningFulfillment() },
      {
        onError: (error) => reported.push(error),
      },
    )
    const purchase = await payments.charge(await createPurchase(payments, 'decline'))
    const after = await payments.recordOutcome(purchase, { outcome: 'succeeded', chargeRef: 'late' })
    expect(after).toEqual(purchase)
    expect(String(reported[0])).toContain('is failed, but sandbox says succeeded')
  })

  test('of what costs nothing is a success, and no bank is asked', async () => {
    const plan_change = listeningFulfillment()
    const payments = paymentsWith({ plan_change })
    const { workspaceId } = await shop.customer('decline')
    const order = { purpose: 'plan_change', origin: 'manual', amountMinor: 0, method: null } as const
    const purchase = await payments.charge(await intendFor(payments, workspaceId, order))
    expect(purchase).toMatchObject({ status: 'succeeded', chargeRef: null })
    expect(await shop.gateway.bank.findByKey(purchase.id)).toBeUndefined()
  })

  test('that does not come in time is unknown for the time being', async () => {
    const answers: (() => void)[] = []
    const slow = paymentsWith(
      { renewal: listeningFulfillment() },
      {
        answerMsMax: 5,
        gateway: {
          ...shop.gateway,
          async charge(intent) {
            const outcome = await shop.gateway.charge(intent)
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
    expect(await shop.taken(purchase.workspaceId)).toHaveLength(1)
  })

  test('that stays unknown is asked for less and less often', async () => {
    const payments = paymentsWith(
      { renewal: listeningFulfillment() },
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
    const [second, minute, hour] = [1_000, 60_000, 3_600_000]
    expect(pausesMs).toEqual([
      2 * second,
      5 * second,
      15 * second,
      minute,
      5 * minute,
      15 * minute,
      hour,
      6 * hour,
      6 * hour,
      6 * hour,
    ])
  })
})

describe('an intent', () => {
  test('of auto-reload is refused while another of its purchases is open', async () => {
    const payments = paymentsWith({})
    const { workspaceId, method } = await shop.customer('requires_action')
    const order = { purpose: 'top_up', origin: 'auto_reload', creditsMs: 60_000, method } as const
    const first = await intendFor(payments, workspaceId, order)
    const refusal = { code: 'payment_pending' }
    await expect(intendFor(payments, workspaceId, order)).rejects.toMatchObject(refusal)
    await payments.charge(first)
    await expect(intendFor(payments, workspaceId, order)).rejects.toMatchObject(refusal)
    expect(await payments.cancel(first)).toMatchObject({ status: 'failed', failureCode: 'canceled' })
    await intendFor(payments, workspaceId, order)
  })

  test('that nobody settles is settled by the worker: at once where it was told to', async () => {
    const payments = paymentsWith({ renewal: listeningFulfillment() })
    const told = await createPurchase(payments, 'success', { chargedBy: 'worker' })
    const left = await createPurchase(payments, 'success')
    await payments.reconcileDue()
    expect(await requirePurchase(shop.database, told)).toMatchObject({ status: 'succeeded' })
    expect(await requirePurchase(shop.database, left)).toMatchObject({ status: 'pending', checks: 0 })
    shop.clock.advance(10_000)
    await payments.reconcileDue()
    expect(await requirePurchase(shop.database, left)).toMatchObject({ status: 'succeeded' })
  })

  test('on a card that is removed before it is charged fails, and nothing is charged', async () => {
    const payments = paymentsWith({ renewal: listeningFulfillment() })
    const purchase = await createPurchase(payments, 'success')
    await payments.removeMethod(purchase.workspaceId, purchase.paymentMethodId ?? '')
    expect(await payments.charge(purchase)).toMatchObject({
      status: 'failed',
      failureCode: 'payment_method_removed',
      declineClass: 'hard',
    })
    expect(await shop.gateway.bank.findByKey(purchase.id)).toBeUndefined()
  })
})

describe('receipts', () => {
  test('are numbered without a gap, whoever comes at the same time, anew each year', async () => {
    const payments = paymentsWith({ renewal: listeningFulfillment() })
    const cards = ['success', 'decline', 'success', 'unknown_outcome', 'success'] as const
    const charge = async () => {
      const purchases = await Promise.all(cards.map((card) => createPurchase(payments, card)))
      await Promise.all(purchases.map((purchase) => payments.charge(purchase)))
      shop.clock.advance(60_000)
      await payments.reconcileDue()
    }
    await charge()
    // Also what other tests left open belongs to the old year.
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

test('a gateway that cannot be reached when a card is removed forgets it later', async () => {
  let reachable = false
  const payments = paymentsWith(
    {},
    {
      onError() {},
      gateway: {
        ...shop.gateway,
        async removeMethod(customerRef, methodRef) {
          if (!reachable) throw new Error('away')
          await shop.gateway.removeMethod(customerRef, methodRef)
        },
      },
    },
  )
  const { workspaceId, method } = await shop.customer('success')
  await payments.removeMethod(workspaceId, method.id)
  const removed = async () => {
    const { rows } = await shop.database.query<{ removed: boolean }>(
      'select removed from sandbox_cards where ref = $1',
      [method.methodRef],
    )
    return rows[0]?.removed
  }
  await payments.forgetRemoved()
  expect(await removed()).toBe(false)
  reachable = true
  await payments.forgetRemoved()
  expect(await removed()).toBe(true)
})
