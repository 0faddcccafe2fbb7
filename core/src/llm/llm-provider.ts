/** The providers of language models that the gateway knows, as agents and keys name them. */
export const llmProviders = [
  'openai',
  'anthropic',
  'google',
  'azure_openai',
  'groq',
  'openrouter',
  'openai_compatible',
] as const

export type LlmProvider = (typeof llmProviders)[number]

/** What people call them. */
export const llmProviderNames: Readonly<Record<LlmProvider, string>> = {
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
export function llmProviderOf(text: string): LlmProvider | undefined {
  const name = text
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_')
  return llmProviders.find((provider) => provider === name) ?? otherSpellings.get(name)
}
