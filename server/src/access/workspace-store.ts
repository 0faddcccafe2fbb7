import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { announceChange } from './access-changes.ts'
import { accessProblems } from './problems.ts'

/** A row of `workspaces`. */
export type WorkspaceRow = {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly status: 'active' | 'suspended'
  readonly suspendedAtMs: number | null
  readonly suspensionReason: string | null
  readonly whenCreditsRunOut: 'finish' | 'end'
  /** In milliseconds of talk time; null: the plan's credits. */
  readonly monthlyBudgetMs: number | null
  /** The low-balance threshold in milliseconds of talk time; null: derived from the plan. */
  readonly lowBalanceMs: number | null
  /** Whether keys that the workspace makes itself may report calls. The operator's keys for it always may. */
  readonly mayReportCalls: boolean
  readonly demo: boolean
  /** Whether only members with a second factor may act in it. */
  readonly requiresSecondFactor: boolean
  /** Created at sign-up, and no owner has confirmed the email address yet. */
  readonly awaitsVerification: boolean
  readonly createdAtMs: number
}

const workspaceColumns = `w.id, w.name, w.time_zone as "timeZone", w.status,
  w.suspended_at_ms as "suspendedAtMs", w.suspension_reason as "suspensionReason",
  w.when_credits_run_out as "whenCreditsRunOut", w.monthly_budget_ms as "monthlyBudgetMs",
  w.low_balance_ms as "lowBalanceMs", w.may_report_calls as "mayReportCalls", w.demo,
  w.requires_second_factor as "requiresSecondFactor", w.awaits_verification as "awaitsVerification",
  w.created_at_ms as "createdAtMs"`

/** Inserts the row alone. Use `createWorkspace` of the workspaces room for a workspace with a plan and credits. */
export async function insertWorkspace(
  tx: Tx,
  workspace: Pick<WorkspaceRow, 'id' | 'name' | 'timeZone' | 'demo' | 'createdAtMs'>,
): Promise<void> {
  await tx.query(
    'insert into workspaces (id, name, time_zone, demo, created_at_ms) values ($1, $2, $3, $4, $5)',
    [workspace.id, workspace.name, workspace.timeZone, workspace.demo, workspace.createdAtMs],
  )
}

/** Reads a workspace. Throws `workspace_not_found`. */
export async function requireWorkspace(db: Queryable, workspaceId: string): Promise<WorkspaceRow> {
  const { rows } = await db.query<WorkspaceRow>(
    `select ${workspaceColumns} from workspaces w where w.id = $1`,
    [workspaceId],
  )
  const row = rows[0]
  if (row === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return row
}

/** Reads the time zone in which the workspace's days begin. Throws `workspace_not_found`. */
export async function readTimeZone(db: Queryable, workspaceId: string): Promise<string> {
  return (await requireWorkspace(db, workspaceId)).timeZone
}

/** Lists all workspaces, newest first. */
export async function listWorkspaces(
  db: Queryable,
  options: { readonly beforeId: string | undefined; readonly limit: number },
): Promise<WorkspaceRow[]> {
  const { rows } = await db.query<WorkspaceRow>(
    `select ${workspaceColumns} from workspaces w where $1::uuid is null or w.id < $1 order by w.id desc limit $2`,
    [options.beforeId ?? null, options.limit],
  )
  return rows
}

/** A change of settings. Undefined fields keep their value. */
export type WorkspaceChange = {
  readonly name: string | undefined
  readonly timeZone: string | undefined
  readonly whenCreditsRunOut: 'finish' | 'end' | undefined
  readonly monthlyBudgetMs: number | null | undefined
  readonly lowBalanceMs: number | null | undefined
  readonly mayReportCalls: boolean | undefined
  readonly requiresSecondFactor: boolean | undefined
}

/** Updates the row alone: callers also change what depends on these settings. */
export async function updateWorkspace(tx: Tx, workspaceId: string, change: WorkspaceChange): Promise<void> {
  await tx.query(
    `update workspaces set
       name = coalesce($2, name), time_zone = coalesce($3, time_zone),
       when_credits_run_out = coalesce($4, when_credits_run_out),
       monthly_budget_ms = case when $5 then $6::bigint else monthly_budget_ms end,
       low_balance_ms = case when $7 then $8::bigint else low_balance_ms end,
       may_report_calls = coalesce($9, may_report_calls),
       requires_second_factor = coalesce($10, requires_second_factor)
     where id = $1`,
    [
      workspaceId,
      change.name ?? null,
      change.timeZone ?? null,
      change.whenCreditsRunOut ?? null,
      change.monthlyBudgetMs !== undefined,
      change.monthlyBudgetMs ?? null,
      change.lowBalanceMs !== undefined,
      change.lowBalanceMs ?? null,
      change.mayReportCalls ?? null,
      change.requiresSecondFactor ?? null,
    ],
  )
  if (change.mayReportCalls !== undefined || change.requiresSecondFactor !== undefined)
    await announceChange(tx, { kind: 'workspace', name: workspaceId })
}

/** Whether a workspace may act. A suspended one keeps the instant at which it was suspended first. */
export type WorkspaceStatus =
  | { readonly status: 'active' }
  | { readonly status: 'suspended'; readonly reason: string; readonly nowMs: number }

/** Suspends or resumes a workspace and announces it to all processes. Returns the row before. */
export async function setWorkspaceStatus(
  tx: Tx,
  workspaceId: string,
  change: WorkspaceStatus,
): Promise<WorkspaceRow> {
  const before = await requireWorkspace(tx, workspaceId)
  const isSuspended = change.status === 'suspended'
  await tx.query(
    'update workspaces set status = $2, suspended_at_ms = $3, suspension_reason = $4 where id = $1',
    [
      workspaceId,
      change.status,
      isSuspended ? (before.suspendedAtMs ?? change.nowMs) : null,
      isSuspended ? change.reason : null,
    ],
  )
  await announceChange(tx, { kind: 'workspace', name: workspaceId })
  return before
}

/** Whether a workspace is suspended, as far as authorization needs to know. */
export type WorkspaceState = { readonly suspended: boolean }

/** Reads whether a workspace is suspended. Undefined if it does not exist. */
export async function findWorkspaceState(
  db: Queryable,
  workspaceId: string,
): Promise<WorkspaceState | undefined> {
  const { rows } = await db.query<WorkspaceState>(
    `select status = 'suspended' as suspended from workspaces where id = $1`,
    [workspaceId],
  )
  return rows[0]
}
