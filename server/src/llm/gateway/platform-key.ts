import { balanceAt } from '@talktime/core/billing/balance-line'
import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { invariant, Problem, type ProblemType } from '../../platform/problem.ts'
import { llmProblems } from '../problems.ts'
import type { LlmSettings } from '../settings.ts'
import type { ProviderAccess } from './provider-access.ts'
import type { RequestContext } from './request-context-store.ts'

/**
 * Why the platform's key may not pay for a request. It becomes a Problem only if no other key can pay, because creating
 * an error costs more than all other steps of resolving a route.
 */
export type PlatformObstacle = { readonly problem: ProblemType; readonly detail: string }

/** What the platform's key is asked to pay for. `model` is null for a request that lists models. */
type PlatformRequest = {
  readonly provider: LlmProvider
  readonly model: string | null
  readonly isTest: boolean
}

/**
 * An agent's model may be asked a few times before the answer is reported, for a greeting or because the report is late.
 * Ringing is free, so more than that would be too.
 */
const RINGING_REQUESTS_MAX = 5

/** Finds what keeps the platform's key from paying; null: nothing. */
export function findPlatformObstacle(
  settings: LlmSettings,
  context: RequestContext,
  { provider, model, isTest }: PlatformRequest,
  nowMs: number,
): PlatformObstacle | null {
  const name = LLM_PROVIDER_NAMES[provider]
  if (settings.keys[provider] === undefined) {
    const remedy = context.ownKeysAllowed
      ? 'Add one under Settings, LLM API keys.'
      : `Own keys require the Enterprise plan. This workspace is on the ${context.planName} plan.`
    return { problem: llmProblems.llm_key_missing, detail: `The platform has no key for ${name}. ${remedy}` }
  }
  if (model !== null && !isModelAllowed(settings.models, model)) {
    return {
      problem: llmProblems.llm_model_not_allowed,
      detail: `The platform’s key does not pay for the model "${model}". ${listModels(settings)}`,
    }
  }
  if (context.callOpen) return findRingingObstacle(context)
  if (model !== null && !isTest) {
    return {
      problem: llmProblems.llm_needs_call,
      detail:
        'The platform’s key is used in live calls only. Name one in the header Talktime-Call or send its call token, or mark a test with Talktime-Test: true.',
    }
  }
  // A live call may finish below zero and needs its model. Nothing else does.
  if (balanceAt(context, nowMs) <= 0) {
    return {
      problem: llmProblems.llm_needs_credits,
      detail: 'The workspace has no credits left, so the platform’s key is not used. Buy credits first.',
    }
  }
  return null
}

function findRingingObstacle({ requestsWhileRinging }: RequestContext): PlatformObstacle | null {
  if (requestsWhileRinging === null || requestsWhileRinging < RINGING_REQUESTS_MAX) return null
  return {
    problem: llmProblems.llm_needs_call,
    detail: `The call is not answered. Until its answer is reported, the platform’s key pays for ${RINGING_REQUESTS_MAX} requests.`,
  }
}

function listModels({ models }: LlmSettings): string {
  return models.length === 0
    ? 'The operator has named no model that it pays for.'
    : `It pays for ${models.join(', ')}.`
}

export function obstacleProblem(obstacle: PlatformObstacle | null): Problem {
  invariant(obstacle, 'If no key can be used, something keeps the platform’s key from paying')
  return new Problem(obstacle.problem, obstacle.detail)
}

/** Whether the platform's keys pay for a model. In `models`, a star at the end of a name matches anything. */
export function isModelAllowed(models: readonly string[], model: string): boolean {
  return models.some((name) => (name.endsWith('*') ? model.startsWith(name.slice(0, -1)) : model === name))
}

/** The platform's key for a provider; null: there is none. */
export function createPlatformAccess(settings: LlmSettings, provider: LlmProvider): ProviderAccess | null {
  const key = settings.keys[provider]
  if (key === undefined) return null
  return {
    provider,
    key,
    baseUrl: settings.bases[provider] ?? null,
    chosenBy: 'operator',
    apiVersion: provider === 'azure_openai' ? (settings.azureApiVersion ?? null) : null,
    deployments: {},
  }
}
