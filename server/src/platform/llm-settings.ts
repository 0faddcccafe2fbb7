import { LLM_PROVIDERS, type LlmProvider } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { withoutPassword } from './start-problem.ts'

/** What the gateway to language models uses where a workspace has no key of its own. */
export type LlmSettings = {
  /** The platform's keys. */
  readonly keys: Readonly<Partial<Record<LlmProvider, string>>>
  /** Where a provider is reached, if not at its own address; without a slash at the end. */
  readonly bases: Readonly<Partial<Record<LlmProvider, string>>>
  /** Of the platform's Azure OpenAI; undefined: its v1 API. */
  readonly azureApiVersion: string | undefined
  /** The models that the platform's keys pay for; a star at the end stands for anything. Undefined: all. */
  readonly models: readonly string[] | undefined
}

const Key = z.string().regex(/^[\x21-\x7e]{8,500}$/)

/** Where an API is reached, without a slash at the end. */
const Base = z
  .url({ protocol: /^https?$/ })
  .transform((text) => new URL(text))
  .refine((url) => url.search === '' && url.hash === '' && url.username === '')
  .transform((url) => url.href.replace(/\/+$/, ''))

const AzureApiVersion = z.string().regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/)

const Models = z
  .string()
  .transform((text) => text.split(',').map((name) => name.trim()))
  .refine((names) => names.every((name) => /^[^\s*]+\*?$/.test(name)))

/** These have no address that is the same for everybody. */
const providersWithoutAddress: readonly LlmProvider[] = ['azure_openai', 'openai_compatible']

/**
 * Reads `TALKTIME_LLM_OPENAI_KEY`, `TALKTIME_LLM_BASE_OPENAI` and the same of each other provider, and the rest.
 *
 * @param wrong gets a sentence for each setting that is wrong
 */
export function readLlmSettings(env: NodeJS.ProcessEnv, wrong: string[]): LlmSettings {
  function read<Schema extends z.ZodType>(name: string, schema: Schema, right: string, isSecret = false) {
    const text = env[name] || undefined
    const parsed = schema.optional().safeParse(text)
    const shown = isSecret ? 'wrong' : JSON.stringify(withoutPassword(text ?? ''))
    if (!parsed.success) wrong.push(`${name} is ${shown}: it must be ${right}.`)
    return parsed.data
  }
  const keys: Partial<Record<LlmProvider, string>> = {}
  const bases: Partial<Record<LlmProvider, string>> = {}
  for (const provider of LLM_PROVIDERS) {
    const keyName = `TALKTIME_LLM_${provider.toUpperCase()}_KEY`
    const baseName = `TALKTIME_LLM_BASE_${provider.toUpperCase()}`
    const key = read(keyName, Key, 'an API key of 8 to 500 visible characters', true)
    const base = read(baseName, Base, 'the address of an API, such as https://llm.example.com/v1')
    if (key !== undefined) keys[provider] = key
    if (base !== undefined) bases[provider] = base
    if (key !== undefined && !env[baseName] && providersWithoutAddress.includes(provider)) {
      wrong.push(`${baseName} is missing: with ${keyName} it must be the address of that API.`)
    }
  }
  return {
    keys,
    bases,
    azureApiVersion: read(
      'TALKTIME_LLM_AZURE_OPENAI_API_VERSION',
      AzureApiVersion,
      'a dated version of Azure OpenAI’s API, such as 2024-10-21',
    ),
    models: read(
      'TALKTIME_LLM_MODELS',
      Models,
      'names of models with commas between, such as gpt-5-mini,claude-haiku-*',
    ),
  }
}
