import { LLM_PROVIDERS } from '@talktime/core/llm/llm-provider'
import { z } from 'zod'
import { recordAudit, requireRole } from '../../access/index.ts'
import { requireSubscription, type Subscription } from '../../plans/index.ts'
import type { Queryable } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { Instant, instantOf } from '../../platform/http/instant.ts'
import type { LlmDeps } from '../deps.ts'
import { periodOf, resetsOf, TESTS_PER_DAY } from '../gateway/quota.ts'
import { readQuotaUse } from '../gateway/quota-store.ts'
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
    platformModels: z.array(z.string()).meta({
      description: 'The models for which the platform’s keys pay. A star at the end matches anything.',
    }),
    platformQuota: z
      .object({
        requestsPerMinute: z.int().nullable(),
        tokensPerDay: z.int().nullable(),
        testsPerDay: z.int(),
        requestsThisMinute: z.int(),
        tokensToday: z.int().meta({
          description: 'Used by requests that are over, and reserved for those in progress.',
        }),
        testsToday: z.int(),
        dayEndsAt: Instant.meta({ description: 'Midnight UTC.' }),
      })
      .meta({
        description:
          'What the plan lets the workspace use of the platform’s keys, and what it has used. null: no limit.',
      }),
  })
  .meta({ id: 'LlmSettings' })

/** Reads what the plan lets the workspace use of the platform's keys, and what it has used. */
async function readPlatformQuota(
  db: Queryable,
  { workspaceId, terms }: Subscription,
  nowMs: number,
): Promise<z.infer<typeof LlmSettingsResponse>['platformQuota']> {
  const use = await readQuotaUse(db, workspaceId, periodOf(nowMs))
  return {
    requestsPerMinute: terms.limits.llmRequestsPerMinute,
    tokensPerDay: terms.limits.llmTokensPerDay,
    testsPerDay: TESTS_PER_DAY,
    requestsThisMinute: use.requests,
    tokensToday: use.tokens,
    testsToday: use.tests,
    dayEndsAt: instantOf(resetsOf(nowMs).dayMs),
  }
}

/** The workspace's settings for language models, and what the platform offers. */
export function llmSettingsRoutes(deps: LlmDeps): Routes {
  const { access, database, clock, ledger, settings } = deps

  async function readResponse(
    db: Queryable,
    workspaceId: string,
  ): Promise<z.infer<typeof LlmSettingsResponse>> {
    const subscription = await requireSubscription(db, workspaceId)
    const reason = explainNoOwnKeys(subscription)
    return {
      ...(await readSettings(db, workspaceId)),
      ownKeysAvailable: reason === null,
      reason,
      platformProviders: LLM_PROVIDERS.filter((provider) => settings.keys[provider] !== undefined),
      platformModels: [...settings.models],
      platformQuota: await readPlatformQuota(db, subscription, clock.now()),
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
