import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'

const keySentence = '"key" must be the provider’s key: 8 to 500 visible characters without spaces.'

/** A provider's key. No message shows it. */
const ProviderKey = z
  .string(keySentence)
  .trim()
  .regex(/^[\x21-\x7e]{8,500}$/, keySentence)
  .meta({ description: 'The key. It is kept encrypted and never shown again.', format: 'password' })

/** Where an API is reached, as the rest of the server has it: without a slash at the end. */
const BaseUrl = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.replace(/\/+$/, ''))
  .meta({
    description:
      'openai_compatible: the address before /chat/completions. azure_openai: the resource’s endpoint. https, and public.',
    example: 'https://llm.example.com/v1',
  })

const ApiVersion = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, '"apiVersion" must be a dated version, such as 2024-10-21.')
  .nullable()
  .meta({ description: 'Of azure_openai: a dated version of its API; null: its v1 API.' })

const deploymentsSentence =
  '"deployments" must name the deployment of each model: at most 100, names of 1 to 100 characters.'

const Deployments = z
  .record(z.string().trim().min(1).max(100), z.string().trim().min(1).max(100), deploymentsSentence)
  .refine((deployments) => Object.keys(deployments).length <= 100, deploymentsSentence)
  .meta({
    description: 'Of azure_openai: the deployment of a model, where it has another name than the model.',
    example: { 'gpt-5-mini': 'reception' },
  })

export const ProviderName = z.enum(LLM_PROVIDERS)

const everyKey = { key: ProviderKey }
const addressed = { ...everyKey, baseUrl: BaseUrl }

export const NewKeyRequest = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.enum(['openai', 'anthropic', 'google', 'groq', 'openrouter']),
    ...everyKey,
  }),
  z.strictObject({
    provider: z.literal('azure_openai'),
    ...addressed,
    apiVersion: ApiVersion.optional(),
    deployments: Deployments.optional(),
  }),
  z.strictObject({ provider: z.literal('openai_compatible'), ...addressed }),
])

export const KeyChangeRequest = z.strictObject({
  key: ProviderKey.optional(),
  baseUrl: BaseUrl.optional(),
  apiVersion: ApiVersion.optional(),
  deployments: Deployments.optional(),
})

type Addressed = {
  readonly baseUrl?: string | undefined
  readonly apiVersion?: string | null | undefined
  readonly deployments?: Readonly<Record<string, string>> | undefined
}

export type NewKey = Pick<z.infer<typeof NewKeyRequest>, 'provider' | 'key'> & Addressed

/** What is undefined stays as it is. */
export type KeyChange = Addressed & { readonly key?: string | undefined }
