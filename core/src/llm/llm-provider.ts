/** The LLM providers that the gateway supports, by the names that agents and keys use. */
export const LLM_PROVIDERS = [
  'openai',
  'anthropic',
  'google',
  'azure_openai',
  'groq',
  'openrouter',
  'openai_compatible',
] as const

export type LlmProvider = (typeof LLM_PROVIDERS)[number]

/** Names of LLM providers for people. */
export const LLM_PROVIDER_NAMES: Readonly<Record<LlmProvider, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google Gemini',
  azure_openai: 'Azure OpenAI',
  groq: 'Groq',
  openrouter: 'OpenRouter',
  openai_compatible: 'OpenAI-compatible',
}

const ALIASES = new Map<string, LlmProvider>([
  ['azure', 'azure_openai'],
  ['claude', 'anthropic'],
  ['custom', 'openai_compatible'],
  ['gemini', 'google'],
  ['google_gemini', 'google'],
])

/**
 * Parses the provider named in an agent's settings, in any capitalization and with spaces or hyphens. Undefined for a
 * provider that the gateway does not support.
 */
export function parseLlmProvider(text: string): LlmProvider | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  return LLM_PROVIDERS.find((provider) => provider === name) ?? ALIASES.get(name)
}
