import type { MemberRef } from '../access/index.ts'
import type { Tx } from '../platform/database/database.ts'

/**
 * Reads whether a workspace is on a plan without payment, and how many others of that kind a person owns. Until the
 * transaction ends, another one that asks for this person waits.
 */
export async function readFreeOwnership(
  tx: Tx,
  { workspaceId, userId }: MemberRef,
): Promise<{ readonly isFree: boolean; readonly othersOwned: number }> {
  await tx.query("select pg_advisory_xact_lock(hashtextextended('owner ' || $1::text, 0))", [userId])
  const { rows } = await tx.query<{ isFree: boolean; othersOwned: number }>(
    `select coalesce((select not (terms ->> 'paid')::boolean from subscriptions where workspace_id = $1), false)
              as "isFree",
            (select count(*) from members m join subscriptions s on s.workspace_id = m.workspace_id
             where m.user_id = $2 and m.role = 'owner' and m.workspace_id <> $1
               and not (s.terms ->> 'paid')::boolean) as "othersOwned"`,
    [workspaceId, userId],
  )
  return rows[0] ?? { isFree: false, othersOwned: 0 }
}
