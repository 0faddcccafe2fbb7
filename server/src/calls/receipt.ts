import { allocateCharges, measureAllocation } from '@talktime/core/billing/charge-allocations'
import { type GrantRow, type LineRow, readLine, readPaidDraws } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { CallRow } from './call-row.ts'
import { loadCallsById } from './call-store.ts'
import { callProblems } from './problems.ts'
import { loadGrants, loadReceiptEntries, type ReceiptEntry } from './receipt-store.ts'

/** What one grant paid of a call, in milliseconds of talk time, less what was returned to it. Always above zero. */
export type Payment = { readonly grant: GrantRow; readonly amountMs: number }

export type Receipt = {
  readonly call: CallRow
  readonly payments: readonly Payment[]
  /** What was charged and no grant has paid yet, in milliseconds of talk time: part of the overdraft. */
  readonly unpaidMs: number
  readonly entries: readonly ReceiptEntry[]
}

/** Reads a call with the entries that charged it and the grants that paid. Throws `call_not_found`. Needs one snapshot. */
export async function readReceipt(db: Queryable, workspaceId: string, callId: string): Promise<Receipt> {
  const call = await requireCall(db, workspaceId, callId)
  const line = await readLine(db, workspaceId)
  const entries = await loadReceiptEntries(db, call)
  const paidMs = await sumPayments(db, line, entries)
  const grants = await loadGrants(db, workspaceId, [...paidMs.keys()])
  const payments = grants
    .map((grant) => ({ grant, amountMs: paidMs.get(grant.id) ?? 0 }))
    .filter((payment) => payment.amountMs > 0)
  const totalMs = payments.reduce((sum, payment) => sum + payment.amountMs, 0)
  return { call, payments, unpaidMs: call.facts.settledMs - totalMs, entries }
}

async function requireCall(db: Queryable, workspaceId: string, callId: string): Promise<CallRow> {
  const [call] = await loadCallsById(db, [{ workspaceId, key: callId }])
  if (call === undefined)
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  return call
}

/** Sums what each grant paid of these entries, in milliseconds by grant id. What no grant has paid yet is left out. */
async function sumPayments(
  db: Queryable,
  line: LineRow,
  entries: readonly ReceiptEntry[],
): Promise<Map<string, number>> {
  const charges = entries.filter(({ amountMs }) => amountMs < 0)
  const charged = {
    fromMs: Math.min(...charges.map((charge) => charge.drawnAfterMs + charge.amountMs)),
    toMs: Math.max(...charges.map((charge) => charge.drawnAfterMs)),
  }
  const draws = charges.length === 0 ? [] : await readPaidDraws(db, line, charged)
  const paidMs = new Map<string, number>()
  for (const allocation of allocateCharges(entries, draws)) {
    const { grantId } = allocation
    if (grantId !== null) paidMs.set(grantId, (paidMs.get(grantId) ?? 0) + measureAllocation(allocation))
  }
  return paidMs
}
