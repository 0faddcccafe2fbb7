import { afterAll, beforeAll, expect, test } from 'vitest'
import { openShop, type Shop } from '../../test/shop.ts'
import type { Difference } from '../ledger/index.ts'
import { verifyPayments } from './verify.ts'

let shop: Shop
let paidId: string
beforeAll(async () => {
  shop = await openShop()
  const { workspaceId } = await shop.addCustomer('success')
  paidId = (await shop.startSeller().buy(workspaceId, { key: 'paid', quantity: 2 })).id
})
afterAll(() => shop.close())

/** Returns what `verify` finds after `statement` has changed the books, and rolls the change back. */
async function verifyTampered(statement: string): Promise<Difference[]> {
  const rollBack = new Error('Roll back')
  let found: Difference[] = []
  const tampering = shop.database.transaction(async (tx) => {
    // The database refuses most of these changes otherwise.
    await tx.query(`set local session_replication_role = 'replica'`)
    await tx.query(statement)
    found = await verifyPayments(tx)
    throw rollBack
  })
  await expect(tampering).rejects.toBe(rollBack)
  return found
}

test('untouched books add up, even while an outcome is unknown', async () => {
  const { workspaceId } = await shop.addCustomer('unknown_outcome')
  await shop.startSeller().buy(workspaceId, { key: 'open', quantity: 1 })
  expect(await verifyPayments(shop.database)).toEqual([])
})

test.each([
  ['each paid top-up added its credits once', 'delete from ledger_entries where purchase_id is not null'],
  ['each paid top-up added its credits once', `update purchases set credits_ms = credits_ms + 1`],
  [
    'each paid top-up added its credits once',
    `update grants set expires_at_ms = granted_at_ms + 1 where kind = 'top_up'`,
  ],
  ['purchased credits come from paid purchases', `delete from purchases where status = 'succeeded'`],
  [
    'purchased credits come from paid purchases',
    `update ledger_entries set purchase_id = null where kind = 'top_up'`,
  ],
  [
    'purchased credits have the price that was paid',
    `update grants set price_minor = 2 * price_minor where kind = 'top_up'`,
  ],
  ['each charge of the sandbox bank belongs to a purchase', `update sandbox_charges set amount_minor = 1`],
  [
    'each charge of the sandbox bank belongs to a purchase',
    `update purchases set status = 'failed', failure_code = 'lost', settled_at_ms = 1, next_check_at_ms = null
     where status = 'pending'`,
  ],
  ['the sandbox bank charged each purchase paid in the sandbox', `delete from sandbox_charges`],
  [
    'receipt numbers have no gaps',
    `update purchases set receipt_number = 'R-2026-000002' where receipt_number is not null`,
  ],
  ['receipt numbers have no gaps', `delete from receipt_numbers`],
])('verify reports a violation of "%s": %s', async (check, statement) => {
  const found = await verifyTampered(statement)
  expect(found.map((difference) => difference.check)).toContain(check)
})

test('a difference names the purchase', async () => {
  const [difference] = await verifyTampered('delete from ledger_entries where purchase_id is not null')
  expect(difference?.detail).toContain(paidId)
})
