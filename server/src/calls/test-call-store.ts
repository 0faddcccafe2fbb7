import type { Queryable } from '../platform/database/database.ts'

/** A test call that must end. */
export type DueTestCall = {
  readonly workspaceId: string
  readonly callId: string
  /** When it ends, in epoch milliseconds: at its limit, or when its hang-up was ordered. */
  readonly endsAtMs: number
  readonly open: boolean
}

/** Stores that a call is a test call, before it is started. */
export async function insertTestCall(
  db: Queryable,
  call: { readonly workspaceId: string; readonly callId: string; readonly endsAtMs: number },
): Promise<void> {
  await db.query('insert into test_calls (workspace_id, call_id, ends_at_ms) values ($1, $2, $3)', [
    call.workspaceId,
    call.callId,
    call.endsAtMs,
  ])
}

/** Whether a call is a test call. Test calls that ended a while ago are forgotten. */
export async function isTestCall(db: Queryable, workspaceId: string, callId: string): Promise<boolean> {
  const { rows } = await db.query('select from test_calls where workspace_id = $1 and call_id = $2', [
    workspaceId,
    callId,
  ])
  return rows.length > 0
}

/** Loads test calls that are at their limit or have a hang-up order. */
export async function loadDueTestCalls(db: Queryable, nowMs: number, limit: number): Promise<DueTestCall[]> {
  const { rows } = await db.query<DueTestCall>(
    `select t.workspace_id as "workspaceId", t.call_id as "callId",
            least(t.ends_at_ms, c.hang_up_at_ms) as "endsAtMs",
            coalesce(c.status in ('authorized', 'in_conversation'), false) as open
     from test_calls t left join calls c on c.workspace_id = t.workspace_id and c.id = t.call_id
     where t.ends_at_ms <= $1 or (c.hang_up_at_ms is not null and c.status in ('authorized', 'in_conversation'))
     order by t.ends_at_ms limit $2`,
    [nowMs, limit],
  )
  return rows
}

export async function deleteTestCall(db: Queryable, workspaceId: string, callId: string): Promise<void> {
  await db.query('delete from test_calls where workspace_id = $1 and call_id = $2', [workspaceId, callId])
}
