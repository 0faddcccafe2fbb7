import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { requireRole } from '../../access/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { LlmDeps } from '../deps.ts'
import { ownKeysReason, requireOwnKeys } from './keys.ts'
import { ProviderName } from './request-schemas.ts'
import { readChoice, saveChoice } from './settings-store.ts'

const FallbackToPlatform = z.boolean().meta({
  description:
    'Whether a request whose own key the provider refuses (401, 402, 403, 429) goes out again with the platform’s. Off unless told.',
})

const LlmSettingsResponse = z
  .object({
    fallbackToPlatform: FallbackToPlatform,
    ownKeysAvailable: z.boolean(),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why keys of its own are not available, in a sentence.' }),
    platformProviders: z
      .array(ProviderName)
      .meta({ description: 'The providers that the platform has keys for.' }),
    platformModels: z.array(z.string()).nullable().meta({
      description: 'The models that they pay for; a star at the end stands for anything. null: all.',
    }),
  })
  .meta({ id: 'LlmSettings' })

/** What a workspace chooses about its language models, and what the platform offers. */
export function llmSettingsRoutes(deps: LlmDeps): Routes {
  const { access, database, clock, ledger, settings } = deps

  async function read(db: Queryable, workspaceId: string): Promise<z.infer<typeof LlmSettingsResponse>> {
    const reason = ownKeysReason(await requireSubscription(db, workspaceId))
    return {
      ...(await readChoice(db, workspaceId)),
      ownKeysAvailable: reason === null,
      reason,
      platformProviders: LLM_PROVIDERS.filter((provider) => settings.keys[provider] !== undefined),
      platformModels: settings.models === undefined ? null : [...settings.models],
    }
  }

  const one = { tags: ['LLM keys'], response: { 200: LlmSettingsResponse } }
  return async (server) => {
    server.get(
      '/v1/llm-settings',
      { schema: { ...one, summary: 'What happens to requests of language models' } },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        await ledger.catchUpIfDue(workspaceId)
        return read(database, workspaceId)
      },
    )

    server.patch(
      '/v1/llm-settings',
      {
        schema: {
          ...one,
          summary: 'Change it',
          body: z.strictObject({ fallbackToPlatform: FallbackToPlatform.optional() }),
        },
      },
      async (request) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId, actor } = scope
        const { fallbackToPlatform } = request.body
        await ledger.catchUpIfDue(workspaceId)
        return database.transaction(async (tx) => {
          if (fallbackToPlatform === true) await requireOwnKeys(tx, workspaceId)
          const saved = { by: actor, atMs: clock.now() }
          if (fallbackToPlatform !== undefined)
            await saveChoice(tx, workspaceId, { fallbackToPlatform }, saved)
          return read(tx, workspaceId)
        })
      },
    )
  }
}
