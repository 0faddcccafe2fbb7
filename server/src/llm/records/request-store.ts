import type { LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import { DAY_MS } from '@talktime/core/time/durations'
import { bigintArray, intArray, textArray, uuidArray } from '../../platform/database/array-parameters.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { Tokens } from './tokens.ts'

/** How a request failed. */
export const REQUEST_ERRORS = [
  'key_refused',
  'rate_limited',
  'request_refused',
  'provider_failed',
  'address_refused',
  'unreachable',
  'timeout',
  'cut_off',
  'caller_gone',
  'server_stopped',
] as const

export type RequestError = (typeof REQUEST_ERRORS)[number]

/** Failures of requests that used no tokens. */
const UNUSED = "'key_refused', 'rate_limited', 'request_refused', 'address_refused', 'unreachable'"

/** A caller that leaves is not a failure: voice agents leave when they are interrupted. */
const NOT_A_FAILURE: RequestError = 'caller_gone'

/** A gateway request when it starts. */
export type RequestStart = {
  readonly workspaceId: string
  readonly id: string
  readonly atMs: number
  /** The local day of the workspace. */
  readonly day: string
  readonly agentId: string
  readonly callId: string | null
  readonly provider: LlmProvider
  readonly model: string
  readonly keySource: LlmKeySource
  /** Whether the platform's key took over because the provider refused the own key. */
  readonly fallback: boolean
  /** With `fallback`: the status with which the provider refused the own key. */
  readonly ownKeyStatus: number | null
  readonly streamed: boolean
  /** The tokens that were reserved in the workspace's quota. Null: the request does not count. */
  readonly reservedTokens: number | null
}

/** How a gateway request ended. */
export type RequestEnd = {
  readonly endedAtMs: number
  /** The status sent to the caller; null: it left before. */
  readonly status: number | null
  readonly error: RequestError | null
  readonly tokens: Tokens
  readonly firstByteMs: number | null
  readonly totalMs: number | null
}

export type RequestRecord = RequestStart & {
  /** Null: the request is running. */
  readonly end: RequestEnd | null
}

/**
 * The end of a query in which `ended` are requests that are over: replaces what they reserved in the quotas by what they
 * used, and adds them to their days, in one order so that two servers cannot deadlock. A request of which the provider did
 * not say what it used keeps its reservation, unless the provider refused it or was not reached.
 */
const settleSql = `
  , settled as (
    update llm_quotas q set tokens = greatest(0, q.tokens + e.difference)
    from (select workspace_id, (to_timestamp(at_ms / 1000.0) at time zone 'UTC')::date as day,
                 sum(coalesce(total_tokens, case when error in (${UNUSED}) then 0 else reserved_tokens end)
                     - reserved_tokens)::bigint as difference
          from ended where reserved_tokens is not null group by 1, 2) e
    where q.workspace_id = e.workspace_id and q.day = e.day
  )
  insert into llm_days as d (workspace_id, day, agent_id, provider, key_source, requests, errors, fallbacks,
                             prompt_tokens, completion_tokens, total_tokens)
  select workspace_id, day, agent_id, provider, key_source, count(*),
         count(*) filter (where error <> '${NOT_A_FAILURE}'), count(*) filter (where fallback),
         coalesce(sum(prompt_tokens), 0)::bigint, coalesce(sum(completion_tokens), 0)::bigint,
         coalesce(sum(total_tokens), 0)::bigint
  from ended group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5
  on conflict (workspace_id, day, agent_id, provider, key_source) do update set
    requests = d.requests + excluded.requests, errors = d.errors + excluded.errors,
    fallbacks = d.fallbacks + excluded.fallbacks, prompt_tokens = d.prompt_tokens + excluded.prompt_tokens,
    completion_tokens = d.completion_tokens + excluded.completion_tokens,
    total_tokens = d.total_tokens + excluded.total_tokens`

// A row is completed once. If it is written again because the database's answer was lost, it is not counted again.
const writeSql = `
  with written as (
    insert into llm_requests as r (workspace_id, id, at_ms, day, agent_id, call_id, provider, model, key_source,
      fallback, own_key_status, streamed, ended_at_ms, status, error, prompt_tokens, completion_tokens, total_tokens,
      first_byte_ms, total_ms, reserved_tokens)
    select unnest($1::uuid[]), unnest($2::uuid[]), unnest($3::bigint[]), unnest($4::text[])::date,
           unnest($5::uuid[]), unnest($6::uuid[]), unnest($7::text[]), unnest($8::text[]), unnest($9::text[]),
           unnest($10::int[]) = 1, unnest($11::int[]), unnest($12::int[]) = 1, unnest($13::bigint[]),
           unnest($14::int[]), unnest($15::text[]), unnest($16::bigint[]), unnest($17::bigint[]),
           unnest($18::bigint[]), unnest($19::int[]), unnest($20::int[]),
           unnest($21::bigint[])
    on conflict (workspace_id, id) do update set
      key_source = excluded.key_source, reserved_tokens = excluded.reserved_tokens, fallback = excluded.fallback, own_key_status = excluded.own_key_status,
      ended_at_ms = excluded.ended_at_ms, status = excluded.status, error = excluded.error,
      prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
      total_tokens = excluded.total_tokens, first_byte_ms = excluded.first_byte_ms, total_ms = excluded.total_ms
    where r.ended_at_ms is null and excluded.ended_at_ms is not null
    returning r.*
  ), ended as (select * from written where ended_at_ms is not null)
  ${settleSql}`

/** Writes requests that started or ended. Takes at most one record per request. */
export async function writeRequests(db: Queryable, records: readonly RequestRecord[]): Promise<void> {
  await db.query({
    name: 'llm_write_requests',
    text: writeSql,
    values: [
      uuidArray(records, (r) => r.workspaceId),
      uuidArray(records, (r) => r.id),
      bigintArray(records, (r) => r.atMs),
      textArray(records, (r) => r.day),
      uuidArray(records, (r) => r.agentId),
      uuidArray(records, (r) => r.callId),
      textArray(records, (r) => r.provider),
      textArray(records, (r) => r.model),
      textArray(records, (r) => r.keySource),
      intArray(records, (r) => Number(r.fallback)),
      intArray(records, (r) => r.ownKeyStatus),
      intArray(records, (r) => Number(r.streamed)),
      bigintArray(records, (r) => r.end?.endedAtMs ?? null),
      intArray(records, (r) => r.end?.status ?? null),
      textArray(records, (r) => r.end?.error ?? null),
      bigintArray(records, (r) => r.end?.tokens.prompt ?? null),
      bigintArray(records, (r) => r.end?.tokens.completion ?? null),
      bigintArray(records, (r) => r.end?.tokens.total ?? null),
      intArray(records, (r) => r.end?.firstByteMs ?? null),
      intArray(records, (r) => r.end?.totalMs ?? null),
      bigintArray(records, (r) => r.reservedTokens),
    ],
  })
}

/**
 * Completes requests that started before `beforeMs` and whose end was never recorded, because their server was killed.
 * At most `limit`.
 */
export async function closeAbandonedRequests(
  db: Queryable,
  beforeMs: number,
  nowMs: number,
  limit = 10_000,
): Promise<void> {
  await db.query(
    `with ended as (
       update llm_requests set ended_at_ms = $2, error = 'server_stopped'
       where (workspace_id, id) in
         (select workspace_id, id from llm_requests where ended_at_ms is null and at_ms < $1 limit $3
          for update skip locked)
       returning *
     ) ${settleSql}`,
    [beforeMs, nowMs, limit],
  )
}

/** How long single requests are kept. Their sums by day stay. */
export const REQUESTS_KEPT_MS = 90 * DAY_MS

/** Deletes requests older than 90 days, at most `limit`. */
export async function deleteExpiredRequests(db: Queryable, nowMs: number, limit = 20_000): Promise<void> {
  await db.query(
    `delete from llm_requests where ctid = any(array(
       select ctid from llm_requests where at_ms < $1 and ended_at_ms is not null limit $2))`,
    [nowMs - REQUESTS_KEPT_MS, limit],
  )
}

export type RequestFilter = {
  readonly agentId: string | null
  readonly callId: string | null
  readonly provider: LlmProvider | null
  readonly keySource: LlmKeySource | null
  /** Whether to list failed requests only. */
  readonly failed: boolean
}

export type RequestRow = Omit<RequestStart, 'day' | 'reservedTokens'> &
  Omit<RequestEnd, 'tokens' | 'endedAtMs'> & {
    readonly agentName: string
    readonly endedAtMs: number | null
    readonly promptTokens: number | null
    readonly completionTokens: number | null
    readonly totalTokens: number | null
  }

/** Lists requests, newest first. */
export async function listRequests(
  db: Queryable,
  workspaceId: string,
  filter: RequestFilter,
  page: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<RequestRow[]> {
  const { rows } = await db.query<RequestRow>(
    `select r.workspace_id as "workspaceId", r.id, r.at_ms as "atMs", r.agent_id as "agentId", a.name as "agentName",
            r.call_id as "callId", r.provider, r.model, r.key_source as "keySource", r.fallback,
            r.own_key_status as "ownKeyStatus", r.streamed, r.ended_at_ms as "endedAtMs", r.status, r.error,
            r.prompt_tokens as "promptTokens", r.completion_tokens as "completionTokens",
            r.total_tokens as "totalTokens", r.first_byte_ms as "firstByteMs", r.total_ms as "totalMs"
     from llm_requests r join agents a on a.workspace_id = r.workspace_id and a.id = r.agent_id
     where r.workspace_id = $1 and ($2::uuid is null or r.agent_id = $2) and ($3::uuid is null or r.call_id = $3)
       and ($4::text is null or r.provider = $4) and ($5::text is null or r.key_source = $5)
       and (not $6 or r.error <> '${NOT_A_FAILURE}') and ($7::uuid is null or r.id < $7)
     order by r.id desc limit $8`,
    [
      workspaceId,
      filter.agentId,
      filter.callId,
      filter.provider,
      filter.keySource,
      filter.failed,
      page.beforeId ?? null,
      page.limit,
    ],
  )
  return rows
}
