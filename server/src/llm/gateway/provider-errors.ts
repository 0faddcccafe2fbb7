import { LLM_PROVIDER_NAMES, type LlmProvider } from '@talktime/core/llm/llm-provider'

/** What of a provider's error tells whether it is about the key. */
export type ProviderError = {
  readonly status: number
  readonly code: string | null
  readonly type: string | null
  readonly message: string | null
}

/**
 * Whether a provider refused the key, and not what was asked with it: it does not know it, it may not be used, its
 * account has no money left, or has asked too much. Google answers a key it does not know with 400.
 */
export function isAboutTheKey(provider: LlmProvider, error: ProviderError): boolean {
  if ([401, 402, 403, 429].includes(error.status)) return true
  return provider === 'google' && error.status === 400 && /API[_ ]key/i.test(error.message ?? '')
}

/** How a key was refused, as a sentence for the people whose key it is. */
export function refusalSentence(provider: LlmProvider, status: number): string {
  const name = LLM_PROVIDER_NAMES[provider]
  switch (status) {
    case 402:
      return `${name} says that the account behind this key has no credit left (402). Add some there.`
    case 403:
      return `${name} does not let this key do that (403). Look at its rights there.`
    case 429:
      return `${name} says that this key has asked too much, or has no quota left (429). Look at its limits there.`
    default:
      return `${name} does not take this key (${status}). Replace it.`
  }
}
