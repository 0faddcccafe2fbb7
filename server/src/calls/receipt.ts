import { type GrantRow, grantColumns, type LineRow, paidBy, readLine } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import type { CallRow } from './call-row.ts'
import { loadCallsById } from './store.ts'

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
  if (call === undefined) throw new Problem('call_not_found', 'There is no such call in this workspace.')
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

async function paidByGrant(
  db: Queryable,
  line: LineRow,
  entries: readonly ReceiptEntry[],
): Promise<Map<string, number>> {
  const paidMs = new Map<string, number>()
  for (const entry of entries) {
    if (entry.amountMs > 0) continue
    const stretch = { fromMs: entry.drawnAfterMs + entry.amountMs, toMs: entry.drawnAfterMs }
    for (const draw of await paidBy(db, line, stretch)) {
      paidMs.set(draw.grantId, (paidMs.get(draw.grantId) ?? 0) + draw.toMs - draw.fromMs)
    }
  }
  return takeGivenBack(paidMs, entries)
}

/** What was given back is taken off the grants that had paid last. */
function takeGivenBack(paidMs: Map<string, number>, entries: readonly ReceiptEntry[]): Map<string, number> {
  let backMs = entries.filter((entry) => entry.amountMs > 0).reduce((sum, entry) => sum + entry.amountMs, 0)
  const net = new Map(paidMs)
  for (const [grantId, amountMs] of [...paidMs].reverse()) {
    const takenMs = Math.min(backMs, amountMs)
    backMs -= takenMs
    net.set(grantId, amountMs - takenMs)
  }
  return net
}

async function grantsOf(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])
     order by array_position($2::uuid[], id)`,
    [workspaceId, ids],
  )
  return rows
}
