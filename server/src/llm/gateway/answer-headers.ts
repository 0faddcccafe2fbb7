import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { ProviderAnswer } from './ask-provider.ts'
import type { Attempt } from './key-fallback.ts'

/** What of a provider's headers callers need: to retry in time, and to name the request to the provider. */
const passedOn = /^(retry-after|retry-after-ms|x-should-retry|x-ratelimit-[\w-]+|anthropic-ratelimit-[\w-]+)$/

/** Under these names providers say how they call a request; OpenAI's clients look for the first. */
const requestIdNames = ['x-request-id', 'request-id', 'apim-request-id', 'x-goog-request-id']

/**
 * The provider's headers that go back to the caller: a few by name, so that neither cookies nor the names of
 * organizations nor anything about the connection does.
 */
export function headersBack({ headers }: Pick<ProviderAnswer, 'headers'>): Record<string, string> {
  const back: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (passedOn.test(name) && value !== undefined) back[name] = String(value)
  }
  const idName = requestIdNames.find((name) => typeof headers[name] === 'string')
  if (idName !== undefined) back['x-request-id'] = String(headers[idName])
  return back
}

/** Says with whose key, and where, a request was answered. */
export function gatewayHeaders(provider: LlmProvider, attempt: Attempt): Record<string, string> {
  return {
    'talktime-llm-provider': provider,
    'talktime-llm-key-source': attempt.source,
    ...(attempt.afterOwnStatus !== null && { 'talktime-llm-fallback': 'true' }),
  }
}
