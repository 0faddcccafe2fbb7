import { creditsFromMs, msFromCredits } from '@talktime/core/billing/credits'
import { z } from 'zod'
import { type Access, type Role, requireOperator, requireRole } from '../access/index.ts'
import {
  addEvent,
  type Change,
  type Ledger,
  updateLowBalanceThreshold,
  type WorkspaceUnit,
} from '../ledger/index.ts'
import { changeCycleTimeZone, requireSubscription, type Subscription } from '../plans/index.ts'
import type { Clock } from '../platform/clock.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import type { Routes } from '../platform/http/http-server.ts'
import { Instant, instantOf } from '../platform/http/instant.ts'
import { buildPage, decodeCursor, LIMIT_DEFAULT, ListQuery, listOf } from '../platform/http/lists.ts'
import { TimeZone } from '../platform/http/time-zone.ts'
import type { Idempotency } from '../platform/idempotency/idempotency.ts'
import { invalid } from '../platform/problem.ts'
import { publicId } from '../public-ids.ts'
import {
  createWorkspace,
  listWorkspaces,
  requireWorkspace,
  updateWorkspace,
  type WorkspaceRow,
} from './workspace-store.ts'

const WhenCreditsRunOut = z
  .enum(['finish', 'end'])
  .meta({ description: 'What happens to calls in conversation when the balance reaches zero.' })

const WorkspaceName = z.string().trim().min(1).max(100)

const NewWorkspaceRequest = z.strictObject({ name: WorkspaceName, timeZone: TimeZone, planId: z.string() })

const WorkspaceChangeRequest = z.strictObject({
  name: WorkspaceName.optional(),
  timeZone: TimeZone.optional(),
  monthlyBudgetCredits: z
    .number()
    .positive()
    .nullable()
    .optional()
    .meta({ description: 'null: the plan’s credits.' }),
  lowBalanceCredits: z.number().nonnegative().nullable().optional().meta({
    description:
      'Below it the balance is low, and an alert says so; 0: never. null: below a tenth of the monthly credits, and below 5 in any case.',
  }),
  whenCreditsRunOut: WhenCreditsRunOut.optional(),
})

const WorkspaceResponse = z
  .object({
    id: z.string().meta({ example: 'ws_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    timeZone: z.string(),
    planId: z.string(),
    plan: z
      .object({
        id: z.string(),
        name: z.string(),
        paid: z.boolean(),
        features: z.record(z.string(), z.boolean()),
        limits: z.object({
          concurrentCallsMax: z.int().nullable(),
          callDurationSecondsMax: z.int(),
          membersMax: z.int().nullable(),
        }),
      })
      .meta({ description: 'The plan as it stood when the billing cycle began.' }),
    status: z.enum(['active', 'suspended']),
    whenCreditsRunOut: WhenCreditsRunOut,
    monthlyBudgetCredits: z.number().nullable().meta({ description: 'null: the plan’s credits.' }),
    lowBalanceCredits: z.number().nullable().meta({
      description: 'Below it the balance is low; null: below a tenth of the monthly credits, at least 5.',
    }),
    demo: z.boolean(),
    createdAt: Instant,
    cycle: z.object({ startsAt: Instant, endsAt: Instant }),
    role: z
      .enum(['owner', 'admin', 'member', 'operator', 'key'])
      .meta({ description: 'As what this request acts in the workspace.' }),
  })
  .meta({ id: 'Workspace' })

export function workspaceResponse(
  row: WorkspaceRow,
  { planId, terms, cycle }: Subscription,
  role: Role,
): z.infer<typeof WorkspaceResponse> {
  const { name, paid, features, limits } = terms
  return {
    id: publicId('workspace', row.id),
    name: row.name,
    timeZone: row.timeZone,
    planId,
    plan: { id: planId, name, paid, features, limits },
    status: row.status,
    whenCreditsRunOut: row.whenCreditsRunOut,
    monthlyBudgetCredits: row.monthlyBudgetMs === null ? null : creditsFromMs(row.monthlyBudgetMs),
    lowBalanceCredits: row.lowBalanceMs === null ? null : creditsFromMs(row.lowBalanceMs),
    demo: row.demo,
    createdAt: instantOf(row.createdAtMs),
    cycle: { startsAt: instantOf(cycle.startsAtMs), endsAt: instantOf(cycle.endsAtMs) },
    role,
  }
}

async function readWorkspace(db: Queryable, workspaceId: string, role: Role) {
  return workspaceResponse(
    await requireWorkspace(db, workspaceId),
    await requireSubscription(db, workspaceId),
    role,
  )
}

export type WorkspaceRouteDeps = {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
  readonly idempotency: Idempotency
  readonly ledger: Ledger
  /** What becomes of calls without credits is decided otherwise now. */
  readonly whenCreditsRunOutChanged: (tx: Tx, unit: WorkspaceUnit, nowMs: number) => Promise<unknown>
  /** Moves everything that is kept by local days to a new time zone, in the change in which `work` sets it. */
  readonly changeTimeZone: <T>(
    to: { readonly workspaceId: string; readonly timeZone: string },
    work: (change: Change) => Promise<T>,
  ) => Promise<T>
}

/** The caller's own workspace, and all of them for the operator. */
export function workspaceRoutes(deps: WorkspaceRouteDeps): Routes {
  const { access, database, clock, idempotency, ledger } = deps
  const one = { tags: ['Workspace'], response: { 200: WorkspaceResponse } }
  return async (server) => {
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
      { schema: { ...one, summary: 'Change its settings', body: WorkspaceChangeRequest } },
      async (request) => {
        const scope = await access.scopeOf(request)
        requireRole(scope, 'admin')
        const { workspaceId, role } = scope
        const { name, timeZone, whenCreditsRunOut } = request.body
        const monthlyBudgetMs = budgetMs(request.body.monthlyBudgetCredits)
        const lowBalanceMs = lowMs(request.body.lowBalanceCredits)
        const settings = { name, timeZone, whenCreditsRunOut, monthlyBudgetMs, lowBalanceMs }
        const apply = async ({ tx, unit, nowMs }: Change) => {
          await updateWorkspace(tx, workspaceId, settings)
          if (timeZone !== undefined) await changeCycleTimeZone(tx, workspaceId, timeZone)
          if (lowBalanceMs !== undefined) await updateLowBalanceThreshold(tx, unit, nowMs)
          if (whenCreditsRunOut !== undefined) await deps.whenCreditsRunOutChanged(tx, unit, nowMs)
          addEvent(unit, 'workspace')
          return readWorkspace(tx, workspaceId, role)
        }
        return timeZone === undefined
          ? ledger.changeWorkspace(workspaceId, apply)
          : deps.changeTimeZone({ workspaceId, timeZone }, apply)
      },
    )

    server.post(
      '/v1/workspaces',
      {
        schema: {
          tags: ['Operator'],
          summary: 'Make a workspace; its first monthly grant is made with it',
          body: NewWorkspaceRequest,
          response: { 201: WorkspaceResponse },
        },
      },
      async (request, reply) => {
        requireOperator(request)
        const nowMs = clock.now()
        return idempotency.command(request, reply, async (tx) => {
          const workspaceId = await createWorkspace(tx, request.body, nowMs)
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
}

function budgetMs(credits: number | null | undefined): number | null | undefined {
  if (credits === null || credits === undefined) return credits
  const tooMuch = invalid(
    '/monthlyBudgetCredits',
    '"monthlyBudgetCredits" must be between 0.01 and 1,000,000,000.',
  )
  if (credits < 0.01 || credits > 1_000_000_000) throw tooMuch
  return msFromCredits(credits)
}

function lowMs(credits: number | null | undefined): number | null | undefined {
  if (credits === null || credits === undefined) return credits
  if (credits > 1_000_000_000) {
    throw invalid('/lowBalanceCredits', '"lowBalanceCredits" must be between 0 and 1,000,000,000.')
  }
  return msFromCredits(credits)
}
