import { type GrantRow, grantColumns } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import type { CallRow } from './call-row.ts'

/** A ledger entry of a call. `atMs` is epoch milliseconds, amounts are milliseconds of talk time. */
export type ReceiptEntry = {
  readonly id: string
  readonly seq: number
  readonly atMs: number
  readonly amountMs: number
  readonly balanceAfterMs: number
  readonly drawnAfterMs: number
  readonly grantId: string | null
}

/** Loads the ledger entries that charged a call, oldest first. */
export async function loadReceiptEntries(db: Queryable, call: CallRow): Promise<ReceiptEntry[]> {
  if (call.entrySeqs.length === 0) return []
  const { rows } = await db.query<ReceiptEntry>(
    `select id, seq, at_ms as "atMs", amount_ms as "amountMs", balance_after_ms as "balanceAfterMs",
            drawn_after_ms as "drawnAfterMs", grant_id as "grantId"
     from ledger_entries where workspace_id = $1 and seq = any($2::bigint[]) order by seq`,
    [call.workspaceId, call.entrySeqs],
  )
  return rows
}

/** Loads grants of a workspace in the order of `ids`. */
export async function loadGrants(
  db: Queryable,
  workspaceId: string,
  ids: readonly string[],
): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and id = any($2::uuid[])
     order by array_position($2::uuid[], id)`,
    [workspaceId, ids],
  )
  return rows
}
