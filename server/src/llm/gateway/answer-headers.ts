import type { LlmKeySource } from '@talktime/core/llm/llm-key-choice'
import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import type { ProviderAnswer } from './ask-provider.ts'
import type { KeyChoice } from './key-fallback.ts'

/** Headers that callers need in order to retry in time. */
const retryHeaders = /^(retry-after|retry-after-ms|x-should-retry)$/
/** The provider's limits for the key. Of the platform's key they are not the workspace's, which are sent instead. */
const limitHeaders = /^(x-ratelimit-[\w-]+|anthropic-ratelimit-[\w-]+)$/

/** The headers in which providers send their request id. OpenAI's clients read the first. */
const requestIdNames = ['x-request-id', 'request-id', 'apim-request-id', 'x-goog-request-id']

/**
 * Selects the provider's headers that go to the caller. The list is closed, so that cookies, organization names and
 * connection details stay behind.
 */
export function selectHeaders(
  { headers }: Pick<ProviderAnswer, 'headers'>,
  keySource: LlmKeySource,
): Record<string, string> {
  const selected: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    const isPassedOn = retryHeaders.test(name) || (keySource === 'own' && limitHeaders.test(name))
    if (isPassedOn && value !== undefined) selected[name] = String(value)
  }
  const idName = requestIdNames.find((name) => typeof headers[name] === 'string')
  if (idName !== undefined) selected['x-request-id'] = String(headers[idName])
  return selected
}

/** The headers that say which provider answered and whose key was used. */
export function gatewayHeaders(provider: LlmProvider, key: KeyChoice): Record<string, string> {
  return {
    'talktime-llm-provider': provider,
    'talktime-llm-key-source': key.source,
    ...(key.ownKeyStatus !== null && { 'talktime-llm-fallback': 'true' }),
  }
}
