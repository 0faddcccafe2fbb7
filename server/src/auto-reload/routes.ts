import { msFromCredits } from '@talktime/core/billing/credits'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { listAttempts } from './attempt-store.ts'
import type { AutoReload } from './auto-reload.ts'
import { readAutoReload, type ViewDeps } from './read-auto-reload.ts'
import {
  AttemptResponse,
  AutoReloadResponse,
  attemptResponse,
  autoReloadResponse,
} from './response-schemas.ts'
import { saveAutoReload } from './save-settings.ts'

export type AutoReloadRouteDeps = ViewDeps & {
  readonly access: Access
  readonly autoReload: AutoReload
}

const ChoiceRequest = z.strictObject({
  enabled: z.boolean(),
  thresholdCredits: z
    .number()
    .min(1)
    .max(1_000_000)
    .meta({ description: 'It buys when the balance, live calls included, drops below this.', example: 20 }),
  packageId: z.string().meta({ example: 'credits_100' }),
  quantity: z.int().min(1).max(100).meta({ description: 'How many packages a reload is.', example: 2 }),
  monthlyCap: z
    .strictObject({ minor: z.int().min(0), currency: z.string() })
    .nullable()
    .meta({
      description:
        'The most that reloads may cost in a calendar month, at least the price of one; null: no cap.',
      example: { minor: 24_000, currency: 'USD' },
    }),
})

const tags = ['Payments']

/** The settings of auto-reload, and what it did and did not. */
export function autoReloadRoutes(deps: AutoReloadRouteDeps): Routes {
  const { access, database, autoReload } = deps
  return async (server) => {
    server.get(
      '/v1/auto-reload',
      { schema: { tags, summary: 'Auto-reload as it is now', response: { 200: AutoReloadResponse } } },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        return autoReloadResponse(await readAutoReload(deps, workspaceId))
      },
    )

    server.put(
      '/v1/auto-reload',
      {
        schema: {
          tags,
          summary: 'Change its settings',
          description:
            'A threshold above the present balance buys at once: the answer says so, and the attempt tells what became of it. Saving also forgives earlier declines.',
          body: ChoiceRequest,
          response: { 200: AutoReloadResponse },
        },
      },
      async (request) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId, actor } = scope
        const { thresholdCredits, ...choice } = request.body
        const wanted = { ...choice, thresholdMs: msFromCredits(thresholdCredits) }
        await saveAutoReload(deps, workspaceId, wanted, actor)
        const proceed = await autoReload.decide(workspaceId)
        try {
          return autoReloadResponse(await readAutoReload(deps, workspaceId))
        } finally {
          proceed()
        }
      },
    )

    server.get(
      '/v1/auto-reload/attempts',
      {
        schema: {
          tags,
          summary: 'Attempts to reload, made or not, newest first',
          querystring: ListQuery,
          response: { 200: listOf(AttemptResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const limit = request.query.limit ?? LIMIT_DEFAULT
        const beforeSeq = decodeCursor(request.query.cursor, ['number'])?.[0] ?? null
        const attempts = await listAttempts(database, workspaceId, { limit: limit + 1, beforeSeq })
        return buildPage(attempts, limit, (attempt) => [attempt.seq], attemptResponse)
      },
    )
  }
}
