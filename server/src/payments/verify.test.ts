import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from '../../test/shop.ts'
import type { Difference } from '../ledger/index.ts'
import { verifyPayments } from './verify.ts'

let shop: Shop
let paidId: string
beforeAll(async () => {
  shop = await openShop()
  const { workspaceId } = await shop.customer('success')
  paidId = (await shop.seller().buy(workspaceId, { key: 'paid', quantity: 2 })).id
})
afterAll(() => shop.close())

/** What `verify` says after `statement` has been at the books, which are then put back. */
async function afterTampering(statement: string): Promise<Difference[]> {
  const putBack = new Error('put back')
  let found: Difference[] = []
  const tampering = shop.database.transaction(async (tx) => {
    // The books refuse most of this by themselves.
    await tx.query(`set local session_replication_role = 'replica'`)
    await tx.query(statement)
    found = await verifyPayments(tx)
    throw putBack
  })
  await expect(tampering).rejects.toBe(putBack)
  return found
}

test('books in which nothing was changed add up, also while an outcome is still unknown', async () => {
  const { workspaceId } = await shop.customer('unknown_outcome')
  await shop.seller().buy(workspaceId, { key: 'open', quantity: 1 })
  expect(await verifyPayments(shop.database)).toEqual([])
})

test.each([
  [
    'each top-up that was paid gave its credits once',
    'delete from ledger_entries where purchase_id is not null',
  ],
  ['each top-up that was paid gave its credits once', `update purchases set credits_ms = credits_ms + 1`],
  [
    'each top-up that was paid gave its credits once',
    `update grants set expires_at_ms = granted_at_ms + 1 where kind = 'top_up'`,
  ],
  ['bought credits come from purchases that were paid', `delete from purchases where status = 'succeeded'`],
  [
    'bought credits come from purchases that were paid',
    `update ledger_entries set purchase_id = null where kind = 'top_up'`,
  ],
  [
    'bought credits cost what was paid for them',
    `update grants set price_minor = 2 * price_minor where kind = 'top_up'`,
  ],
  ['what the sandbox bank charged was paid for something', `update sandbox_charges set amount_minor = 1`],
  [
    'what the sandbox bank charged was paid for something',
    `update purchases set status = 'failed', failure_code = 'lost', settled_at_ms = 1, next_check_at_ms = null
     where status = 'pending'`,
  ],
  ['what was paid in the sandbox, its bank charged', `delete from sandbox_charges`],
  [
    'receipts are numbered without a gap',
    `update purchases set receipt_number = 'R-2026-000002' where receipt_number is not null`,
  ],
  ['receipts are numbered without a gap', `delete from receipt_numbers`],
])('verify finds it where "%s" does not hold: %s', async (check, statement) => {
  const found = await afterTampering(statement)
  expect(found.map((difference) => difference.check)).toContain(check)
})

test('a difference names the purchase', async () => {
  const [difference] = await afterTampering('delete from ledger_entries where purchase_id is not null')
  expect(difference?.detail).toContain(paidId)
})
