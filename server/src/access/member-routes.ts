import { z } from 'zod'
import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { Problem } from '../platform/problem.ts'
import { publicId, uuidFrom } from '../public-ids.ts'
import type { Access } from './access.ts'
import { changeRole, type MemberChanger, type RemovedMember, removeMember } from './change-members.ts'
import { listMembers, type MemberRef, type MemberRow } from './member-store.ts'
import type { RequireOwnerSlot } from './owner-slot.ts'
import type { Scope } from './principal.ts'
import { accessProblems } from './problems.ts'
import { RoleName } from './request-schemas.ts'
import { requirePerson } from './scope.ts'

const MemberResponse = z
  .object({ userId: z.string(), name: z.string(), email: z.string(), role: RoleName, joinedAt: Instant })
  .meta({ id: 'Member' })

const MemberParams = z.object({ userId: z.string() })

function memberResponse(row: MemberRow): z.infer<typeof MemberResponse> {
  return {
    userId: publicId('user', row.userId),
    name: row.name,
    email: row.email,
    role: row.role,
    joinedAt: instantOf(row.joinedAtMs),
  }
}

type MemberRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly requireOwnerSlot: RequireOwnerSlot
}

const tags = ['Members']

/** The members of a workspace. */
export function memberRoutes(deps: MemberRouteDeps): Routes {
  return async (server) => {
    registerList(server, deps)
    registerChange(server, deps)
    registerRemove(server, deps)
  }
}

function registerList(server: HttpServer, { access, database }: MemberRouteDeps): void {
  server.get(
    '/v1/members',
    {
      schema: {
        tags,
        summary: 'The members in the order in which they joined',
        querystring: ListQuery,
        response: { 200: listOf(MemberResponse) },
      },
    },
    async (request) => {
      const { workspaceId } = await access.scopeOf(request)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const position = decodeCursor(cursor, ['number', 'uuid'])
      const after = position && { joinedAtMs: position[0], userId: position[1] }
      const rows = await listMembers(database, workspaceId, { after, limit: limit + 1 })
      return buildPage(rows, limit, (row) => [row.joinedAtMs, row.userId], memberResponse)
    },
  )
}

function registerChange(
  server: HttpServer,
  { access, database, clock, requireOwnerSlot }: MemberRouteDeps,
): void {
  server.patch(
    '/v1/members/:userId',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Change a member’s role',
        description:
          'API keys that they made, and their open invitations, go with a role that may no longer make them.',
        params: MemberParams,
        body: z.strictObject({ role: RoleName }),
        response: { 200: MemberResponse },
      },
    },
    async (request) => {
      const scope = await access.scopeOf(request)
      requirePerson(scope, 'admin')
      const member = { workspaceId: scope.workspaceId, userId: parseUserId(request.params.userId) }
      const { role } = request.body
      const changed = await database.transaction(async (tx) => {
        const after = await changeRole(tx, member, role, changerOf(scope), clock.now())
        // The operator may make anybody an owner.
        if (role === 'owner' && scope.role !== 'operator') await requireOwnerSlot(tx, member)
        return after
      })
      dropRights(access, member, changed)
      return memberResponse(changed.member)
    },
  )
}

function registerRemove(server: HttpServer, { access, database, clock }: MemberRouteDeps): void {
  server.delete(
    '/v1/members/:userId',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags,
        summary: 'Remove a member. Members may remove themselves',
        description: 'API keys that they made are revoked, and their open invitations are withdrawn.',
        params: MemberParams,
        response: { 204: z.undefined() },
      },
    },
    async (request, reply) => {
      const scope = await access.scopeOf(request)
      const member = { workspaceId: scope.workspaceId, userId: parseUserId(request.params.userId) }
      const isSelf = scope.actor.kind === 'user' && scope.actor.userId === member.userId
      if (!isSelf) requirePerson(scope, 'admin')
      const removed = await database.transaction((tx) =>
        removeMember(tx, member, changerOf(scope), clock.now()),
      )
      dropRights(access, member, removed)
      reply.code(204)
      return undefined
    },
  )
}

/** Makes this process forget at once what a member may no longer do. */
function dropRights(
  access: Access,
  { userId }: MemberRef,
  { revokedKeys }: Pick<RemovedMember, 'revokedKeys'>,
): void {
  access.dropCached({ kind: 'user', name: userId })
  for (const { hash } of revokedKeys) access.dropCached({ kind: 'key', name: hash })
}

/** Only owners and the operator may change owners. */
function changerOf(scope: Scope): MemberChanger {
  const { actor, origin } = scope
  return { actor, origin, mayChangeOwners: scope.role === 'owner' || scope.role === 'operator' }
}

/** Throws `member_not_found` for a text that is not a user's id. */
function parseUserId(id: string): string {
  const uuid = uuidFrom('user', id)
  if (uuid === undefined) {
    throw new Problem(accessProblems.member_not_found, 'There is no such member in this workspace.')
  }
  return uuid
}
