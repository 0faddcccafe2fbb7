import type { Queryable } from '../../platform/database/database.ts'

/** What a plan lets a workspace use of the platform's keys. Null: no limit. */
export type QuotaLimits = {
  readonly llmRequestsPerMinute: number | null
  /** In a day of UTC. */
  readonly llmTokensPerDay: number | null
}

/** What a workspace has used of the platform's keys. */
export type QuotaUse = {
  /** Of the minute. */
  readonly requests: number
  /** Of the day, with the tokens that are reserved for requests in progress. */
  readonly tokens: number
  /** Of the day. */
  readonly tests: number
}

/** One more request, and what it may not exceed. Null: no limit. */
export type QuotaRequest = {
  readonly workspaceId: string
  /** When the minute began, in epoch milliseconds. */
  readonly minuteAtMs: number
  /** The day of UTC. */
  readonly day: string
  readonly tokens: number
  readonly tests: number
  readonly requestsMax: number | null
  readonly tokensMax: number | null
  readonly testsMax: number
}

// The clocks of several servers differ a little: neither a minute nor a day begins again.
const countSql = `
  insert into llm_quotas as q (workspace_id, minute_at_ms, requests, day, tokens, tests)
  select $1::uuid, $2::bigint, 1, $3::date, $4::bigint, $5::int
  where ($6::int is null or 1 <= $6) and ($7::bigint is null or $4 <= $7) and $5 <= $8::int
  on conflict (workspace_id) do update set
    minute_at_ms = greatest(q.minute_at_ms, $2),
    requests = case when $2 > q.minute_at_ms then 1 else q.requests + 1 end,
    day = greatest(q.day, $3::date),
    tokens = case when $3::date > q.day then $4 else q.tokens + $4 end,
    tests = case when $3::date > q.day then $5 else q.tests + $5 end
  where ($6::int is null or case when $2 > q.minute_at_ms then 1 else q.requests + 1 end <= $6)
    and ($7::bigint is null or case when $3::date > q.day then $4 else q.tokens + $4 end <= $7)
    and case when $3::date > q.day then $5 else q.tests + $5 end <= $8
  returning requests, tokens, tests`

/** Counts a request and reserves its tokens. Undefined if that exceeds a limit: then nothing is counted. */
export async function countInQuota(db: Queryable, request: QuotaRequest): Promise<QuotaUse | undefined> {
  const { workspaceId, minuteAtMs, day, tokens, tests, requestsMax, tokensMax, testsMax } = request
  const { rows } = await db.query<QuotaUse>({
    name: 'llm_count_in_quota',
    text: countSql,
    values: [workspaceId, minuteAtMs, day, tokens, tests, requestsMax, tokensMax, testsMax],
  })
  return rows[0]
}

/** Reads what a workspace has used in the minute that began at `minuteAtMs`, and in a day of UTC. */
export async function readQuotaUse(
  db: Queryable,
  workspaceId: string,
  { minuteAtMs, day }: { readonly minuteAtMs: number; readonly day: string },
): Promise<QuotaUse> {
  const { rows } = await db.query<QuotaUse>(
    `select case when minute_at_ms < $2 then 0 else requests end as requests,
            case when day < $3::date then 0 else tokens end as tokens,
            case when day < $3::date then 0 else tests end as tests
     from llm_quotas where workspace_id = $1`,
    [workspaceId, minuteAtMs, day],
  )
  return rows[0] ?? { requests: 0, tokens: 0, tests: 0 }
}
