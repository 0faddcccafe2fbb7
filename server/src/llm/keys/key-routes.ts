import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { requireRole } from '../../access/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import { Problem } from '../../platform/problem.ts'
import { uuidFrom } from '../../public-ids.ts'
import type { LlmDeps } from '../deps.ts'
import { llmProblems } from '../problems.ts'
import { requireAddress } from './address.ts'
import { deleteKey, listKeys, noteSightings, requireKey } from './key-store.ts'
import { addKey, changeKey, openKey, opens, ownKeysReason, requireOwnKeys } from './keys.ts'
import { KeyChangeRequest, NewKeyRequest } from './request-schemas.ts'
import { KeyResponse, keyResponse } from './response-schemas.ts'
import { testKey } from './test-key.ts'

const KeyListResponse = listOf(KeyResponse)
  .extend({
    available: z.boolean().meta({ description: 'Whether the plan lets the workspace use keys of its own.' }),
    reason: z.string().nullable().meta({ description: 'Why not, in a sentence.' }),
  })
  .meta({ id: 'LlmKeyList' })

const KeyTestResponse = z
  .object({
    outcome: z.enum(['accepted', 'refused', 'unclear', 'unreachable']),
    detail: z.string().meta({ description: 'What came, in a sentence.' }),
    status: z.int().nullable().meta({ description: 'What the provider answered; null: nothing.' }),
    key: KeyResponse,
  })
  .meta({ id: 'LlmKeyTest' })

const tags = ['LLM keys']
const params = z.object({ id: z.string() })

/** The keys of a workspace's own for language models. They go in, and never come out. */
export function llmKeyRoutes(deps: LlmDeps): Routes {
  const { access, database, clock, idempotency, seal, settings } = deps

  /** Keys are changed by owners and admins, on a plan that lets them be used. */
  async function scopeToChange(request: FastifyRequest) {
    const scope = await access.scopeOf(request)
    requireRole(scope, 'admin')
    await deps.ledger.catchUpIfDue(scope.workspaceId)
    await requireOwnKeys(database, scope.workspaceId)
    return { workspaceId: scope.workspaceId, saved: { by: scope.actor, atMs: clock.now() } }
  }

  return async (server) => {
    server.get(
      '/v1/llm-keys',
      {
        schema: {
          tags,
          summary: 'The workspace’s own LLM keys, newest first',
          description:
            'Also on plans that let none be used: the keys are stored, and `reason` says why they are not used.',
          querystring: ListQuery,
          response: { 200: KeyListResponse },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        await deps.ledger.catchUpIfDue(workspaceId)
        const { limit = LIMIT_DEFAULT, cursor } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const reason = ownKeysReason(await requireSubscription(database, workspaceId))
        const rows = await listKeys(database, workspaceId, { beforeId, limit: limit + 1 })
        const keys = buildPage(
          rows,
          limit,
          (row) => [row.id],
          (row) => keyResponse(row, reason, opens(seal, row)),
        )
        return { ...keys, available: reason === null, reason }
      },
    )

    server.post(
      '/v1/llm-keys',
      {
        schema: {
          tags,
          summary: 'Store a key; one a provider',
          body: NewKeyRequest,
          response: { 201: KeyResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId, saved } = await scopeToChange(request)
        const wanted = await requireAddress(deps, request.body.provider, request.body)
        return idempotency.command(request, reply, async (tx) => {
          const row = await addKey(tx, seal, { ...wanted, workspaceId }, saved)
          return { status: 201, body: keyResponse(row, null, true) }
        })
      },
    )

    server.patch(
      '/v1/llm-keys/:id',
      {
        schema: {
          tags,
          summary: 'Replace a key, or change where it is sent to',
          description: 'The id stays. Another baseUrl takes the key anew.',
          params,
          body: KeyChangeRequest,
          response: { 200: KeyResponse },
        },
      },
      async (request) => {
        const { workspaceId, saved } = await scopeToChange(request)
        const id = keyUuid(request.params.id)
        const { provider } = await requireKey(database, workspaceId, id)
        const change = await requireAddress(deps, provider, request.body)
        return database.transaction(async (tx) => {
          const row = await changeKey(tx, seal, { workspaceId, id }, change, saved)
          return keyResponse(row, null, opens(seal, row))
        })
      },
    )

    server.delete(
      '/v1/llm-keys/:id',
      {
        schema: {
          tags,
          summary:
            'Remove a key, on every plan: requests go out with the platform’s from then on, where it has one',
          params,
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const id = keyUuid(request.params.id)
        await database.transaction((tx) => deleteKey(tx, scope.workspaceId, id))
        reply.code(204)
        return undefined
      },
    )

    server.post(
      '/v1/llm-keys/:id/test',
      {
        schema: {
          tags,
          summary: 'Ask the provider something that costs nothing',
          params,
          body: z.strictObject({}),
          response: { 200: KeyTestResponse },
        },
      },
      async (request, reply) => {
        const { workspaceId } = await scopeToChange(request)
        const id = keyUuid(request.params.id)
        const row = await requireKey(database, workspaceId, id)
        const { outcome, detail, status, failure } = await testKey(
          deps,
          openKey(seal, row, settings.bases[row.provider]),
        )
        return idempotency.command(request, reply, async (tx) => {
          const sighting = { workspaceId, keyId: id, savedAtMs: row.savedAtMs, atMs: clock.now() }
          if (failure !== undefined) await noteSightings(tx, [{ ...sighting, failure }])
          const key = keyResponse(await requireKey(tx, workspaceId, id), null, true)
          return { status: 200, body: { outcome, detail, status, key } }
        })
      },
    )
  }
}

/** Throws `llm_key_not_found` for what is no id of a key. */
function keyUuid(id: string): string {
  const uuid = uuidFrom('llmKey', id)
  if (uuid === undefined)
    throw new Problem(llmProblems.llm_key_not_found, 'There is no such LLM key in this workspace.')
  return uuid
}
