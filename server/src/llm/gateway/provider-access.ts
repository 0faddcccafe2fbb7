import { assertNever } from '@talktime/core/exhaustive'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'

/** A provider's key, and where it is sent. */
export type ProviderAccess = {
  readonly provider: LlmProvider
  readonly key: string
  /** For azure_openai, openai_compatible and addresses that the operator replaced. No slash at the end. */
  readonly baseUrl: string | null
  /** Who chose the address. An address that a workspace chose must be public. */
  readonly chosenBy: 'workspace' | 'operator'
  /** For azure_openai: a dated version of its API; null: its v1 API. */
  readonly apiVersion: string | null
  /** For azure_openai: the deployment names of models that differ from the models' names. */
  readonly deployments: Readonly<Record<string, string>>
}

/** The address and headers of a request to a provider. */
export type ProviderRequest = {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

/**
 * Where each provider offers OpenAI's API, from its documentation: OpenAI, Groq and OpenRouter natively, Google and
 * Anthropic besides their own APIs (decision 11). Keys for the other two providers have their own address.
 */
const baseUrls: Readonly<Partial<Record<LlmProvider, string>>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta/openai',
  groq: 'https://api.groq.com/openai/v1',
  openrouter: 'https://openrouter.ai/api/v1',
}

/** The version of Anthropic's own API. Only the list of models uses that API. */
const ANTHROPIC_VERSION = '2023-06-01'

/** Builds a chat request. The returned `model` is the name that the body has to use. */
export function buildChatRequest(access: ProviderAccess, model: string): ProviderRequest & { model: string } {
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

/** Builds a request for the list of models. */
export function buildModelsRequest(access: ProviderAccess): ProviderRequest {
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
        headers: { 'x-api-key': access.key, 'anthropic-version': ANTHROPIC_VERSION },
      }
    case 'openai':
    case 'google':
    case 'groq':
    case 'openrouter':
    case 'openai_compatible':
      return { url: `${base}/models`, headers: bearer(access) }
    default:
      return assertNever(access.provider)
  }
}

/** Builds a request that costs nothing and that a provider refuses if the key is wrong. */
export function buildKeyTestRequest(access: ProviderAccess): ProviderRequest {
  // OpenRouter lists its models without a key.
  if (access.provider !== 'openrouter') return buildModelsRequest(access)
  return { url: `${baseOf(access)}/key`, headers: bearer(access) }
}

function baseOf({ provider, baseUrl }: ProviderAccess): string {
  return baseUrl ?? baseUrls[provider] ?? ''
}

function bearer({ key }: ProviderAccess): Record<string, string> {
  return { authorization: `Bearer ${key}` }
}
