import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { recordAudit, requireRole } from '../../access/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import type { LlmDeps } from '../deps.ts'
import { explainNoOwnKeys, requireOwnKeys } from './keys.ts'
import { ProviderName } from './request-schemas.ts'
import { readSettings, saveSettings } from './settings-store.ts'

const FallbackToPlatform = z.boolean().meta({
  description:
    'Whether a request is repeated with the platform’s key if the provider refuses the own key (401, 402, 403, 429). Default: false.',
})

const LlmSettingsResponse = z
  .object({
    fallbackToPlatform: FallbackToPlatform,
    ownKeysAvailable: z.boolean(),
    reason: z.string().nullable().meta({ description: 'Why own keys are not available, in a sentence.' }),
    platformProviders: z
      .array(ProviderName)
      .meta({ description: 'The providers for which the platform has keys.' }),
    platformModels: z.array(z.string()).nullable().meta({
      description:
        'The models for which the platform’s keys pay. A star at the end matches anything. null: all models.',
    }),
  })
  .meta({ id: 'LlmSettings' })

/** The workspace's settings for language models, and what the platform offers. */
export function llmSettingsRoutes(deps: LlmDeps): Routes {
  const { access, database, clock, ledger, settings } = deps

  async function readResponse(
    db: Queryable,
    workspaceId: string,
  ): Promise<z.infer<typeof LlmSettingsResponse>> {
    const reason = explainNoOwnKeys(await requireSubscription(db, workspaceId))
    return {
      ...(await readSettings(db, workspaceId)),
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
      { schema: { ...one, summary: 'Settings for language models' } },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        await ledger.catchUpIfDue(workspaceId)
        return readResponse(database, workspaceId)
      },
    )

    server.patch(
      '/v1/llm-settings',
      {
        config: { keyScope: 'admin' },
        schema: {
          ...one,
          summary: 'Change the settings for language models',
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
          if (fallbackToPlatform !== undefined) {
            const before = await readSettings(tx, workspaceId)
            const after = { fallbackToPlatform }
            await saveSettings(tx, workspaceId, after, saved)
            const target = { kind: 'llm_settings', id: workspaceId } as const
            await recordAudit(tx, {
              ...scope,
              action: 'llm_settings.changed',
              target,
              before,
              after,
              atMs: saved.atMs,
            })
          }
          return readResponse(tx, workspaceId)
        })
      },
    )
  }
}
