import type { ChargeEntry } from '@talktime/core/billing/charge-allocations'
import type { Queryable } from '../platform/database/database.ts'
import type { EntryRow } from './entry.ts'

/**
 * Lists entries of the ledger, newest first, one more than `limit`; only those before entry number `beforeSeq`.
 *
 * @param page.kinds only entries of these kinds; empty: all
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
  // Nearly all entries are calls'. Excluding them literally lets PostgreSQL use the index without them.
  const ofKinds = page.kinds.length === 0 || page.kinds.includes('call') ? '' : `and kind <> 'call'`
  const { rows } = await db.query<EntryRow>(
    `select workspace_id as "workspaceId", seq, id, at_ms as "atMs", recorded_at_ms as "recordedAtMs", kind,
            amount_ms as "amountMs", balance_after_ms as "balanceAfterMs", drawn_after_ms as "drawnAfterMs",
            call_id as "callId", grant_id as "grantId", purchase_id as "purchaseId", reason,
            encode(hash, 'hex') as hash
     from ledger_entries
     where workspace_id = $1 and ($2::bigint is null or seq < $2)
       and (cardinality($4::text[]) = 0 or kind = any($4)) ${ofKinds}
     order by seq desc limit $3`,
    [workspaceId, page.beforeSeq, page.limit + 1, page.kinds],
  )
  return rows
}

/** Reads a call's entries, in order, as far as the allocation of its charges needs them. */
export async function readChargeEntries(
  db: Queryable,
  workspaceId: string,
  seqs: readonly number[],
): Promise<ChargeEntry[]> {
  const { rows } = await db.query<ChargeEntry>(
    `select amount_ms as "amountMs", drawn_after_ms as "drawnAfterMs", grant_id as "grantId" from ledger_entries
     where workspace_id = $1 and seq = any($2::bigint[]) order by seq`,
    [workspaceId, seqs],
  )
  return rows
}
