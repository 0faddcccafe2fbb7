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

/** Finds what keeps the platform's key from paying; null: nothing. `model` is null for a request that lists models. */
export function findPlatformObstacle(
  settings: LlmSettings,
  context: RequestContext,
  { provider, model }: { readonly provider: LlmProvider; readonly model: string | null },
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
      detail: `The platform’s key does not pay for the model "${model}". It pays for ${settings.models?.join(', ')}.`,
    }
  }
  // Open calls may finish below zero and need their model. Without an open call and credits, nothing does.
  if (context.openCalls === 0 && balanceAt(context, nowMs) <= 0) {
    return {
      problem: llmProblems.llm_needs_credits,
      detail:
        'The workspace has no credits left and no open call, so the platform’s key is not used. Buy credits first.',
    }
  }
  return null
}

export function obstacleProblem(obstacle: PlatformObstacle | null): Problem {
  invariant(obstacle, 'If no key can be used, something keeps the platform’s key from paying')
  return new Problem(obstacle.problem, obstacle.detail)
}

/** Whether the platform's keys pay for a model. In `models`, a star at the end of a name matches anything. */
export function isModelAllowed(models: readonly string[] | undefined, model: string): boolean {
  if (models === undefined) return true
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
