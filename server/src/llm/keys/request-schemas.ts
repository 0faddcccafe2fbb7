import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'

const keySentence = '"key" must be the provider’s key: 8 to 500 visible characters without spaces.'

/** A provider's key. No error message repeats it. */
const ProviderKey = z
  .string(keySentence)
  .trim()
  .regex(/^[\x21-\x7e]{8,500}$/, keySentence)
  .meta({ description: 'The key. It is stored encrypted and never shown again.', format: 'password' })

/** The address of an API. Its output has no slash at the end. */
const BaseUrl = z
  .string()
  .trim()
  .max(500)
  .transform((text) => text.replace(/\/+$/, ''))
  .meta({
    description:
      'openai_compatible: the address before /chat/completions. azure_openai: the resource’s endpoint. Must be public and use https.',
    example: 'https://llm.example.com/v1',
  })

const ApiVersion = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(-preview)?$/, '"apiVersion" must be a dated version, such as 2024-10-21.')
  .nullable()
  .meta({ description: 'For azure_openai: a dated version of its API; null: its v1 API.' })

const deploymentsSentence =
  '"deployments" must name the deployment of each model: at most 100, names of 1 to 100 characters.'

const Deployments = z
  .record(z.string().trim().min(1).max(100), z.string().trim().min(1).max(100), deploymentsSentence)
  .refine((deployments) => Object.keys(deployments).length <= 100, deploymentsSentence)
  .meta({
    description: 'For azure_openai: the deployment names of models that differ from the models’ names.',
    example: { 'gpt-5-mini': 'reception' },
  })

export const ProviderName = z.enum(LLM_PROVIDERS)

const commonFields = { key: ProviderKey }
const addressedFields = { ...commonFields, baseUrl: BaseUrl }

export const NewKeyRequest = z.discriminatedUnion('provider', [
  z.strictObject({
    provider: z.enum(['openai', 'anthropic', 'google', 'groq', 'openrouter']),
    ...commonFields,
  }),
  z.strictObject({
    provider: z.literal('azure_openai'),
    ...addressedFields,
    apiVersion: ApiVersion.optional(),
    deployments: Deployments.optional(),
  }),
  z.strictObject({ provider: z.literal('openai_compatible'), ...addressedFields }),
])

export const KeyChangeRequest = z.strictObject({
  key: ProviderKey.optional(),
  baseUrl: BaseUrl.optional(),
  apiVersion: ApiVersion.optional(),
  deployments: Deployments.optional(),
})

type AddressFields = {
  readonly baseUrl?: string | undefined
  readonly apiVersion?: string | null | undefined
  readonly deployments?: Readonly<Record<string, string>> | undefined
}

export type NewKey = Pick<z.infer<typeof NewKeyRequest>, 'provider' | 'key'> & AddressFields

/** A change of a key. Undefined fields keep their value. */
export type KeyChange = AddressFields & { readonly key?: string | undefined }
