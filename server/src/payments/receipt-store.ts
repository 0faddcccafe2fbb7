import type { Queryable } from '../platform/database/database.ts'
import { invariant } from '../platform/problem.ts'

/**
 * Takes the next receipt number, such as R-2026-000123. Numbers have no gaps within a UTC year, across all workspaces.
 * Other transactions that need a number wait until this one ends, so take the number as late as possible.
 */
export async function takeReceiptNumber(tx: Queryable, atMs: number): Promise<string> {
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
