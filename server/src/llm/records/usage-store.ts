import type { LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { Queryable } from '../../platform/database/database.ts'

/** Sums over gateway requests. */
export type Sums = {
  readonly requests: number
  readonly errors: number
  readonly fallbacks: number
  readonly promptTokens: number
  readonly completionTokens: number
  readonly totalTokens: number
}

/** The sums of one key source, over one day, one agent, one provider, or everything. */
export type UsageRow = Sums & {
  readonly keySource: LlmKeySource
  readonly day: string | null
  readonly agentId: string | null
  readonly agentName: string | null
  readonly provider: LlmProvider | null
}

/**
 * Reads the sums of a window of local days, both ends included. One query reads them all, so that days, agents and
 * providers add up to one total.
 */
export async function readUsage(
  db: Queryable,
  workspaceId: string,
  window: { readonly from: string; readonly to: string },
): Promise<UsageRow[]> {
  const { rows } = await db.query<UsageRow>(
    `select u.key_source as "keySource", to_char(u.day, 'YYYY-MM-DD') as day, u.agent_id as "agentId",
            a.name as "agentName", u.provider, u.requests, u.errors, u.fallbacks, u.prompt_tokens as "promptTokens",
            u.completion_tokens as "completionTokens", u.total_tokens as "totalTokens"
     from (select key_source, day, agent_id, provider, sum(requests)::bigint as requests,
                  sum(errors)::bigint as errors, sum(fallbacks)::bigint as fallbacks,
                  sum(prompt_tokens)::bigint as prompt_tokens, sum(completion_tokens)::bigint as completion_tokens,
                  sum(total_tokens)::bigint as total_tokens
           from llm_days where workspace_id = $1 and day between $2::date and $3::date
           group by grouping sets ((key_source), (key_source, day), (key_source, agent_id), (key_source, provider))
          ) u
     left join agents a on a.workspace_id = $1 and a.id = u.agent_id
     order by u.day, u.agent_id, u.provider, u.key_source`,
    [workspaceId, window.from, window.to],
  )
  return rows
}
