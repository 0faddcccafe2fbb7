import { accessProblems } from '../access/index.ts'
import { openSubscription } from '../plans/index.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'

/** A workspace as the database has it. The budget is in milliseconds of talk time; null: the plan's credits. */
export type WorkspaceRow = {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly status: 'active' | 'suspended'
  readonly whenCreditsRunOut: 'finish' | 'end'
  readonly monthlyBudgetMs: number | null
  /** Below it the balance is low, in milliseconds of talk time; null: Talktime's rule. */
  readonly lowBalanceMs: number | null
  readonly demo: boolean
  readonly createdAtMs: number
}

const workspaceColumns = `w.id, w.name, w.time_zone as "timeZone", w.status,
  w.when_credits_run_out as "whenCreditsRunOut", w.monthly_budget_ms as "monthlyBudgetMs",
  w.low_balance_ms as "lowBalanceMs", w.demo,
  w.created_at_ms as "createdAtMs"`

export type NewWorkspace = {
  readonly name: string
  readonly timeZone: string
  readonly planId: string
  readonly demo?: boolean
}

/**
 * Makes a workspace, subscribed to a plan from `nowMs` on: its first monthly grant is there with it. Returns its
 * UUID. The one way in which workspaces are made: for sign-up, the operator and the command line.
 *
 * @throws Problem invalid_request for an unknown plan
 */
export async function createWorkspace(tx: Tx, workspace: NewWorkspace, nowMs: number): Promise<string> {
  const workspaceId = newUuid(nowMs)
  const { name, timeZone, planId, demo = false } = workspace
  await tx.query(
    'insert into workspaces (id, name, time_zone, demo, created_at_ms) values ($1, $2, $3, $4, $5)',
    [workspaceId, name, timeZone, demo, nowMs],
  )
  await openSubscription(tx, { workspaceId, planId, timeZone }, nowMs)
  return workspaceId
}

/** Throws `workspace_not_found`. */
export async function requireWorkspace(db: Queryable, workspaceId: string): Promise<WorkspaceRow> {
  const { rows } = await db.query<WorkspaceRow>(
    `select ${workspaceColumns} from workspaces w where w.id = $1`,
    [workspaceId],
  )
  const row = rows[0]
  if (row === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return row
}

/** The time zone in which the workspace's days begin. Throws `workspace_not_found`. */
export async function timeZoneOf(db: Queryable, workspaceId: string): Promise<string> {
  return (await requireWorkspace(db, workspaceId)).timeZone
}

/** All workspaces, newest first. */
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

/** What is undefined stays as it is. */
export type WorkspaceChange = {
  readonly name: string | undefined
  readonly timeZone: string | undefined
  readonly whenCreditsRunOut: 'finish' | 'end' | undefined
  readonly monthlyBudgetMs: number | null | undefined
  readonly lowBalanceMs: number | null | undefined
}

export async function updateWorkspace(tx: Tx, workspaceId: string, change: WorkspaceChange): Promise<void> {
  await tx.query(
    `update workspaces set
       name = coalesce($2, name), time_zone = coalesce($3, time_zone),
       when_credits_run_out = coalesce($4, when_credits_run_out),
       monthly_budget_ms = case when $5 then $6::bigint else monthly_budget_ms end,
       low_balance_ms = case when $7 then $8::bigint else low_balance_ms end
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
    ],
  )
}
