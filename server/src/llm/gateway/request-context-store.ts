import type { Queryable } from '../../platform/database/database.ts'
import type { CallTokenRef } from '../keys/call-token-store.ts'
import type { KeyRow } from '../keys/key-store.ts'
import type { QuotaLimits } from './quota-store.ts'

/** Everything that decides where a gateway request goes, read in one query. */
export type RequestContext = {
  readonly active: boolean
  readonly timeZone: string
  readonly planName: string
  readonly planPaid: boolean
  readonly planLimits: Partial<QuotaLimits>
  readonly ownKeysAllowed: boolean
  /** The workspace's own keys if the plan allows them; null: there are none. */
  readonly ownKeys: readonly ContextKey[] | null
  readonly fallbackToPlatform: boolean
  readonly anchorMs: number
  readonly balanceMs: number
  readonly liveCalls: number
  readonly nextBoundaryMs: number | null
  /** Null: the request sent no call token, or an unknown one. */
  readonly tokenExpiresAtMs: number | null
  /** The token's call, or the one that the request names; null: there is none in this workspace. */
  readonly callId: string | null
  readonly callAgentId: string | null
  readonly callOpen: boolean
  /** How many requests the call has made, while it is not answered. Null: it is answered or over, or there is none. */
  readonly requestsWhileRinging: number | null
  readonly callAnsweredAtMs: number | null
  readonly callAuthorizedAtMs: number | null
  readonly callMaxDurationMs: number | null
  /** The agent that the request names, or the call's; null: there is none in this workspace. */
  readonly agentId: string | null
  readonly agentArchived: boolean
  readonly llmProvider: string | null
  readonly llmModel: string | null
}

/** The columns of an own key that are needed to use it. */
export type ContextKey = Pick<
  KeyRow,
  'workspaceId' | 'id' | 'provider' | 'sealedKey' | 'baseUrl' | 'apiVersion' | 'deployments' | 'savedAtMs'
>

export type RequestContextRef = {
  readonly workspaceId: string
  readonly agentId: string | null
  readonly callId: string | null
  readonly token: CallTokenRef | null
}

/** Loads the context of a request. Undefined if there is no such workspace. */
export async function loadRequestContext(
  db: Queryable,
  ref: RequestContextRef,
): Promise<RequestContext | undefined> {
  const { rows } = await db.query<RequestContext>({
    name: 'llm_load_request_context',
    text: `
      select w.status = 'active' as active, w.time_zone as "timeZone", s.terms ->> 'name' as "planName",
             (s.terms ->> 'paid')::boolean as "planPaid", s.terms -> 'limits' as "planLimits",
             coalesce((s.terms -> 'features' ->> 'ownLlmKeys')::boolean, false) as "ownKeysAllowed",
             case when (s.terms -> 'features' ->> 'ownLlmKeys')::boolean then
               (select jsonb_agg(jsonb_build_object('workspaceId', o.workspace_id, 'id', o.id, 'provider', o.provider,
                  'sealedKey', o.sealed_key, 'baseUrl', o.base_url, 'apiVersion', o.api_version,
                  'deployments', o.deployments, 'savedAtMs', o.saved_at_ms))
                from llm_keys o where o.workspace_id = w.id)
             end as "ownKeys",
             coalesce(t.fallback_to_platform, false) as "fallbackToPlatform",
             l.anchor_ms as "anchorMs", l.balance_ms as "balanceMs", l.live_calls as "liveCalls",
             l.next_boundary_ms as "nextBoundaryMs",
             k.expires_at_ms as "tokenExpiresAtMs", c.id as "callId", c.agent_id as "callAgentId",
             coalesce(c.status in ('authorized', 'in_conversation'), false) as "callOpen",
             case when c.status = 'authorized' then
               (select count(*) from llm_requests r where r.workspace_id = w.id and r.call_id = c.id)
             end as "requestsWhileRinging",
             c.answered_at_ms as "callAnsweredAtMs", c.authorized_at_ms as "callAuthorizedAtMs",
             c.max_duration_ms as "callMaxDurationMs", a.id as "agentId",
             a.archived_at_ms is not null as "agentArchived", a.llm_provider as "llmProvider",
             a.llm_model as "llmModel"
      from workspaces w
      join subscriptions s on s.workspace_id = w.id
      join balance_lines l on l.workspace_id = w.id
      left join llm_settings t on t.workspace_id = w.id
      left join llm_call_tokens k on k.workspace_id = w.id and k.token_hash = $4
      left join calls c on c.workspace_id = w.id and c.id = coalesce(k.call_id, $3)
      left join agents a on a.workspace_id = w.id and a.id = coalesce($2, c.agent_id)
      where w.id = $1`,
    values: [ref.workspaceId, ref.agentId, ref.callId, ref.token?.hash ?? null],
  })
  return rows[0]
}
