import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { Problem } from '../platform/problem.ts'
import { uuidFrom } from '../public-ids.ts'
import type { Access } from './access.ts'
import type { AuditSource } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'
import { grantKey, requireKeyWithScopes } from './grant-key.ts'
import { describeCreatedKey, describeRevokedKey } from './key-audit.ts'
import { KeyResponse, keyResponse, NewKeyResponse } from './key-response.ts'
import { KeyScopeName } from './key-scopes.ts'
import { createKey, listKeys, revokeKey } from './key-store.ts'
import { accessProblems } from './problems.ts'
import { Name } from './request-schemas.ts'
import { originOf, principalOf, requireOperator, requireRole } from './scope.ts'
import { requireWorkspace } from './workspace-store.ts'

type KeyRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
}

const NewKeyRequest = z.strictObject({
  name: Name,
  scopes: z
    .array(KeyScopeName)
    .min(1, '"scopes" must name at least one scope. Leave it out for all that you may give.')
    .optional()
    .meta({ description: 'What the key may do. Left out: everything that the sender may give.' }),
  expiresAt: z.iso
    .datetime({
      offset: true,
      error: '"expiresAt" must be an instant in RFC 3339 form, such as 2027-11-22T10:00:00.000Z.',
    })
    .transform((text) => Date.parse(text))
    .optional()
    .meta({ description: 'From when on the key is refused. Left out: never.' }),
})

/** The operator's keys may do what the operator may do. */
const OPERATOR = { mayReportCalls: true }

const tags = ['Keys']

/** The API keys of a workspace and, for an operator's key that names no workspace, those of the operator. */
export function keyRoutes(deps: KeyRouteDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerCreate(server, deps)
    registerRevoke(server, deps)
  }
}

function registerList(server: HttpServer, { access, database }: KeyRouteDeps): void {
  server.get(
    '/v1/keys',
    {
      schema: {
        tags,
        summary: 'The workspace’s API keys, newest first',
        description: 'With an operator’s key and no workspace: the operator’s keys.',
        querystring: ListQuery,
        response: { 200: listOf(KeyResponse) },
      },
    },
    async (request) => {
      const workspaceId = namesNoWorkspace(request) ? null : (await access.scopeOf(request)).workspaceId
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
      const rows = await listKeys(database, workspaceId, { beforeId, limit: limit + 1 })
      return buildPage(rows, limit, (row) => [row.id], keyResponse)
    },
  )
}

function registerCreate(server: HttpServer, deps: KeyRouteDeps): void {
  const { access, clock, database, idempotency } = deps
  server.post(
    '/v1/keys',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Create a key',
        description:
          'A key never has more scopes than the key that makes it, and does not outlive it. The scope calls:report marks the key of a voice stack: only the operator gives it, unless the operator lets the workspace do so. With an operator’s key and no workspace, the key is the operator’s.',
        body: NewKeyRequest,
        response: { 201: NewKeyResponse },
      },
    },
    async (request, reply) => {
      const { workspaceId, ...by } = await requireKeyOwner(access, request)
      const { name, scopes, expiresAt: expiresAtMs } = request.body
      const workspace = workspaceId === null ? OPERATOR : await requireWorkspace(database, workspaceId)
      const nowMs = clock.now()
      const granted = grantKey(principalOf(request), { scopes, expiresAtMs }, workspace, nowMs)
      return idempotency.command(
        request,
        reply,
        async (tx) => {
          const { row, key } = await createKey(tx, { name, workspaceId, ...granted }, nowMs)
          await recordAudit(tx, describeCreatedKey(row, { ...by, workspaceId, atMs: nowMs }))
          return { status: 201, body: { ...keyResponse(row), key } }
        },
        { sealed: true },
      )
    },
  )
}

function registerRevoke(server: HttpServer, { access, database, clock }: KeyRouteDeps): void {
  server.delete(
    '/v1/keys/:id',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Revoke a key. It stops working at once',
        params: z.object({ id: z.string() }),
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const { workspaceId, ...by } = await requireKeyOwner(access, request)
      const keyId = parseKeyId(request.params.id)
      const atMs = clock.now()
      const { hash } = await database.transaction(async (tx) => {
        const revoked = await revokeKey(tx, workspaceId, keyId, atMs)
        await recordAudit(tx, describeRevokedKey(revoked, { ...by, workspaceId, atMs }))
        return revoked
      })
      access.dropCached({ kind: 'key', name: hash })
      reply.code(204)
      return undefined
    },
  )
}

/** Whether the request is about the operator's own keys. */
function namesNoWorkspace(request: FastifyRequest): boolean {
  return principalOf(request).kind === 'operator' && request.headers['talktime-workspace'] === undefined
}

/** Whose keys a request is about, and who sends it. `workspaceId` is a UUID, or null for the operator's. */
type KeyOwner = AuditSource & { readonly workspaceId: string | null }

/** Requires that the sender may make and revoke keys. Of keys, the scope `admin` is checked with the route. */
async function requireKeyOwner(access: Access, request: FastifyRequest): Promise<KeyOwner> {
  if (namesNoWorkspace(request)) {
    return { workspaceId: null, actor: requireOperator(request), origin: originOf(request) }
  }
  const { role, workspaceId, actor, origin } = await access.scopeOf(request)
  requireRole({ role }, 'admin')
  requireKeyWithScopes(principalOf(request))
  return { workspaceId, actor, origin }
}

/** Throws `key_not_found` for a text that is not a key's id. */
function parseKeyId(id: string): string {
  const uuid = uuidFrom('key', id)
  if (uuid !== undefined) return uuid
  throw new Problem(accessProblems.key_not_found, 'There is no such key in this workspace.')
}
