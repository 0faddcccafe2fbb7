import type { LlmProvider } from '@talktime/core/llm/llm-provider'

/** A key with everything that says where it is sent to. */
export type ProviderAccess = {
  readonly provider: LlmProvider
  readonly key: string
  /** Of azure_openai and openai_compatible, and wherever the operator set another; without a slash at the end. */
  readonly baseUrl: string | null
  /** Who chose where it is sent to: an address that a workspace chose may lead to public addresses alone. */
  readonly chosenBy: 'workspace' | 'operator'
  /** Of azure_openai: a dated version of its API; null: its v1 API. */
  readonly apiVersion: string | null
  /** Of azure_openai: the deployment of a model, where it has another name than the model. */
  readonly deployments: Readonly<Record<string, string>>
}

/** What to ask, as OpenAI's API has it. */
export type ProviderRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * The addresses at which each provider speaks OpenAI's API, from their documentation: OpenAI, Groq and OpenRouter
 * natively, Google and Anthropic beside their own (decision 11). The other two are addressed by their key.
 */
const addresses: Readonly<Partial<Record<LlmProvider, string>>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
  groq: 'https://api.groq.com/openai/v1',
  openrouter: 'https://openrouter.ai/api/v1',
}

/** The version of its own API that Anthropic wants named where it is no compatible one: for the list of models. */
const anthropicVersion = '2023-06-01'

/** Asks for an answer of the model. `model` is what the body has to name. */
export function chatRequest(access: ProviderAccess, model: string): ProviderRequest & { model: string } {
  if (access.provider !== 'azure_openai') {
    return { url: `${baseOf(access)}/chat/completions`, headers: bearer(access), model }
  }
  const deployment = Object.hasOwn(access.deployments, model) ? (access.deployments[model] as string) : model
  const path =
    access.apiVersion === null
      ? '/openai/v1/chat/completions'
      : `/openai/deployments/${encodeURIComponent(deployment)}/chat/completions?api-version=${access.apiVersion}`
  return { url: baseOf(access) + path, headers: { 'api-key': access.key }, model: deployment }
}

/** Asks which models there are. */
export function modelsRequest(access: ProviderAccess): ProviderRequest {
  const base = baseOf(access)
  switch (access.provider) {
    case 'azure_openai': {
      const path =
        access.apiVersion === null ? '/openai/v1/models' : `/openai/models?api-version=${access.apiVersion}`
      return { url: base + path, headers: { 'api-key': access.key } }
    }
    case 'anthropic':
      return {
        url: `${base}/models?limit=1000`,
        headers: { 'x-api-key': access.key, 'anthropic-version': anthropicVersion },
      }
    default:
      return { url: `${base}/models`, headers: bearer(access) }
  }
}

/** Asks something that costs nothing and that a wrong key is refused for. */
export function harmlessRequest(access: ProviderAccess): ProviderRequest {
  // OpenRouter lists its models for anybody.
  if (access.provider !== 'openrouter') return modelsRequest(access)
  return { url: `${baseOf(access)}/key`, headers: bearer(access) }
}

function baseOf({ provider, baseUrl }: ProviderAccess): string {
  return baseUrl ?? addresses[provider] ?? ''
}

function bearer({ key }: ProviderAccess): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}
