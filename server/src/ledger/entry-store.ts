import type { Queryable } from '../platform/database/database.ts'
import { readLine } from './balance.ts'
import { type GrantRow, grantColumns, openGrants, remainingGrants } from './grants.ts'
import type { EntryRow } from './unit.ts'

/**
 * Entries of the ledger, newest first, one more than `limit`; those before entry number `beforeSeq`.
 *
 * @param page.kinds only entries of these kinds; none: of all
 */
export async function listEntries(
  db: Queryable,
  workspaceId: string,
  page: {
    readonly limit: number
    readonly beforeSeq: number | null
    readonly kinds: readonly EntryRow['kind'][]
  },
): Promise<EntryRow[]> {
  // Nearly all entries are calls': said outright, so that the index without them is used.
  const ofKinds = page.kinds.length === 0 || page.kinds.includes('call') ? '' : `and kind <> 'call'`
  const { rows } = await db.query<EntryRow>(
    `select workspace_id as "workspaceId", seq, id, at_ms as "atMs", recorded_at_ms as "recordedAtMs", kind,
            amount_ms as "amountMs", balance_after_ms as "balanceAfterMs", drawn_after_ms as "drawnAfterMs",
            call_id as "callId", grant_id as "grantId", purchase_id as "purchaseId", reason
     from ledger_entries
     where workspace_id = $1 and ($2::bigint is null or seq < $2)
       and (cardinality($4::text[]) = 0 or kind = any($4)) ${ofKinds}
     order by seq desc limit $3`,
    [workspaceId, page.beforeSeq, page.limit + 1, page.kinds],
  )
  return rows
}

/**
 * Grants, newest first, one more than `limit`; those before the grant `beforeId`. What is drawn but not folded yet is
 * taken off. Read them in one snapshot.
 */
export async function listGrants(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<GrantRow[]> {
  const { rows } = await db.query<GrantRow>(
    `select ${grantColumns} from grants where workspace_id = $1 and ($2::uuid is null or id < $2)
     order by id desc limit $3`,
    [workspaceId, page.beforeId, page.limit + 1],
  )
  const { drawnMs, foldedMs } = await readLine(db, workspaceId)
  const { grants } = remainingGrants(await openGrants(db, workspaceId), drawnMs - foldedMs)
  const open = new Map(grants.map((grant) => [grant.id, grant]))
  return rows.map((grant) => open.get(grant.id) ?? grant)
}
