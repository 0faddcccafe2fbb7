import {
  LLM_PROVIDER_NAMES,
  LLM_PROVIDERS,
  type LlmProvider,
  parseLlmProvider,
} from '@talktime/core/llm/llm-provider'
import { agentProblems } from '../../agents/index.ts'
import { callProblems } from '../../calls/index.ts'
import { invalid, Problem } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import type { RequestContext } from './request-context-store.ts'
import type { RouteRequest } from './route.ts'

type Agent = { readonly id: string; readonly llmProvider: string; readonly llmModel: string }

/** The model name that means the agent's own model. OpenAI's clients have to send some name. */
const AGENTS_MODEL = 'agent'

/**
 * Selects the agent for which a request is made: the one it names, or the call's.
 *
 * @throws Problem call_not_found, agent_not_found, or invalid_request if no agent is named or it is not the call's
 */
export function selectAgent(context: RequestContext, wanted: RouteRequest): Agent {
  if (wanted.callId !== null && context.callId !== wanted.callId) {
    throw new Problem(callProblems.call_not_found, 'There is no such call in this workspace.')
  }
  if (wanted.agentId === null && context.callId === null) {
    throw invalid(
      '/Talktime-Agent',
      'Name the agent in the header Talktime-Agent, or as "talktime": {"agentId": "agt_…"} in the body.',
    )
  }
  const { agentId: id, llmProvider, llmModel } = context
  // A call continues to its end even if its agent was archived in the meantime.
  const isGone = context.agentArchived && context.callId === null
  if (id === null || llmProvider === null || llmModel === null || isGone) {
    throw new Problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.')
  }
  if (context.callAgentId !== null && context.callAgentId !== id) {
    throw invalid('/Talktime-Agent', 'The agent must be the call’s agent, or be left out.')
  }
  return { id, llmProvider, llmModel }
}

/**
 * Selects the provider and model: those that the request names, or the agent's.
 *
 * @throws Problem llm_provider_unknown, or invalid_request if a model of another provider must be named
 */
export function selectModel(
  agent: Agent,
  wanted: RouteRequest,
): { readonly provider: LlmProvider; readonly model: string } {
  const provider = parseLlmProvider(wanted.provider ?? agent.llmProvider)
  if (provider === undefined) throw unknownProvider(agent, wanted)
  const model = wanted.model ?? AGENTS_MODEL
  if (model !== AGENTS_MODEL && model !== '') return { provider, model }
  const isAgents = provider === parseLlmProvider(agent.llmProvider)
  if (isAgents || wanted.lists === true) return { provider, model: agent.llmModel }
  throw invalid(
    '/model',
    `"model" must name a model of ${LLM_PROVIDER_NAMES[provider]}: the agent’s model belongs to another provider.`,
  )
}

function unknownProvider(agent: Agent, wanted: RouteRequest): Problem {
  const whose = wanted.provider === null ? 'The agent’s LLM provider' : 'The provider'
  const named = wanted.provider ?? agent.llmProvider
  return new Problem(
    llmProblems.llm_provider_unknown,
    `${whose} is "${named}", which must be one of ${LLM_PROVIDERS.join(', ')}.`,
  )
}
