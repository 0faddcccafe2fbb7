import fc from 'fast-check'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { propertyRuns } from '../../../core/test/property-runs.ts'
import { ProcessKilled } from '../../test/killable-process.ts'
import { openShop, type Seller, type Shop } from '../../test/shop.ts'
import { type TestCard, testCards } from './gateway.ts'
import { outcomeOf } from './sandbox/gateway.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop()
})
afterEach(async () => {
  expect(await shop.verify()).toEqual([])
})
afterAll(() => shop.close())

const creditsMs = 200 * 60_000
const order = { key: 'order', quantity: 2 }

/** Goes on where a process died: that is no failure of the test. */
async function unlessDied<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof ProcessKilled) return undefined
    throw error
  }
}

/** What the customer paid is what the customer got, purchase by purchase. */
async function expectPaidIsGiven(workspaceId: string): Promise<void> {
  const purchases = await shop.purchases(workspaceId)
  const succeeded = purchases.filter(({ status }) => status === 'succeeded')
  const taken = await shop.taken(workspaceId)
  expect(taken.map(({ purchaseId }) => purchaseId)).toEqual(succeeded.map(({ id }) => id))
  expect(await shop.toppedUpMs(workspaceId)).toBe(succeeded.reduce((sum, one) => sum + one.creditsMs, 0))
}

describe('a process that dies at any of its steps', () => {
  test.each(testCards.filter((card) => card !== 'insufficient_funds'))(
    'charges once and credits once, or neither (card: %s)',
    async (card) => {
      const deaths = new Set<string>()
      for (let stepsMax = 0; ; stepsMax += 1) {
        const { workspaceId } = await shop.customer(card)
        const mortal = shop.seller(stepsMax)
        await unlessDied(mortal.buy(workspaceId, order))
        deaths.add(
          `${(await shop.purchases(workspaceId)).length} purchases, ${(await shop.taken(workspaceId)).length} paid, ${await shop.toppedUpMs(workspaceId)} ms`,
        )
        await shop.reconcileAll()
        await expectPaidIsGiven(workspaceId)
        // The customer, who heard nothing, tries again.
        const purchase = await shop.seller().buy(workspaceId, order)
        expect(await shop.purchases(workspaceId)).toHaveLength(1)
        await shop.reconcileAll()
        await expectPaidIsGiven(workspaceId)
        if (card === 'success') expect(purchase.status).toBe('succeeded')
        if (!mortal.life.isKilled) break
      }
      // The deaths were where they were meant to be: before, between and after what has to go together.
      const expected = ['0 purchases, 0 paid, 0 ms', '1 purchases, 0 paid, 0 ms']
      if (card === 'success')
        expected.push('1 purchases, 1 paid, 0 ms', `1 purchases, 1 paid, ${creditsMs} ms`)
      if (card === 'unknown_outcome') expected.push('1 purchases, 1 paid, 0 ms')
      expect([...deaths].sort()).toEqual(expected.sort())
    },
  )

  test('and whose reconciliation dies as well, at any of its steps', async () => {
    for (let stepsMax = 0; ; stepsMax += 1) {
      const { workspaceId } = await shop.customer('unknown_outcome')
      await shop.seller().buy(workspaceId, order)
      shop.clock.advance(2_000)
      const mortal = shop.seller(stepsMax)
      await unlessDied(mortal.payments.reconcileDue())
      await shop.reconcileAll()
      await expectPaidIsGiven(workspaceId)
      expect(await shop.toppedUpMs(workspaceId)).toBe(creditsMs)
      if (!mortal.life.isKilled) break
    }
  })
})

/** What may happen at the same time as something else. */
type Act =
  | { readonly kind: 'buy'; readonly seller: number; readonly key: string; readonly quantity: number }
  | { readonly kind: 'reconcile'; readonly seller: number }
  /** The bank tells what it knows of a purchase, by itself. */
  | { readonly kind: 'webhook'; readonly seller: number; readonly purchase: number }
  | {
      readonly kind: 'customer'
      readonly purchase: number
      readonly end: 'confirmed' | 'authentication_failed'
    }
  | { readonly kind: 'cancel'; readonly seller: number; readonly purchase: number }
  | { readonly kind: 'remove the card'; readonly seller: number }
  | { readonly kind: 'new card'; readonly card: TestCard }
  /** The process ends after so many more steps, and another takes its place. */
  | { readonly kind: 'die'; readonly seller: number; readonly steps: number }

const seller = fc.integer({ min: 0, max: 1 })
const purchase = fc.integer({ min: 0, max: 2 })
const card = fc.constantFrom(...testCards)
const act: fc.Arbitrary<Act> = fc.oneof(
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
      kind: fc.constant('die' as const),
      seller,
      steps: fc.integer({ min: 0, max: 40 }),
    }),
  },
)

/** Moments, in each of which several things happen at once; and how long it is until the next. */
const history = fc.array(
  fc.record({
    acts: fc.array(act, { minLength: 1, maxLength: 4 }),
    waitMs: fc.constantFrom(0, 2_000, 60_000, 3_600_000),
  }),
  { minLength: 1, maxLength: 6 },
)

test('whatever is repeated, crossed, told late or cut short: what is paid is given, once', async () => {
  await fc.assert(
    fc.asyncProperty(card, history, async (firstCard, moments) => {
      const { workspaceId } = await shop.customer(firstCard)
      const sellers = [shop.seller(), shop.seller()]
      for (const { acts, waitMs } of moments) {
        for (const [index, { life }] of sellers.entries()) if (life.isKilled) sellers[index] = shop.seller()
        await Promise.all(acts.map((one) => happen(workspaceId, sellers, one)))
        shop.clock.advance(waitMs)
      }
      await shop.reconcileAll()
      await expectPaidIsGiven(workspaceId)
    }),
    propertyRuns(30),
  )
})

async function happen(workspaceId: string, sellers: readonly Seller[], one: Act): Promise<void> {
  const by = 'seller' in one ? sellers[one.seller] : undefined
  const purchases = await shop.purchases(workspaceId)
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
        by?.payments.recordOutcome({ workspaceId, id: charge.idempotencyKey }, outcomeOf(charge)),
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
      const method = await by?.payments.defaultMethod(shop.database, workspaceId)
      if (method !== undefined) await unlessRefused(by?.payments.removeMethod(workspaceId, method.id))
      return
    }
    case 'new card':
      await shop.addCard(workspaceId, one.card)
      return
    case 'die':
      by?.life.killAfter(one.steps)
  }
}

/** Dying, having no card and a card that is gone already are all in the game. */
async function unlessRefused(work: Promise<unknown> | undefined): Promise<void> {
  try {
    await work
  } catch (error) {
    const refused = error instanceof Error && /payment_method_(required|not_found)/.test(error.message)
    if (!refused && !(error instanceof ProcessKilled)) throw error
  }
}
