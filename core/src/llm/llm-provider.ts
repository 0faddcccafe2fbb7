/** The providers of language models that the gateway knows, as agents and keys name them. */
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

/** What people call them. */
export const LLM_PROVIDER_NAMES: Readonly<Record<LlmProvider, string>> = {
  openai: 'OpenAI',
  anthropic: 'Anthropic',
  google: 'Google Gemini',
  azure_openai: 'Azure OpenAI',
  groq: 'Groq',
  openrouter: 'OpenRouter',
  openai_compatible: 'OpenAI-compatible',
}

const otherSpellings = new Map<string, LlmProvider>([
  ['azure', 'azure_openai'],
  ['claude', 'anthropic'],
  ['custom', 'openai_compatible'],
  ['gemini', 'google'],
  ['google_gemini', 'google'],
])

/** The provider that an agent's text means; undefined where the gateway knows none by that name. */
export function parseLlmProvider(text: string): LlmProvider | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  return LLM_PROVIDERS.find((provider) => provider === name) ?? otherSpellings.get(name)
}
