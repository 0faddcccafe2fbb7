import { z } from 'zod'
import { recordAudit, requireRole } from '../../access/index.ts'
import { requireSubscription } from '../../plans/index.ts'
import type { HttpServer, Routes } from '../../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../../platform/http/lists.ts'
import type { LlmDeps } from '../deps.ts'
import { findKeyScope, parseKeyId } from './key-scope.ts'
import { deleteKey, listKeys, requireKey } from './key-store.ts'
import { addKey, canOpen, changeKey, explainNoOwnKeys } from './keys.ts'
import { requireProviderAddress } from './provider-address.ts'
import { KeyChangeRequest, NewKeyRequest } from './request-schemas.ts'
import { KeyResponse, keyResponse, keyState, targetOfKey } from './response-schemas.ts'

const KeyListResponse = listOf(KeyResponse)
  .extend({
    available: z.boolean().meta({ description: 'Whether the plan allows own keys.' }),
    reason: z.string().nullable().meta({ description: 'Why it does not, in a sentence.' }),
  })
  .meta({ id: 'LlmKeyList' })

const tags = ['LLM keys']
const params = z.object({ id: z.string() })

/** The workspace's own keys for LLM providers. No route returns a stored key. */
export function llmKeyRoutes(deps: LlmDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerAdd(server, deps)
    registerChange(server, deps)
    registerRemove(server, deps)
  }
}

function registerList(server: HttpServer, { access, database, ledger, sealedBox }: LlmDeps): void {
  server.get(
    '/v1/llm-keys',
    {
      schema: {
        tags,
        summary: 'The workspace’s own LLM keys, newest first',
        description:
          'Also on plans that do not allow own keys: stored keys are listed, and `reason` says why they are not used.',
        querystring: ListQuery,
        response: { 200: KeyListResponse },
      },
    },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      await ledger.catchUpIfDue(workspaceId)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
      const reason = explainNoOwnKeys(await requireSubscription(database, workspaceId))
      const rows = await listKeys(database, workspaceId, { beforeId, limit: limit + 1 })
      const keys = buildPage(
        rows,
        limit,
        (row) => [row.id],
        (row) => keyResponse(row, reason, canOpen(sealedBox, row)),
      )
      return { ...keys, available: reason === null, reason }
    },
  )
}

function registerAdd(server: HttpServer, deps: LlmDeps): void {
  server.post(
    '/v1/llm-keys',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Store a key. A workspace has at most one per provider',
        body: NewKeyRequest,
        response: { 201: KeyResponse },
      },
    },
    async (request, reply) => {
      const { workspaceId, saved, source } = await findKeyScope(deps, request)
      const wanted = await requireProviderAddress(deps, request.body.provider, request.body)
      return deps.idempotency.command(request, reply, async (tx) => {
        const row = await addKey(tx, deps.sealedBox, { ...wanted, workspaceId }, saved)
        const { actor, origin } = source
        await recordAudit(tx, {
          workspaceId,
          actor,
          origin,
          action: 'llm_key.added',
          target: targetOfKey(row),
          after: keyState(row),
          atMs: saved.atMs,
        })
        return { status: 201, body: keyResponse(row, null, true) }
      })
    },
  )
}

function registerChange(server: HttpServer, deps: LlmDeps): void {
  const { database, sealedBox } = deps
  server.patch(
    '/v1/llm-keys/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Replace a key, or change where it is sent',
        description: 'The id stays the same. A new baseUrl requires the key again.',
        params,
        body: KeyChangeRequest,
        response: { 200: KeyResponse },
      },
    },
    async (request) => {
      const { workspaceId, saved, source } = await findKeyScope(deps, request)
      const id = parseKeyId(request.params.id)
      const { provider } = await requireKey(database, workspaceId, id)
      const change = await requireProviderAddress(deps, provider, request.body)
      return database.transaction(async (tx) => {
        const before = await requireKey(tx, workspaceId, id, { lock: true })
        const row = await changeKey(tx, sealedBox, { workspaceId, id }, change, saved)
        const { actor, origin } = source
        await recordAudit(tx, {
          workspaceId,
          actor,
          origin,
          action: 'llm_key.changed',
          target: targetOfKey(row),
          before: keyState(before),
          after: keyState(row),
          atMs: saved.atMs,
        })
        return keyResponse(row, null, canOpen(sealedBox, row))
      })
    },
  )
}

function registerRemove(server: HttpServer, { access, database, clock }: LlmDeps): void {
  server.delete(
    '/v1/llm-keys/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Remove a key, on every plan. Requests then use the platform’s key, if it has one',
        params,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const scope = await access.scopeOf(request)
      requireRole(scope, 'admin')
      const id = parseKeyId(request.params.id)
      await database.transaction(async (tx) => {
        const before = await requireKey(tx, scope.workspaceId, id, { lock: true })
        await deleteKey(tx, scope.workspaceId, id)
        await recordAudit(tx, {
          ...scope,
          action: 'llm_key.removed',
          target: targetOfKey(before),
          before: keyState(before),
          atMs: clock.now(),
        })
      })
      reply.code(204)
      return undefined
    },
  )
}
