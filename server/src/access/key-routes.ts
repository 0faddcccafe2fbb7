import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import type { Access } from './access.ts'
import { createKey, type KeyRow, listKeys, revokeKey } from './keys.ts'
import { accessProblems } from './problems.ts'
import { Name } from './request-schemas.ts'
import { requirePerson } from './scope.ts'

const KeyResponse = z
  .object({
    id: z.string().meta({ example: 'key_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    lastFour: z.string().meta({ description: 'The last four characters of the key.' }),
    createdAt: Instant,
    lastUsedAt: Instant.nullable().meta({ description: 'To the minute.' }),
    createdBy: z.string().nullable().meta({ description: 'The user who made it; null: the operator.' }),
  })
  .meta({ id: 'Key' })

const NewKeyRequest = KeyResponse.extend({
  key: z.string().meta({ description: 'The key itself. It is shown this once.' }),
}).meta({ id: 'NewKey' })

function keyResponse(row: KeyRow): z.infer<typeof KeyResponse> {
  return {
    id: publicId('key', row.id),
    name: row.name,
    lastFour: row.lastFour,
    createdAt: instantOf(row.createdAtMs),
    lastUsedAt: instantOrNull(row.lastUsedAtMs),
    createdBy: row.createdBy === null ? null : publicId('user', row.createdBy),
  }
}

/** The API keys of a workspace. */
export function keyRoutes(deps: {
  access: Access
  database: Database
  clock: Clock
  idempotency: Idempotency
}): Routes {
  const { access, database, clock, idempotency } = deps
  const tags = ['Keys']
  return async (server) => {
    server.get(
      '/v1/keys',
      {
        schema: {
          tags,
          summary: 'The workspace’s API keys, newest first',
          querystring: ListQuery,
          response: { 200: listOf(KeyResponse) },
        },
      },
      async (request) => {
        const { workspaceId } = await access.scopeOf(request)
        const { limit = LIMIT_DEFAULT, cursor } = request.query
        const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
        const rows = await listKeys(database, workspaceId, { beforeId, limit: limit + 1 })
        return buildPage(rows, limit, (row) => [row.id], keyResponse)
      },
    )

    server.post(
      '/v1/keys',
      {
        schema: {
          tags,
          summary: 'Make a key',
          body: z.strictObject({ name: Name }),
          response: { 201: NewKeyRequest },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requirePerson(scope, 'admin')
        const { workspaceId, actor } = scope
        const createdBy = actor.kind === 'user' ? { createdBy: actor.userId } : {}
        const nowMs = clock.now()
        return idempotency.command(
          request,
          reply,
          async (tx) => {
            const made = await createKey(tx, { name: request.body.name, workspaceId, ...createdBy }, nowMs)
            return { status: 201, body: { ...keyResponse(made.row), key: made.key } }
          },
          { sealed: true },
        )
      },
    )

    server.delete(
      '/v1/keys/:id',
      {
        schema: {
          tags,
          summary: 'Revoke a key: it stops working at once',
          params: z.object({ id: z.string() }),
          response: { 204: z.undefined() },
        },
      },
      async (request, reply) => {
        const scope = await access.scopeOf(request)
        requirePerson(scope, 'admin')
        const keyId = uuidFrom('key', request.params.id)
        if (keyId === undefined)
          throw new Problem(accessProblems.key_not_found, 'There is no such key in this workspace.')
        const name = await database.transaction((tx) => revokeKey(tx, scope.workspaceId, keyId, clock.now()))
        access.forget({ kind: 'key', name })
        reply.code(204)
        return undefined
      },
    )
  }
}
