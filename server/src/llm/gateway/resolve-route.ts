import { balanceAt } from '@talktime/core/billing/balance-line'
import { findLatestEnd } from '@talktime/core/calls/call-lease'
import {
  type LlmKeyAvailability,
  type LlmKeySource,
  selectLlmKeySource,
} from '@talktime/core/llm/llm-key-choice'
import {
  LLM_PROVIDER_NAMES,
  LLM_PROVIDERS,
  type LlmProvider,
  parseLlmProvider,
} from '@talktime/core/llm/llm-provider'
import { localDateOf } from '@talktime/core/time/local-day'
import { accessProblems } from '../../access/index.ts'
import { agentProblems } from '../../agents/index.ts'
import { callProblems } from '../../calls/index.ts'
import { invalid, invariant, Problem, type ProblemType, platformProblems } from '../../platform/problem.ts'
import type { LlmDeps } from '../deps.ts'
import { openKey } from '../keys/keys.ts'
import { llmProblems } from '../problems.ts'
import type { LlmSettings } from '../settings.ts'
import type { ProviderAccess } from './provider-access.ts'
import {
  type ContextKey,
  loadRequestContext,
  type RequestContext,
  type RequestContextRef,
} from './request-context.ts'

/** What a request of the gateway names. */
export type Wanted = RequestContextRef & {
  /** Instead of the agent's. */
  readonly provider: string | null
  /** Instead of the agent's. */
  readonly model: string | null
  /** No model is asked: which there are is. */
  readonly lists?: boolean
}

/** How a request goes on: for whom, to which provider, and with whose key. */
export type Way = {
  readonly workspaceId: string
  readonly agentId: string
  readonly callId: string | null
  /** The workspace's local day. */
  readonly day: string
  readonly provider: LlmProvider
  readonly model: string
  readonly offer: LlmKeyAvailability
  readonly source: LlmKeySource
  readonly fallbackToPlatform: boolean
  readonly own: { readonly row: ContextKey; readonly access: ProviderAccess } | null
  readonly platform: ProviderAccess | null
}

/** The word with which a request says that the agent's own model is meant: clients have to name some model. */
const agentsModel = 'agent'

/**
 * Finds out how a request goes on.
 *
 * @throws Problem unauthenticated for a token that is over, and what else stands against the request
 */
export async function resolveRoute(deps: LlmDeps, wanted: Wanted): Promise<Way> {
  const { seal, settings } = deps
  const nowMs = deps.clock.now()
  const scene = await currentContext(deps, wanted, nowMs)
  requireToken(scene, wanted, nowMs)
  if (!scene.active) {
    throw new Problem(
      accessProblems.workspace_suspended,
      'The workspace is suspended. Ask the operator of this service.',
    )
  }
  const agent = agentOf(scene, wanted)
  const { provider, model } = modelOf(agent, wanted)
  const row = scene.ownKeys?.find((key) => key.provider === provider)
  const obstacle = platformObstacle(settings, scene, { provider, model: wanted.lists ? null : model }, nowMs)
  const offer: LlmKeyAvailability = {
    ownKeysAllowed: scene.ownKeysAllowed,
    hasOwnKey: row !== undefined,
    hasPlatformKey: obstacle === null,
  }
  const source = selectLlmKeySource(offer)
  if (source === null) throw problemOf(obstacle)
  const own = source === 'own' && row !== undefined
  return {
    workspaceId: wanted.workspaceId,
    agentId: agent.id,
    callId: scene.callId,
    day: localDateOf(nowMs, scene.timeZone),
    provider,
    model,
    offer,
    source,
    fallbackToPlatform: scene.fallbackToPlatform,
    own: own ? { row, access: openKey(seal, row, settings.bases[provider]) } : null,
    platform: obstacle === null ? platformAccess(settings, provider) : null,
  }
}

/** The scene after every boundary that is due: the plan may be another one since. */
async function currentContext(
  { database, ledger }: LlmDeps,
  ref: RequestContextRef,
  nowMs: number,
): Promise<RequestContext> {
  let scene = await loadRequestContext(database, ref)
  if (scene?.nextBoundaryMs !== null && scene !== undefined && scene.nextBoundaryMs <= nowMs) {
    await ledger.catchUp([ref.workspaceId])
    scene = await loadRequestContext(database, ref)
  }
  // Only a token that was made up names a workspace that there is not.
  if (scene === undefined) throw tokenOver()
  return scene
}

function requireToken(scene: RequestContext, { token }: Wanted, nowMs: number): void {
  if (token === null) return
  const { tokenExpiresAtMs, callAuthorizedAtMs, callMaxDurationMs } = scene
  if (tokenExpiresAtMs === null || callAuthorizedAtMs === null || callMaxDurationMs === null)
    throw tokenOver()
  const lease = { authorizedAtMs: callAuthorizedAtMs, maxDurationMs: callMaxDurationMs }
  const endsAtMs = Math.min(tokenExpiresAtMs, findLatestEnd(scene.callAnsweredAtMs, lease))
  if (!scene.callOpen || endsAtMs <= nowMs) throw tokenOver()
}

function tokenOver(): Problem {
  return new Problem(platformProblems.unauthenticated, 'This token is not valid, or its call is over.')
}

type Agent = { readonly id: string; readonly llmProvider: string; readonly llmModel: string }

function agentOf(scene: RequestContext, wanted: Wanted): Agent {
  if (wanted.callId !== null && scene.callId !== wanted.callId) {
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  }
  if (wanted.agentId === null && scene.callId === null) {
    throw invalid(
      '/Talktime-Agent',
      'Say which agent talks: by the header Talktime-Agent or by "talktime": {"agentId": "agt_…"} in the body.',
    )
  }
  const { agentId: id, llmProvider, llmModel } = scene
  // A call goes on to its end with an agent that was taken out of use meanwhile.
  const gone = scene.agentArchived && scene.callId === null
  if (id === null || llmProvider === null || llmModel === null || gone) {
    throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
  }
  if (scene.callAgentId !== null && scene.callAgentId !== id) {
    throw invalid('/Talktime-Agent', 'The agent must be the one of the call, or be left out.')
  }
  return { id, llmProvider, llmModel }
}

function modelOf(agent: Agent, wanted: Wanted): { provider: LlmProvider; model: string } {
  const provider = parseLlmProvider(wanted.provider ?? agent.llmProvider)
  if (provider === undefined) {
    const whose = wanted.provider === null ? 'The agent’s LLM provider' : 'The provider'
    const known = LLM_PROVIDERS.join(', ')
    throw new Problem(
      llmProblems.llm_provider_unknown,
      `${whose} is "${wanted.provider ?? agent.llmProvider}", which must be one of ${known}.`,
    )
  }
  const model = wanted.model ?? agentsModel
  if (model !== agentsModel && model !== '') return { provider, model }
  const isAgents = provider === parseLlmProvider(agent.llmProvider)
  if (isAgents || wanted.lists === true) return { provider, model: agent.llmModel }
  throw invalid(
    '/model',
    `"model" must name a model of ${LLM_PROVIDER_NAMES[provider]}: the agent’s own is of another provider.`,
  )
}

/** Made a problem of only where nothing else pays: an error costs more than all the rest of the way. */
type Obstacle = { readonly problem: ProblemType; readonly detail: string }

function problemOf(obstacle: Obstacle | null): Problem {
  invariant(obstacle, 'A request without a key has something in its way')
  return new Problem(obstacle.problem, obstacle.detail)
}

/** What keeps the platform's key from paying; null: nothing. */
function platformObstacle(
  settings: LlmSettings,
  scene: RequestContext,
  { provider, model }: { provider: LlmProvider; model: string | null },
  nowMs: number,
): Obstacle | null {
  const name = LLM_PROVIDER_NAMES[provider]
  if (settings.keys[provider] === undefined) {
    const own = scene.ownKeysAllowed
      ? 'Add one under Settings, LLM API keys.'
      : `Keys of your own take the Enterprise plan; this workspace is on ${scene.planName}.`
    return { problem: llmProblems.llm_key_missing, detail: `The platform has no key for ${name}. ${own}` }
  }
  if (model !== null && !isPaidFor(settings.models, model)) {
    return {
      problem: llmProblems.llm_model_not_allowed,
      detail: `The platform’s key does not pay for the model "${model}". It pays for ${settings.models?.join(', ')}.`,
    }
  }
  // Calls that may be finished below zero need their model; without a call and without credit nobody does.
  if (scene.openCalls === 0 && balanceAt(scene, nowMs) <= 0) {
    return {
      problem: llmProblems.llm_needs_credits,
      detail:
        'The workspace has no credits left and no call under way: the platform’s key is not used. Buy credits first.',
    }
  }
  return null
}

/** @param models names; a star at the end stands for anything */
export function isPaidFor(models: readonly string[] | undefined, model: string): boolean {
  if (models === undefined) return true
  return models.some((name) => (name.endsWith('*') ? model.startsWith(name.slice(0, -1)) : model === name))
}

function platformAccess(settings: LlmSettings, provider: LlmProvider): ProviderAccess | null {
  const key = settings.keys[provider]
  if (key === undefined) return null
  const apiVersion = provider === 'azure_openai' ? (settings.azureApiVersion ?? null) : null
  return {
    provider,
    key,
    baseUrl: settings.bases[provider] ?? null,
    chosenBy: 'operator',
    apiVersion,
    deployments: {},
  }
}
