import type { z } from 'zod'
import {
  type Access,
  listWorkspaces,
  originOf,
  requireMayRequireSecondFactor,
  requireOperator,
  requireRole,
  requireWorkspace,
  type Scope,
  updateWorkspace,
} from '../access/index.ts'
import {
  addAudit,
  addEvent,
  type Change,
  type Ledger,
  updateLowBalanceThreshold,
  type WorkspaceUnit,
} from '../ledger/index.ts'
import { changeCycleTimeZone, requireSubscription } from '../plans/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import type { HttpServer, Routes } from '../platform/http/http-server.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { createWorkspace } from './create-workspace.ts'
import { readWorkspace } from './read-workspace.ts'
import { NewWorkspaceRequest, parseWorkspaceChange, WorkspaceChangeRequest } from './request-schemas.ts'
import { WorkspaceResponse, workspaceResponse, workspaceSettings } from './response-schemas.ts'
import type { SuspendDeps } from './suspend.ts'

export type WorkspaceRouteDeps = SuspendDeps & {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
  /** Called when `whenCreditsRunOut` changed, in the transaction of the change. */
  readonly whenCreditsRunOutChanged: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<unknown>
  /** Moves everything that is kept by local days to a new time zone, in the change in which `work` sets it. */
  readonly changeTimeZone: <T>(
    to: { readonly workspaceId: string; readonly timeZone: string },
    work: (change: Change) => Promise<T>,
  ) => Promise<T>
}

/** The caller's own workspace, and all workspaces for the operator. */
export function workspaceRoutes(deps: WorkspaceRouteDeps): Routes {
  return async (server) => {
    registerOwnWorkspace(server, deps)
    registerAllWorkspaces(server, deps)
  }
}

function registerOwnWorkspace(server: HttpServer, deps: WorkspaceRouteDeps): void {
  const { access, database, ledger } = deps
  const one = { tags: ['Workspace'], response: { 200: WorkspaceResponse } }

  server.get(
    '/v1/workspace',
    { schema: { ...one, summary: 'The caller’s own workspace' } },
    async (request) => {
      const { workspaceId, role } = await access.scopeOf(request)
      await ledger.catchUpIfDue(workspaceId)
      return readWorkspace(database, workspaceId, role)
    },
  )

  server.patch(
    '/v1/workspace',
    {
      config: { keyScope: 'admin' },
      schema: { ...one, summary: 'Change the workspace’s settings', body: WorkspaceChangeRequest },
    },
    async (request) => {
      const scope = await access.scopeOf(request)
      requireRole(scope, 'admin')
      if (request.body.mayReportCalls !== undefined) requireOperator(request)
      if (request.body.requiresSecondFactor !== undefined) {
        requireMayRequireSecondFactor(request, scope, request.body.requiresSecondFactor)
      }
      const changed = await changeSettings(deps, scope, request.body)
      access.dropCached({ kind: 'workspace', name: scope.workspaceId })
      return changed
    },
  )
}

function registerAllWorkspaces(server: HttpServer, deps: WorkspaceRouteDeps): void {
  const { database, clock, idempotency } = deps

  server.post(
    '/v1/workspaces',
    {
      config: { keyScope: 'admin' },
      schema: {
        tags: ['Operator'],
        summary: 'Create a workspace with its first monthly grant',
        body: NewWorkspaceRequest,
        response: { 201: WorkspaceResponse },
      },
    },
    async (request, reply) => {
      const by = { actor: requireOperator(request), origin: originOf(request) }
      const nowMs = clock.now()
      return idempotency.command(request, reply, async (tx) => {
        const workspaceId = await createWorkspace(tx, { ...request.body, by }, nowMs)
        return { status: 201, body: await readWorkspace(tx, workspaceId, 'operator') }
      })
    },
  )

  server.get(
    '/v1/workspaces',
    {
      schema: {
        tags: ['Operator'],
        summary: 'All workspaces, newest first',
        querystring: ListQuery,
        response: { 200: listOf(WorkspaceResponse) },
      },
    },
    async (request) => {
      requireOperator(request)
      const { limit = LIMIT_DEFAULT, cursor } = request.query
      const [beforeId] = decodeCursor(cursor, ['uuid']) ?? []
      const rows = await listWorkspaces(database, { beforeId, limit: limit + 1 })
      const { data: ids, nextCursor } = buildPage(
        rows,
        limit,
        (row) => [row.id],
        (row) => row.id,
      )
      const data = await Promise.all(ids.map((id) => readWorkspace(database, id, 'operator')))
      return { data, nextCursor }
    },
  )
}

async function changeSettings(
  deps: WorkspaceRouteDeps,
  scope: Scope,
  body: z.infer<typeof WorkspaceChangeRequest>,
) {
  const { workspaceId, role } = scope
  const settings = parseWorkspaceChange(body)
  const { timeZone, whenCreditsRunOut, lowBalanceMs } = settings
  const apply = async ({ tx, unit, nowMs }: Change) => {
    const before = await requireWorkspace(tx, workspaceId)
    await updateWorkspace(tx, workspaceId, settings)
    if (timeZone !== undefined) await changeCycleTimeZone(tx, workspaceId, timeZone)
    if (lowBalanceMs !== undefined) await updateLowBalanceThreshold(tx, unit, nowMs)
    if (whenCreditsRunOut !== undefined) await deps.whenCreditsRunOutChanged(tx, unit, nowMs)
    addEvent(unit, 'workspace')
    const after = await requireWorkspace(tx, workspaceId)
    addAudit(unit, scope, {
      action: 'workspace.changed',
      target: { kind: 'workspace', id: workspaceId, name: before.name },
      before: workspaceSettings(before),
      after: workspaceSettings(after),
    })
    return workspaceResponse(after, await requireSubscription(tx, workspaceId), role)
  }
  return timeZone === undefined
    ? deps.ledger.changeWorkspace(workspaceId, apply)
    : deps.changeTimeZone({ workspaceId, timeZone }, apply)
}
