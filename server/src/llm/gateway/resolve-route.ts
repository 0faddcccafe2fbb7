import { findLatestEnd } from '@talktime/core/calls/call-lease'
import {
  type LlmKeyAvailability,
  type LlmKeySource,
  selectLlmKeySource,
} from '@talktime/core/llm/llm-key-choice'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import { localDateOf } from '@talktime/core/time/local-day'
import { accessProblems } from '../../access/index.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { openKey } from '../keys/keys.ts'
import { createPlatformAccess, findPlatformObstacle, obstacleProblem } from './platform-key.ts'
import type { ProviderAccess } from './provider-access.ts'
import {
  type ContextKey,
  loadRequestContext,
  type RequestContext,
  type RequestContextRef,
} from './request-context-store.ts'
import { selectAgent, selectModel } from './select-model.ts'

/** What a request of the gateway names. */
export type RouteRequest = RequestContextRef & {
  /** A provider instead of the agent's. */
  readonly provider: string | null
  /** A model instead of the agent's. */
  readonly model: string | null
  /** The request lists models and asks none. */
  readonly lists?: boolean
}

/** Where a request goes: for whom, to which provider and model, and with whose key. */
export type Route = {
  readonly workspaceId: string
  readonly agentId: string
  readonly callId: string | null
  /** The local day of the workspace. */
  readonly day: string
  readonly provider: LlmProvider
  readonly model: string
  readonly availability: LlmKeyAvailability
  readonly source: LlmKeySource
  readonly fallbackToPlatform: boolean
  /** The workspace's own key, if the request uses it. */
  readonly own: { readonly row: ContextKey; readonly access: ProviderAccess } | null
  /** The platform's key, if it may pay for the request. */
  readonly platform: ProviderAccess | null
}

/**
 * Decides where a request goes.
 *
 * @throws Problem unauthenticated for a call token that is not valid, or workspace_suspended, call_not_found,
 *   agent_not_found, invalid_request, llm_provider_unknown, llm_key_missing, llm_model_not_allowed, llm_needs_credits,
 *   llm_key_unreadable
 */
export async function resolveRoute(deps: LlmDeps, wanted: RouteRequest): Promise<Route> {
  const { sealedBox, settings } = deps
  const nowMs = deps.clock.now()
  const context = await loadCurrentContext(deps, wanted, nowMs)
  requireValidToken(context, wanted, nowMs)
  requireActive(context)
  const agent = selectAgent(context, wanted)
  const { provider, model } = selectModel(agent, wanted)
  const row = context.ownKeys?.find((key) => key.provider === provider)
  const asked = { provider, model: wanted.lists ? null : model }
  const obstacle = findPlatformObstacle(settings, context, asked, nowMs)
  const availability: LlmKeyAvailability = {
    ownKeysAllowed: context.ownKeysAllowed,
    hasOwnKey: row !== undefined,
    hasPlatformKey: obstacle === null,
  }
  const source = selectLlmKeySource(availability)
  if (source === null) throw obstacleProblem(obstacle)
  const usesOwn = source === 'own' && row !== undefined
  return {
    workspaceId: wanted.workspaceId,
    agentId: agent.id,
    callId: context.callId,
    day: localDateOf(nowMs, context.timeZone),
    provider,
    model,
    availability,
    source,
    fallbackToPlatform: context.fallbackToPlatform,
    own: usesOwn ? { row, access: openKey(sealedBox, row, settings.bases[provider]) } : null,
    platform: obstacle === null ? createPlatformAccess(settings, provider) : null,
  }
}

/** Loads the context after processing boundaries that are due, because they may change the plan. */
async function loadCurrentContext(
  { database, ledger }: LlmDeps,
  ref: RequestContextRef,
  nowMs: number,
): Promise<RequestContext> {
  let context = await loadRequestContext(database, ref)
  if (context !== undefined && context.nextBoundaryMs !== null && context.nextBoundaryMs <= nowMs) {
    await ledger.catchUp([ref.workspaceId])
    context = await loadRequestContext(database, ref)
  }
  // Only a made-up token can name a workspace that does not exist.
  if (context === undefined) throw invalidToken()
  return context
}

function requireValidToken(context: RequestContext, { token }: RouteRequest, nowMs: number): void {
  if (token === null) return
  const { tokenExpiresAtMs, callAuthorizedAtMs, callMaxDurationMs } = context
  if (tokenExpiresAtMs === null || callAuthorizedAtMs === null || callMaxDurationMs === null)
    throw invalidToken()
  const lease = { authorizedAtMs: callAuthorizedAtMs, maxDurationMs: callMaxDurationMs }
  const endsAtMs = Math.min(tokenExpiresAtMs, findLatestEnd(context.callAnsweredAtMs, lease))
  if (!context.callOpen || endsAtMs <= nowMs) throw invalidToken()
}

function requireActive(context: RequestContext): void {
  if (context.active) return
  throw new Problem(
    accessProblems.workspace_suspended,
    'The workspace is suspended. Ask the operator of this service.',
  )
}

function invalidToken(): Problem {
  return new Problem(platformProblems.unauthenticated, 'This token is not valid, or its call is over.')
}
