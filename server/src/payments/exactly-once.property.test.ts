import { assertNever } from '@talktime/core/exhaustive'
import { MINUTE_MS } from '@talktime/core/time/durations'
import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { ProcessKilled } from '../../test/killable-process.ts'
import { openShop, type Seller, type Shop } from '../../test/shop.ts'
import { type TestCard, testCards } from './gateway.ts'
import { readOutcome } from './sandbox/gateway.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  expect(await shop.verify()).toEqual([])
})
afterAll(() => shop.close())

const CREDITS_MS = 200 * MINUTE_MS
const order = { key: 'order', quantity: 2 }

/** Ignores that a process was killed. */
async function unlessKilled<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ProcessKilled) return undefined
    throw error
  }
}

/** Expects that the customer got what they paid for, purchase by purchase. */
async function expectPaidIsDelivered(workspaceId: string): Promise<void> {
  const purchases = await shop.listPurchases(workspaceId)
  const succeeded = purchases.filter(({ status }) => status === 'succeeded')
  const taken = await shop.listTaken(workspaceId)
  expect(taken.map(({ purchaseId }) => purchaseId)).toEqual(succeeded.map(({ id }) => id))
  expect(await shop.sumToppedUpMs(workspaceId)).toBe(succeeded.reduce((sum, one) => sum + one.creditsMs, 0))
}

describe('a process that is killed at any step', () => {
  test.each(testCards.filter((card) => card !== 'insufficient_funds'))(
    'charges once and credits once, or does neither (card: %s)',
    async (card) => {
      const states = new Set<string>()
      for (let stepsMax = 0; ; stepsMax += 1) {
        const { workspaceId } = await shop.addCustomer(card)
        const killable = shop.startSeller(stepsMax)
        await unlessKilled(killable.buy(workspaceId, order))
        states.add(
          `${(await shop.listPurchases(workspaceId)).length} purchases, ${(await shop.listTaken(workspaceId)).length} paid, ${await shop.sumToppedUpMs(workspaceId)} ms`,
        )
        await shop.reconcileAll()
        await expectPaidIsDelivered(workspaceId)
        // The customer, who got no answer, tries again.
        const purchase = await shop.startSeller().buy(workspaceId, order)
        expect(await shop.listPurchases(workspaceId)).toHaveLength(1)
        await shop.reconcileAll()
        await expectPaidIsDelivered(workspaceId)
        if (card === 'success') expect(purchase.status).toBe('succeeded')
        if (!killable.life.isKilled) break
      }
      // The kills happened before, between and after the steps that belong together.
      const expected = ['0 purchases, 0 paid, 0 ms', '1 purchases, 0 paid, 0 ms']
      if (card === 'success')
        expected.push('1 purchases, 1 paid, 0 ms', `1 purchases, 1 paid, ${CREDITS_MS} ms`)
      if (card === 'unknown_outcome') expected.push('1 purchases, 1 paid, 0 ms')
      expect([...states].sort()).toEqual(expected.sort())
    },
  )

  test('has its purchases reconciled once, even if the reconciliation is killed at any step', async () => {
    for (let stepsMax = 0; ; stepsMax += 1) {
      const { workspaceId } = await shop.addCustomer('unknown_outcome')
      await shop.startSeller().buy(workspaceId, order)
      shop.clock.advance(2_000)
      const killable = shop.startSeller(stepsMax)
      await unlessKilled(killable.payments.reconcileDue())
      await shop.reconcileAll()
      await expectPaidIsDelivered(workspaceId)
      expect(await shop.sumToppedUpMs(workspaceId)).toBe(CREDITS_MS)
      if (!killable.life.isKilled) break
    }
  })
})

/** Something that may happen at the same time as something else. */
type Action =
  | { readonly kind: 'buy'; readonly seller: number; readonly key: string; readonly quantity: number }
  | { readonly kind: 'reconcile'; readonly seller: number }
  /** The bank reports what it knows about a purchase. */
  | { readonly kind: 'webhook'; readonly seller: number; readonly purchase: number }
  | {
      readonly kind: 'customer'
      readonly purchase: number
      readonly end: 'confirmed' | 'authentication_failed'
    }
  | { readonly kind: 'cancel'; readonly seller: number; readonly purchase: number }
  | { readonly kind: 'remove the card'; readonly seller: number }
  | { readonly kind: 'new card'; readonly card: TestCard }
  /** The process is killed after this many more steps, and another takes its place. */
  | { readonly kind: 'kill'; readonly seller: number; readonly steps: number }

const seller = fc.integer({ min: 0, max: 1 })
const purchase = fc.integer({ min: 0, max: 2 })
const card = fc.constantFrom(...testCards)
const action: fc.Arbitrary<Action> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('buy' as const),
      seller,
      key: fc.constantFrom('a', 'b'),
      quantity: fc.constant(2),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('reconcile' as const), seller }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('webhook' as const), seller, purchase }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('customer' as const),
      purchase,
      end: fc.constantFrom('confirmed' as const, 'authentication_failed' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), seller, purchase }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('remove the card' as const), seller }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('new card' as const), card }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('kill' as const),
      seller,
      steps: fc.integer({ min: 0, max: 40 }),
    }),
  },
)

/** Moments in which several things happen at once, each with the time until the next. */
const history = fc.array(
  fc.record({
    actions: fc.array(action, { minLength: 1, maxLength: 4 }),
    waitMs: fc.constantFrom(0, 2_000, 60_000, 3_600_000),
  }),
  { minLength: 1, maxLength: 6 },
)

test('what is paid is delivered once, whatever is repeated, concurrent, late or killed', async () => {
  await fc.assert(
    fc.asyncProperty(card, history, async (firstCard, moments) => {
      const { workspaceId } = await shop.addCustomer(firstCard)
      const sellers = [shop.startSeller(), shop.startSeller()]
      for (const { actions, waitMs } of moments) {
        for (const [index, { life }] of sellers.entries())
          if (life.isKilled) sellers[index] = shop.startSeller()
        await Promise.all(actions.map((one) => perform(workspaceId, sellers, one)))
        shop.clock.advance(waitMs)
      }
      await shop.reconcileAll()
      await expectPaidIsDelivered(workspaceId)
    }),
    propertyRuns(30),
  )
})

async function perform(workspaceId: string, sellers: readonly Seller[], one: Action): Promise<void> {
  const by = 'seller' in one ? sellers[one.seller] : undefined
  const purchases = await shop.listPurchases(workspaceId)
  const about = 'purchase' in one ? purchases[one.purchase] : undefined
  switch (one.kind) {
    case 'buy':
      await unlessRefused(by?.buy(workspaceId, one))
      return
    case 'reconcile':
      await unlessRefused(by?.payments.reconcileDue())
      return
    case 'webhook': {
      const charge = about && (await shop.gateway.bank.findByKey(about.id))
      if (charge === undefined) return
      await unlessRefused(
        by?.payments.recordOutcome({ workspaceId, id: charge.idempotencyKey }, readOutcome(charge)),
      )
      return
    }
    case 'customer': {
      const charge = about && (await shop.gateway.bank.findByKey(about.id))
      if (charge !== undefined) await shop.gateway.bank.finish(charge.ref, one.end)
      return
    }
    case 'cancel':
      if (about !== undefined) await unlessRefused(by?.payments.cancel({ workspaceId, id: about.id }))
      return
    case 'remove the card': {
      const method = await by?.payments.findDefaultMethod(shop.database, workspaceId)
      if (method !== undefined)
        await unlessRefused(by?.payments.removeMethod(workspaceId, method.id, { actor: 'system' }))
      return
    }
    case 'new card':
      await shop.addCard(workspaceId, one.card)
      return
    case 'kill':
      by?.life.killAfter(one.steps)
      return
    default:
      return assertNever(one)
  }
}

/** Ignores that a process was killed, that there is no card, and that a card was removed before. */
async function unlessRefused(work: Promise<unknown> | undefined): Promise<void> {
  try {
    await work
  } catch (error) {
    const refused = error instanceof Error && /payment_method_(required|not_found)/.test(error.message)
    if (!refused && !(error instanceof ProcessKilled)) throw error
  }
}
