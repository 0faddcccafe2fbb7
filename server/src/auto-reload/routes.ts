import { msFromCredits } from '@talktime/core/billing/credits'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type Access, requireRole } from '../access/index.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { listAttempts } from './attempt-store.ts'
import type { AutoReload } from './auto-reload.ts'
import { type ReadAutoReloadDeps, readAutoReload } from './read-auto-reload.ts'
import {
  AttemptResponse,
  AutoReloadResponse,
  attemptResponse,
  autoReloadResponse,
} from './response-schemas.ts'
import { saveAutoReload } from './save-settings.ts'

export type AutoReloadRouteDeps = ReadAutoReloadDeps & {
  readonly access: Access
  readonly autoReload: AutoReload
}

const ChoiceRequest = z.strictObject({
  enabled: z.boolean(),
  thresholdCredits: z.number().min(1).max(1_000_000).meta({
    description: 'Credits are bought when the balance, live calls included, drops below this.',
    example: 20,
  }),
  packageId: z.string().meta({ example: 'credits_100' }),
  quantity: z.int().min(1).max(100).meta({ description: 'How many packages one reload buys.', example: 2 }),
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

const readSchema = { tags, summary: 'Auto-reload as it is now', response: { 200: AutoReloadResponse } }

const saveSchema = {
  tags,
  summary: 'Change the settings of auto-reload',
  description:
    'A threshold above the current balance buys at once: the response says so, and the attempt shows the outcome. Saving also forgives earlier declines.',
  body: ChoiceRequest,
  response: { 200: AutoReloadResponse },
}

const attemptsSchema = {
  tags,
  summary: 'Attempts to reload, made or not, newest first',
  querystring: ListQuery,
  response: { 200: listOf(AttemptResponse) },
}

/** The routes of auto-reload: its settings and its attempts. */
export function autoReloadRoutes(deps: AutoReloadRouteDeps): Routes {
  const { access, database } = deps
  return async (server) => {
    server.get('/v1/auto-reload', { schema: readSchema }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      return autoReloadResponse(await readAutoReload(deps, workspaceId))
    })
    server.put('/v1/auto-reload', { config: { keyScope: 'money' }, schema: saveSchema }, async (request) =>
      saveChoice(deps, request, request.body),
    )
    server.get('/v1/auto-reload/attempts', { schema: attemptsSchema }, async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const limit = request.query.limit ?? LIMIT_DEFAULT
      const beforeSeq = decodeCursor(request.query.cursor, ['number'])?.[0] ?? null
      const attempts = await listAttempts(database, workspaceId, { limit: limit + 1, beforeSeq })
      return buildPage(attempts, limit, (attempt) => [attempt.seq], attemptResponse)
    })
  }
}

async function saveChoice(
  deps: AutoReloadRouteDeps,
  request: FastifyRequest,
  { thresholdCredits, ...choice }: z.infer<typeof ChoiceRequest>,
) {
  const scope = await deps.access.scopeOf(request)
  requireRole(scope, 'admin')
  const { workspaceId } = scope
  await saveAutoReload(deps, workspaceId, { ...choice, thresholdMs: msFromCredits(thresholdCredits) }, scope)
  const carryOut = await deps.autoReload.decide(workspaceId)
  try {
    // The response shows the decision. Only then is it carried out.
    return autoReloadResponse(await readAutoReload(deps, workspaceId))
  } finally {
    carryOut()
  }
}
