import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { type CallRecord, type CallRow, callColumns, callFromRecord, reapAtOf, statusOf } from './call-row.ts'

/** What a workspace allows its calls. */
export type GateRow = {
  readonly workspaceId: string
  readonly active: boolean
  readonly whenCreditsRunOut: 'finish' | 'end'
  readonly concurrentCallsMax: number | null
  readonly callDurationSecondsMax: number
}

export async function loadGates(
  tx: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, GateRow>> {
  const { rows } = await tx.query<GateRow>({
    name: 'calls_load_gates',
    text: `
      select w.id as "workspaceId", w.status = 'active' as active, w.when_credits_run_out as "whenCreditsRunOut",
             (s.terms -> 'limits' ->> 'concurrentCallsMax')::int as "concurrentCallsMax",
             (s.terms -> 'limits' ->> 'callDurationSecondsMax')::int as "callDurationSecondsMax"
      from workspaces w join subscriptions s on s.workspace_id = w.id
      where w.id = any($1::uuid[])`,
    values: [workspaceIds],
  })
  return new Map(rows.map((row) => [row.workspaceId, row]))
}

export type AgentRow = {
  readonly workspaceId: string
  readonly id: string
  readonly name: string
  readonly active: boolean
}

/** A thing of a workspace, by its id or external id. */
export type KeyInWorkspace = { readonly workspaceId: string; readonly key: string }

export async function loadAgents(tx: Queryable, keys: readonly KeyInWorkspace[]): Promise<AgentRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<AgentRow>({
    name: 'calls_load_agents',
    text: `
      select a.workspace_id as "workspaceId", a.id, a.name, a.status = 'active' as active
      from unnest($1::uuid[], $2::uuid[]) as k (workspace_id, id)
      join agents a on a.workspace_id = k.workspace_id and a.id = k.id
      where a.archived_at_ms is null`,
    values: columnsOf(keys),
  })
  return rows
}

export async function loadCallsById(tx: Queryable, keys: readonly KeyInWorkspace[]): Promise<CallRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRecord>({
    name: 'calls_load_by_id',
    text: `
      select ${callColumns} from unnest($1::uuid[], $2::uuid[]) as k (workspace_id, id)
      join calls c on c.workspace_id = k.workspace_id and c.id = k.id
      join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id`,
    values: columnsOf(keys),
  })
  return rows.map(callFromRecord)
}

export async function loadCallsByExternalId(
  tx: Queryable,
  keys: readonly KeyInWorkspace[],
): Promise<CallRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRecord>({
    name: 'calls_load_by_external_id',
    text: `
      select ${callColumns} from unnest($1::uuid[], $2::text[]) as k (workspace_id, external_id)
      join calls c on c.workspace_id = k.workspace_id and c.external_id = k.external_id
      join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id`,
    values: columnsOf(keys),
  })
  return rows.map(callFromRecord)
}

function columnsOf(keys: readonly KeyInWorkspace[]): [string[], string[]] {
  return [keys.map((k) => k.workspaceId), keys.map((k) => k.key)]
}

/** Calls that can be cut at a boundary: in conversation. The caller holds the workspace's line. */
export async function loadLiveCalls(tx: Queryable, workspaceId: string): Promise<CallRow[]> {
  const { rows } = await tx.query<CallRecord>(
    `select ${callColumns} from calls c join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id
     where c.workspace_id = $1 and c.status = 'in_conversation' order by c.id`,
    [workspaceId],
  )
  return rows.map(callFromRecord)
}

const insertSql = `
  insert into calls (workspace_id, id, agent_id, direction, from_number, to_number, external_id, campaign_id, status,
                     refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
                     max_duration_ms, settled_ms, settled_until_ms, last_seen_at_ms, reap_at_ms, entry_seqs)
  select workspace_id, id, agent_id, direction, from_number, to_number, external_id, campaign_id, status,
         refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
         max_duration_ms, settled_ms, settled_until_ms, last_seen_at_ms, reap_at_ms,
         string_to_array(entry_seqs, ',')::bigint[]
  from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::uuid[],
              $9::text[], $10::text[], $11::bigint[], $12::bigint[], $13::bigint[], $14::text[], $15::text[],
              $16::bigint[], $17::bigint[], $18::bigint[], $19::bigint[], $20::bigint[], $21::text[])
    as v (workspace_id, id, agent_id, direction, from_number, to_number, external_id, campaign_id, status,
          refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
          max_duration_ms, settled_ms, settled_until_ms, last_seen_at_ms, reap_at_ms, entry_seqs)`

export async function insertCalls(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_insert',
    text: insertSql,
    values: [
      calls.map((c) => c.workspaceId),
      calls.map((c) => c.id),
      calls.map((c) => c.agentId),
      calls.map((c) => c.direction),
      calls.map((c) => c.from),
      calls.map((c) => c.to),
      calls.map((c) => c.externalId),
      calls.map((c) => c.campaignId),
      calls.map(statusOf),
      calls.map((c) => c.refusalReason),
      calls.map((c) => c.authorizedAtMs),
      calls.map((c) => c.facts.answeredAtMs),
      calls.map((c) => c.facts.endedAtMs),
      calls.map((c) => c.facts.endReason),
      calls.map((c) => c.facts.endSource),
      calls.map((c) => c.maxDurationMs),
      calls.map((c) => c.facts.settledMs),
      calls.map((c) => c.facts.settledUntilMs),
      calls.map((c) => c.lastSeenAtMs),
      calls.map(reapAtOf),
      calls.map((c) => c.entrySeqs.join(',')),
    ],
  })
}

const updateSql = `
  update calls c set
    status = v.status, answered_at_ms = v.answered_at_ms, ended_at_ms = v.ended_at_ms, end_reason = v.end_reason,
    end_source = v.end_source, settled_ms = v.settled_ms, settled_until_ms = v.settled_until_ms,
    last_seen_at_ms = v.last_seen_at_ms, reap_at_ms = v.reap_at_ms,
    entry_seqs = string_to_array(v.entry_seqs, ',')::bigint[]
  from unnest($1::uuid[], $2::uuid[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::bigint[],
              $9::bigint[], $10::bigint[], $11::bigint[], $12::text[])
    as v (workspace_id, id, status, answered_at_ms, ended_at_ms, end_reason, end_source, settled_ms,
          settled_until_ms, last_seen_at_ms, reap_at_ms, entry_seqs)
  where c.workspace_id = v.workspace_id and c.id = v.id`

export async function updateCalls(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_update',
    text: updateSql,
    values: [
      calls.map((c) => c.workspaceId),
      calls.map((c) => c.id),
      calls.map(statusOf),
      calls.map((c) => c.facts.answeredAtMs),
      calls.map((c) => c.facts.endedAtMs),
      calls.map((c) => c.facts.endReason),
      calls.map((c) => c.facts.endSource),
      calls.map((c) => c.facts.settledMs),
      calls.map((c) => c.facts.settledUntilMs),
      calls.map((c) => c.lastSeenAtMs),
      calls.map(reapAtOf),
      calls.map((c) => c.entrySeqs.join(',')),
    ],
  })
}

/** The calls of these ids that there are in the workspace. */
export function loadCalls(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<CallRow[]> {
  return loadCallsById(
    db,
    ids.map((key) => ({ workspaceId, key })),
  )
}

/** Whose call it is, for an operator that names no workspace. Throws `call_not_found`. */
export async function workspaceOfCall(db: Queryable, callId: string): Promise<string> {
  // One probe of the calls' key a workspace.
  const { rows } = await db.query<{ workspaceId: string }>(
    `select c.workspace_id as "workspaceId" from workspaces w
     join calls c on c.workspace_id = w.id and c.id = $1`,
    [callId],
  )
  const workspaceId = rows[0]?.workspaceId
  if (workspaceId === undefined) throw new Problem('call_not_found', 'There is no such call.')
  return workspaceId
}
