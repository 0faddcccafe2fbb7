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

/** A part of what was charged and the grant that paid it; null: nobody yet. */
type Piece = { readonly grantId: string | null; readonly amountMs: number }

async function paidByGrant(
  db: Queryable,
  line: LineRow,
  entries: readonly ReceiptEntry[],
): Promise<Map<string, number>> {
  let pieces: Piece[] = []
  for (const entry of entries) {
    pieces =
      entry.amountMs > 0 ? withoutGivenBack(pieces, entry) : [...pieces, ...(await piecesOf(db, line, entry))]
  }
  const paidMs = new Map<string, number>()
  for (const { grantId, amountMs } of pieces) {
    if (grantId !== null) paidMs.set(grantId, (paidMs.get(grantId) ?? 0) + amountMs)
  }
  return paidMs
}

async function piecesOf(db: Queryable, line: LineRow, charge: ReceiptEntry): Promise<Piece[]> {
  const stretch = { fromMs: charge.drawnAfterMs + charge.amountMs, toMs: charge.drawnAfterMs }
  const paid = (await paidBy(db, line, stretch)).map((draw) => ({
    grantId: draw.grantId,
    amountMs: draw.toMs - draw.fromMs,
  }))
  const unpaidMs = -charge.amountMs - paid.reduce((sum, piece) => sum + piece.amountMs, 0)
  return unpaidMs > 0 ? [...paid, { grantId: null, amountMs: unpaidMs }] : paid
}

/**
 * What was given back is the end of what had been charged until then. Where the credit given back has paid a debt
 * of this very call, the two cancel out first.
 */
function withoutGivenBack(pieces: readonly Piece[], back: ReceiptEntry): Piece[] {
  const own = pieces.filter((piece) => piece.grantId === back.grantId)
  let restMs = back.amountMs - own.reduce((sum, piece) => sum + piece.amountMs, 0)
  const left: Piece[] = []
  for (const piece of pieces.filter((piece) => piece.grantId !== back.grantId).reverse()) {
    const takenMs = Math.min(restMs, piece.amountMs)
    restMs -= takenMs
    if (takenMs < piece.amountMs) left.unshift({ ...piece, amountMs: piece.amountMs - takenMs })
  }
  return left
}

async function grantsOf(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])
     order by array_position($2::uuid[], id)`,
    [workspaceId, ids],
  )
  return rows
}
