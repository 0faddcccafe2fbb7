import { uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable } from '../platform/database/database.ts'

/** The last entry of a workspace. Its hash stands for the whole ledger of the workspace up to it. */
export type ChainHead = { readonly workspaceId: string; readonly seq: number; readonly hash: string }

/** Reads the chain heads of all workspaces that have entries, in the order of their ids. */
export async function readChainHeads(db: Queryable): Promise<ChainHead[]> {
  const { rows } = await db.query<ChainHead>(
    `select workspace_id as "workspaceId", entry_seq as seq, encode(entry_hash, 'hex') as hash
     from balance_lines where entry_seq > 0 order by workspace_id`,
  )
  return rows
}

/** Finds the heads, kept from earlier, that are no entries of the ledger now: what they stood for was changed. */
export async function findLostHeads(db: Queryable, heads: readonly ChainHead[]): Promise<ChainHead[]> {
  const { rows } = await db.query<ChainHead>(
    `select workspace_id as "workspaceId", seq, h.hash
     from (select unnest($1::uuid[]) as workspace_id, unnest($2::bigint[]) as seq, unnest($3::text[]) as hash) h
     left join ledger_entries e using (workspace_id, seq)
     where e.hash is distinct from decode(h.hash, 'hex')
     order by workspace_id`,
    [
      uuidArray(heads, (head) => head.workspaceId),
      heads.map(({ seq }) => seq),
      heads.map(({ hash }) => hash),
    ],
  )
  return rows
}
