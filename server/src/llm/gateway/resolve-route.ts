import { findLatestEnd } from '@talktime/core/calls/call-lease'
import { type LlmKeyAvailability, selectLlmKeySource } from '@talktime/core/llm/llm-key-choice'
import { localDateOf } from '@talktime/core/time/local-day'
import { accessProblems } from '../../access/index.ts'
import { LLM_LIMITS_DEFAULT } from '../../plans/index.ts'
import { Problem, platformProblems } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { openKey } from '../keys/keys.ts'
import { createPlatformAccess, findPlatformObstacle, obstacleProblem } from './platform-key.ts'
import { loadRequestContext, type RequestContext, type RequestContextRef } from './request-context-store.ts'
import type { Route, RouteRequest } from './route.ts'
import { selectAgent, selectModel } from './select-model.ts'

/**
 * Decides where a request goes.
 *
 * @throws Problem unauthenticated for a call token that is not valid, or workspace_suspended, call_not_found,
 *   agent_not_found, invalid_request, llm_provider_unknown, llm_key_missing, llm_model_not_allowed, llm_needs_call,
 *   llm_needs_credits, llm_key_unreadable
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
  const isTest = wanted.isTest === true && !context.callOpen
  const asked = { provider, model: wanted.lists ? null : model, isTest }
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
    limits: { ...LLM_LIMITS_DEFAULT[context.planPaid ? 'paid' : 'unpaid'], ...context.planLimits },
    isTest,
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
