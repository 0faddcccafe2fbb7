import type { Queryable } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'
import type { Buyer } from './customer-store.ts'
import type { Receipt, Seller } from './purchase-store.ts'

/**
 * The next number, such as R-2026-000123: without a gap over the year (of UTC) and all workspaces. Whoever takes one
 * makes the others wait until its transaction ends, so take it last.
 */
export async function nextReceiptNumber(tx: Queryable, atMs: number): Promise<string> {
  const year = new Date(atMs).getUTCFullYear()
  const { rows } = await tx.query<{ last: number }>(
    `insert into receipt_numbers as n (year, last) values ($1, 1)
     on conflict (year) do update set last = n.last + 1 returning last`,
    [year],
  )
  const number = rows[0]?.last
  invariant(number !== undefined, 'A receipt needs a number')
  return `R-${year}-${String(number).padStart(6, '0')}`
}

/** The receipt for an amount, which includes the tax where the seller states one. */
export function receiptFor(seller: Seller, buyer: Buyer, amountMinor: number): Receipt {
  const { name, address, taxId, tax } = seller
  return {
    seller: { name, address: address ?? null, taxId: taxId ?? null },
    buyer,
    tax: tax === undefined ? null : { ...tax, amountMinor: includedTaxMinor(amountMinor, tax.percent) },
  }
}

function includedTaxMinor(amountMinor: number, percent: number): number {
  return Math.round((amountMinor * percent) / (100 + percent))
}
