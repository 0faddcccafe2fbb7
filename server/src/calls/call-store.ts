import type { WhenCreditsRunOut } from '@talktime/core/calls/ending-calls'
import type { Overdraft } from '@talktime/core/calls/talk-allowance'
import { bigintArray, textArray, uuidArray } from '../platform/database/array-parameters.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import {
  type CallRecord,
  type CallRow,
  callColumns,
  parseCallRecord,
  readReapTime,
  readStatus,
} from './call-row.ts'
import { callProblems } from './problems.ts'

/** What a workspace and its plan allow its calls. */
export type GateRow = {
  readonly workspaceId: string
  readonly active: boolean
  /** Whether an owner's address must be verified before the first call: only on a plan without payment. */
  readonly awaitsVerification: boolean
  /** The workspace's choice, or `end` on a plan without overdraft. */
  readonly whenCreditsRunOut: WhenCreditsRunOut
  readonly overdraft: Overdraft
  readonly concurrentCallsMax: number | null
  readonly callDurationSecondsMax: number
  readonly timeZone: string
  /** The new time zone while the workspace changes it. Null otherwise. */
  readonly nextTimeZone: string | null
  /** Usage of days before this one is in closed months. Null: no month is closed. */
  readonly usageClosedUntil: string | null
}

/** Loads the gates of workspaces, by workspace id. */
export async function loadGates(
  tx: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, GateRow>> {
  const { rows } = await tx.query<GateRow>({
    name: 'calls_load_gates',
    text: `
      select w.id as "workspaceId", w.status = 'active' as active,
             w.awaits_verification and not (s.terms ->> 'paid')::boolean as "awaitsVerification",
             case when s.terms ->> 'overdraft' = 'none' then 'end' else w.when_credits_run_out end
               as "whenCreditsRunOut",
             coalesce(s.terms ->> 'overdraft', 'finish') as overdraft,
             (s.terms -> 'limits' ->> 'concurrentCallsMax')::int as "concurrentCallsMax",
             (s.terms -> 'limits' ->> 'callDurationSecondsMax')::int as "callDurationSecondsMax",
             w.time_zone as "timeZone", z.time_zone as "nextTimeZone", u.until_day::text as "usageClosedUntil"
      from workspaces w join subscriptions s on s.workspace_id = w.id
      left join time_zone_changes z on z.workspace_id = w.id
      left join usage_closings u on u.workspace_id = w.id and u.time_zone = w.time_zone
      where w.id = any($1::uuid[])`,
    values: [uuidArray(workspaceIds, (id) => id)],
  })
  return new Map(rows.map((row) => [row.workspaceId, row]))
}

export type AgentRow = {
  readonly workspaceId: string
  readonly id: string
  readonly name: string
  readonly active: boolean
}

/** Names an agent or a call of a workspace, by its id or external id. */
export type KeyInWorkspace = { readonly workspaceId: string; readonly key: string }

/** Loads agents by id. Archived agents are left out. */
export async function loadAgents(tx: Queryable, keys: readonly KeyInWorkspace[]): Promise<AgentRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<AgentRow>({
    name: 'calls_load_agents',
    text: `
      select a.workspace_id as "workspaceId", a.id, a.name, a.status = 'active' as active
      from (select unnest($1::uuid[]) as workspace_id, unnest($2::uuid[]) as id) as k
      join agents a on a.workspace_id = k.workspace_id and a.id = k.id
      where a.archived_at_ms is null`,
    values: [uuidArray(keys, (k) => k.workspaceId), uuidArray(keys, (k) => k.key)],
  })
  return rows
}

export async function loadCallsById(tx: Queryable, keys: readonly KeyInWorkspace[]): Promise<CallRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRecord>({
    name: 'calls_load_by_id',
    text: `
      select ${callColumns} from (select unnest($1::uuid[]) as workspace_id, unnest($2::uuid[]) as id) as k
      join calls c on c.workspace_id = k.workspace_id and c.id = k.id
      join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id`,
    values: [uuidArray(keys, (k) => k.workspaceId), uuidArray(keys, (k) => k.key)],
  })
  return rows.map(parseCallRecord)
}

export async function loadCallsByExternalId(
  tx: Queryable,
  keys: readonly KeyInWorkspace[],
): Promise<CallRow[]> {
  if (keys.length === 0) return []
  const { rows } = await tx.query<CallRecord>({
    name: 'calls_load_by_external_id',
    text: `
      select ${callColumns} from (select unnest($1::uuid[]) as workspace_id, unnest($2::text[]) as external_id) as k
      join calls c on c.workspace_id = k.workspace_id and c.external_id = k.external_id
      join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id`,
    values: [uuidArray(keys, (k) => k.workspaceId), textArray(keys, (k) => k.key)],
  })
  return rows.map(parseCallRecord)
}

/** Loads the live calls of a workspace, which must be cut at a boundary. The caller holds the lock on its balance line. */
export async function loadLiveCalls(tx: Queryable, workspaceId: string): Promise<CallRow[]> {
  const { rows } = await tx.query<CallRecord>(
    `select ${callColumns} from calls c join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id
     where c.workspace_id = $1 and c.status = 'in_conversation' order by c.id`,
    [workspaceId],
  )
  return rows.map(parseCallRecord)
}

const insertCallsSql = `
  insert into calls (workspace_id, id, agent_id, direction, from_number, to_number, external_id, campaign_id, status,
                     refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source,
                     max_duration_ms, settled_ms, settled_until_ms, last_seen_at_ms, reap_at_ms, entry_seqs, carrier,
                     drawn_from_ms, answered_by, ended_by, corrections)
  select unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::uuid[]), unnest($4::text[]), unnest($5::text[]),
         unnest($6::text[]), unnest($7::text[]), unnest($8::uuid[]), unnest($9::text[]), unnest($10::text[]),
         unnest($11::bigint[]), unnest($12::bigint[]), unnest($13::bigint[]), unnest($14::text[]),
         unnest($15::text[]), unnest($16::bigint[]), unnest($17::bigint[]), unnest($18::bigint[]),
         unnest($19::bigint[]), unnest($20::bigint[]), unnest($21::text[])::bigint[],
         unnest($22::text[]), unnest($23::bigint[]), unnest($24::text[]), unnest($25::text[]),
         unnest($26::text[])::jsonb`

export async function insertCalls(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_insert',
    text: insertCallsSql,
    values: [
      uuidArray(calls, (c) => c.workspaceId),
      uuidArray(calls, (c) => c.id),
      uuidArray(calls, (c) => c.agentId),
      textArray(calls, (c) => c.direction),
      textArray(calls, (c) => c.from),
      textArray(calls, (c) => c.to),
      textArray(calls, (c) => c.externalId),
      uuidArray(calls, (c) => c.campaignId),
      textArray(calls, readStatus),
      textArray(calls, (c) => c.refusalReason),
      bigintArray(calls, (c) => c.authorizedAtMs),
      bigintArray(calls, (c) => c.facts.answeredAtMs),
      bigintArray(calls, (c) => c.facts.endedAtMs),
      textArray(calls, (c) => c.facts.endReason),
      textArray(calls, (c) => c.facts.endSource),
      bigintArray(calls, (c) => c.maxDurationMs),
      bigintArray(calls, (c) => c.facts.settledMs),
      bigintArray(calls, (c) => c.facts.settledUntilMs),
      bigintArray(calls, (c) => c.lastSeenAtMs),
      bigintArray(calls, readReapTime),
      textArray(calls, (c) => `{${c.entrySeqs.join(',')}}`),
      textArray(calls, (c) => c.carrier),
      bigintArray(calls, (c) => c.drawnFromMs),
      textArray(calls, (c) => c.facts.answeredBy),
      textArray(calls, (c) => c.facts.endedBy),
      textArray(calls, writeCorrections),
    ],
  })
}

const updateCallsSql = `
  update calls c set
    status = v.status, answered_at_ms = v.answered_at_ms, ended_at_ms = v.ended_at_ms, end_reason = v.end_reason,
    end_source = v.end_source, settled_ms = v.settled_ms, settled_until_ms = v.settled_until_ms,
    last_seen_at_ms = v.last_seen_at_ms, reap_at_ms = v.reap_at_ms,
    entry_seqs = v.entry_seqs::bigint[], drawn_from_ms = v.drawn_from_ms,
    answered_by = v.answered_by, ended_by = v.ended_by, corrections = v.corrections::jsonb,
    max_duration_ms = v.max_duration_ms
  from (select unnest($1::uuid[]) as workspace_id, unnest($2::uuid[]) as id, unnest($3::text[]) as status,
               unnest($4::bigint[]) as answered_at_ms, unnest($5::bigint[]) as ended_at_ms,
               unnest($6::text[]) as end_reason, unnest($7::text[]) as end_source, unnest($8::bigint[]) as settled_ms,
               unnest($9::bigint[]) as settled_until_ms, unnest($10::bigint[]) as last_seen_at_ms,
               unnest($11::bigint[]) as reap_at_ms, unnest($12::text[]) as entry_seqs,
               unnest($13::bigint[]) as drawn_from_ms, unnest($14::text[]) as answered_by,
               unnest($15::text[]) as ended_by, unnest($16::text[]) as corrections,
               unnest($17::bigint[]) as max_duration_ms) as v
  where c.workspace_id = v.workspace_id and c.id = v.id`

export async function updateCalls(tx: Queryable, calls: readonly CallRow[]): Promise<void> {
  if (calls.length === 0) return
  await tx.query({
    name: 'calls_update',
    text: updateCallsSql,
    values: [
      uuidArray(calls, (c) => c.workspaceId),
      uuidArray(calls, (c) => c.id),
      textArray(calls, readStatus),
      bigintArray(calls, (c) => c.facts.answeredAtMs),
      bigintArray(calls, (c) => c.facts.endedAtMs),
      textArray(calls, (c) => c.facts.endReason),
      textArray(calls, (c) => c.facts.endSource),
      bigintArray(calls, (c) => c.facts.settledMs),
      bigintArray(calls, (c) => c.facts.settledUntilMs),
      bigintArray(calls, (c) => c.lastSeenAtMs),
      bigintArray(calls, readReapTime),
      textArray(calls, (c) => `{${c.entrySeqs.join(',')}}`),
      bigintArray(calls, (c) => c.drawnFromMs),
      textArray(calls, (c) => c.facts.answeredBy),
      textArray(calls, (c) => c.facts.endedBy),
      textArray(calls, writeCorrections),
      bigintArray(calls, (c) => c.maxDurationMs),
    ],
  })
}

function writeCorrections({ corrections }: CallRow): string | null {
  return corrections.length === 0 ? null : JSON.stringify(corrections)
}

/** Loads calls of a workspace by id. Unknown ids are left out. */
export function loadCalls(db: Queryable, workspaceId: string, ids: readonly string[]): Promise<CallRow[]> {
  return loadCallsById(
    db,
    ids.map((key) => ({ workspaceId, key })),
  )
}

/** Finds the workspace of a call, for an operator who names none. Throws `call_not_found`. */
export async function findWorkspaceOfCall(db: Queryable, callId: string): Promise<string> {
  // The key of `calls` begins with the workspace, so this probes the key once for each workspace.
  const { rows } = await db.query<{ workspaceId: string }>(
    `select c.workspace_id as "workspaceId" from workspaces w
     join calls c on c.workspace_id = w.id and c.id = $1`,
    [callId],
  )
  const workspaceId = rows[0]?.workspaceId
  if (workspaceId === undefined) throw new Problem(callProblems.call_not_found, 'There is no such call.')
  return workspaceId
}
