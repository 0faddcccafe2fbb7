import type { Queryable } from '../platform/database/database.ts'

/** A call that the reaper must check. */
export type DueCall = {
  readonly workspaceId: string
  readonly callId: string
  readonly reapAtMs: number
}

/** Loads up to `limit` calls that were due at `nowMs`, in the order of their due time. `after`: continues after this call. */
export async function loadDueCalls(
  db: Queryable,
  nowMs: number,
  limit: number,
  after?: DueCall,
): Promise<DueCall[]> {
  const { rows } = await db.query<DueCall>(
    `select workspace_id as "workspaceId", id as "callId", reap_at_ms as "reapAtMs" from calls
     where reap_at_ms <= $1 and ($2::bigint is null or (reap_at_ms, id) > ($2, $3::uuid))
     order by reap_at_ms, id limit $4`,
    [nowMs, after?.reapAtMs ?? null, after?.callId ?? null, limit],
  )
  return rows
}
