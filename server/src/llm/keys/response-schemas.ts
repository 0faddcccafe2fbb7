import { LLM_PROVIDER_NAMES } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../../platform/http/instant.ts'
import { publicId } from '../../public-ids.ts'
import { describeKeyRefusal } from '../gateway/provider-errors.ts'
import type { KeyRow } from './key-store.ts'
import { ProviderName } from './request-schemas.ts'

export const KeyResponse = z
  .object({
    id: z.string().meta({ example: 'lkey_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    provider: ProviderName,
    providerName: z.string().meta({ example: 'OpenAI' }),
    lastFour: z.string().meta({ description: 'The last four characters of the key.' }),
    baseUrl: z.string().nullable(),
    apiVersion: z.string().nullable(),
    deployments: z.record(z.string(), z.string()),
    state: z.enum(['active', 'failing', 'unused_plan']).meta({
      description:
        'failing: the provider refused it last time, or it can no longer be decrypted. unused_plan: it is stored, but the plan does not allow own keys.',
    }),
    stateReason: z.string().nullable().meta({ description: 'Why it is not active, in a sentence.' }),
    failure: z
      .object({ status: z.int(), code: z.string().nullable(), at: Instant })
      .nullable()
      .meta({ description: 'How the provider last refused it. null: it accepted the key since.' }),
    lastUsedAt: Instant.nullable().meta({ description: 'To the minute.' }),
    createdAt: Instant,
    replacedAt: Instant.nullable().meta({ description: 'When the key was last replaced.' }),
  })
  .meta({
    id: 'LlmKey',
    description: 'An own key for a language model provider, without the key itself.',
  })

/**
 * A key as the API shows it.
 *
 * @param unusedReason why the plan does not allow own keys; null: it allows them
 * @param isReadable whether the server's secret decrypts it
 */
export function keyResponse(
  row: KeyRow,
  unusedReason: string | null,
  isReadable: boolean,
): z.infer<typeof KeyResponse> {
  const { failureStatus: status, failureCode: code, failedAtMs } = row
  const failure = status === null || failedAtMs === null ? null : { status, code, at: instantOf(failedAtMs) }
  return {
    id: publicId('llmKey', row.id),
    provider: row.provider,
    providerName: LLM_PROVIDER_NAMES[row.provider],
    lastFour: row.lastFour,
    baseUrl: row.baseUrl,
    apiVersion: row.apiVersion,
    deployments: row.deployments,
    ...describeState(row, failure, unusedReason, isReadable),
    failure,
    lastUsedAt: instantOrNull(row.lastUsedAtMs),
    createdAt: instantOf(row.createdAtMs),
    replacedAt: row.savedAtMs === row.createdAtMs ? null : instantOf(row.savedAtMs),
  }
}

/** What the audit log says about a key. `replacedAt` shows that the key itself is another one. */
export function keyState({ provider, lastFour, baseUrl, apiVersion, deployments, savedAtMs }: KeyRow) {
  return { provider, lastFour, baseUrl, apiVersion, deployments, replacedAt: instantOf(savedAtMs) }
}

export function targetOfKey({ id, provider }: KeyRow) {
  return { kind: 'llm_key', id, name: LLM_PROVIDER_NAMES[provider] } as const
}

function describeState(
  { provider }: KeyRow,
  failure: { status: number } | null,
  unusedReason: string | null,
  isReadable: boolean,
): Pick<z.infer<typeof KeyResponse>, 'state' | 'stateReason'> {
  if (unusedReason !== null) return { state: 'unused_plan', stateReason: unusedReason }
  if (!isReadable)
    return { state: 'failing', stateReason: 'This key can no longer be decrypted. Replace it.' }
  if (failure === null) return { state: 'active', stateReason: null }
  return { state: 'failing', stateReason: describeKeyRefusal(provider, failure.status) }
}
