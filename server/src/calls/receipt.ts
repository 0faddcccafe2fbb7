import { allocateCharges, measureAllocation } from '@talktime/core/billing/charge-allocations'
import { type GrantRow, grantColumns, type LineRow, paidBy, readLine } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { CallRow } from './call-row.ts'
import { loadCallsById } from './call-store.ts'
import { callProblems } from './problems.ts'

/** What one grant paid of a call, in milliseconds of talk time. Negative never: what was given back is taken off. */
export type Payment = { readonly grant: GrantRow; readonly amountMs: number }

export type ReceiptEntry = {
  readonly id: string
  readonly seq: number
  readonly atMs: number
  readonly amountMs: number
  readonly balanceAfterMs: number
  readonly drawnAfterMs: number
  readonly grantId: string | null
}

export type Receipt = {
  readonly call: CallRow
  readonly payments: readonly Payment[]
  /** Charged, but no grant has paid it yet: part of the overdraft. */
  readonly unpaidMs: number
  readonly entries: readonly ReceiptEntry[]
}

/** Throws `call_not_found`. */
export async function requireCall(db: Queryable, workspaceId: string, callId: string): Promise<CallRow> {
  const [call] = await loadCallsById(db, [{ workspaceId, key: callId }])
  if (call === undefined)
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  return call
}

/** The call with everything that charged it and which grants paid. Read it in one snapshot. */
export async function readReceipt(db: Queryable, workspaceId: string, callId: string): Promise<Receipt> {
  const call = await requireCall(db, workspaceId, callId)
  const line = await readLine(db, workspaceId)
  const entries = await entriesOf(db, call)
  const paidMs = await paidByGrant(db, line, entries)
  const grants = await grantsOf(db, workspaceId, [...paidMs.keys()])
  const payments = grants
    .map((grant) => ({ grant, amountMs: paidMs.get(grant.id) ?? 0 }))
    .filter((payment) => payment.amountMs > 0)
  const totalMs = payments.reduce((sum, payment) => sum + payment.amountMs, 0)
  return { call, payments, unpaidMs: call.facts.settledMs - totalMs, entries }
}

async function entriesOf(db: Queryable, call: CallRow): Promise<ReceiptEntry[]> {
  if (call.entrySeqs.length === 0) return []
  const { rows } = await db.query<ReceiptEntry>(
    `select id, seq, at_ms as "atMs", amount_ms as "amountMs", balance_after_ms as "balanceAfterMs",
            drawn_after_ms as "drawnAfterMs", grant_id as "grantId"
     from ledger_entries where workspace_id = $1 and seq = any($2::bigint[]) order by seq`,
    [call.workspaceId, call.entrySeqs],
  )
  return rows
}

/** Milliseconds by the grant that paid them; what nobody has paid yet is left out. */
async function paidByGrant(
  db: Queryable,
  line: LineRow,
  entries: readonly ReceiptEntry[],
): Promise<Map<string, number>> {
  const charges = entries.filter(({ amountMs }) => amountMs < 0)
  const stretch = {
    fromMs: Math.min(...charges.map((charge) => charge.drawnAfterMs + charge.amountMs)),
    toMs: Math.max(...charges.map((charge) => charge.drawnAfterMs)),
  }
  const draws = charges.length === 0 ? [] : await paidBy(db, line, stretch)
  const paidMs = new Map<string, number>()
  for (const piece of allocateCharges(entries, draws)) {
    if (piece.grantId !== null)
      paidMs.set(piece.grantId, (paidMs.get(piece.grantId) ?? 0) + measureAllocation(piece))
  }
  return paidMs
}

async function grantsOf(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])
     order by array_position($2::uuid[], id)`,
    [workspaceId, ids],
  )
  return rows
}
