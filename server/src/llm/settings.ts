import type { LlmProvider } from '@talktime/core/llm/llm-provider'
import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { hideValue, type SettingsReader } from '../platform/settings-reader.ts'

/** The operator's settings for the LLM gateway. */
export type LlmSettings = {
  /** The platform's keys. */
  readonly keys: Readonly<Partial<Record<LlmProvider, string>>>
  /** Base URLs that replace the providers' own. No slash at the end. */
  readonly bases: Readonly<Partial<Record<LlmProvider, string>>>
  /** The API version for the platform's Azure OpenAI key. Undefined: its v1 API. */
  readonly azureApiVersion: string | undefined
  /** The models for which the platform's keys pay. A star at the end matches anything. It pays for no other model. */
  readonly models: readonly string[]
}

const KEY = {
  schema: z
    .string()
    .regex(/^[\x21-\x7e]{8,500}$/)
    .optional(),
  right: 'an API key of 8 to 500 visible characters',
  show: hideValue,
}

const BASE = {
  schema: z
    .url({ protocol: /^https?$/ })
    .transform((text) => new URL(text))
    .refine((url) => url.search === '' && url.hash === '' && url.username === '')
    .transform((url) => url.href.replace(/\/+$/, ''))
    .optional(),
  right: 'the address of an API, such as https://llm.example.com/v1',
}

const AZURE_API_VERSION = {
  schema: z
    .string()
    .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/)
    .optional(),
  right: 'a dated version of Azure OpenAI’s API, such as 2024-10-21',
}

const MODELS = {
  schema: z
    .string()
    .transform((text) => text.split(',').map((name) => name.trim()))
    .refine((names) => names.every((name) => /^[^\s*]+\*?$/.test(name)))
    .default([]),
  right: 'model names separated by commas, such as gpt-5-mini,claude-haiku-*',
}

/** Providers without one well-known base URL. */
const PROVIDERS_WITHOUT_BASE: readonly LlmProvider[] = ['azure_openai', 'openai_compatible']

/** Reads TALKTIME_LLM_…_KEY and TALKTIME_LLM_BASE_… of every provider, and what limits the platform's keys. */
export function readLlmSettings(reader: SettingsReader): LlmSettings {
  const { read } = reader
  const keys: Partial<Record<LlmProvider, string>> = {}
  const bases: Partial<Record<LlmProvider, string>> = {}
  for (const provider of LLM_PROVIDERS) {
    const keyName = `TALKTIME_LLM_${provider.toUpperCase()}_KEY`
    const baseName = `TALKTIME_LLM_BASE_${provider.toUpperCase()}`
    const key = read(keyName, KEY)
    const base = read(baseName, BASE)
    if (key !== undefined) keys[provider] = key
    if (base !== undefined) bases[provider] = base
    if (key !== undefined && !reader.isSet(baseName) && PROVIDERS_WITHOUT_BASE.includes(provider)) {
      reader.complain(`${baseName} is missing: with ${keyName} it must be the address of that API.`)
    }
  }
  return {
    keys,
    bases,
    azureApiVersion: read('TALKTIME_LLM_AZURE_OPENAI_API_VERSION', AZURE_API_VERSION),
    models: read('TALKTIME_LLM_MODELS', MODELS),
  }
}
