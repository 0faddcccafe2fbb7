import { balanceAt, findCrossing } from '@talktime/core/billing/balance-line'
import { type BalanceStatus, classifyBalance } from '@talktime/core/billing/balance-status'
import { decideCrossings } from '@talktime/core/billing/threshold-crossings'
import { accessProblems } from '../access/index.ts'
import type { Queryable } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { type GrantRow, listGrantRows, readMonthlyGrantedMs, readOpenGrants } from './grant-store.ts'
import { remainingGrants } from './grants.ts'
import type { LineRow } from './unit.ts'
import { readLines } from './unit-store.ts'

/** A workspace's balance at an instant. Amounts are milliseconds of talk time. */
export type Balance = {
  readonly asOfMs: number
  readonly balanceMs: number
  readonly monthlyRemainingMs: number
  readonly monthlyGrantedMs: number
  readonly topUpRemainingMs: number
  readonly promotionalRemainingMs: number
  readonly overdraftMs: number
  readonly liveCalls: number
  /** When the line reaches zero, if that is before the next expiry or reset. */
  readonly runsOutAtMs: number | null
  readonly status: BalanceStatus
  /** Below it the balance is low. */
  readonly lowBelowMs: number
  /** When it reached zero; null: it is above. */
  readonly outSinceMs: number | null
}

/** Reads the line without a lock. Throws Problem `workspace_not_found`. */
export async function readLine(db: Queryable, workspaceId: string): Promise<LineRow> {
  const [line] = await readLines(db, [workspaceId])
  if (line === undefined) throw new Problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  return line
}

/** The live balance and its parts. Boundaries that are due must have been caught up with. */
export async function readBalance(db: Queryable, workspaceId: string, nowMs: number): Promise<Balance> {
  const line = await readLine(db, workspaceId)
  const open = await readOpenGrants(db, workspaceId)
  const monthly = await readMonthlyGrantedMs(db, workspaceId, nowMs)
  return computeBalance(line, open, monthly, nowMs)
}

function computeBalance(
  line: LineRow,
  open: readonly GrantRow[],
  monthlyGrantedMs: number,
  nowMs: number,
): Balance {
  const balanceMs = balanceAt(line, nowMs)
  const liveMs = line.settledMs - balanceMs
  // Live calls that were answered in the future by our clock would have used less than nothing.
  const pendingMs = Math.max(0, line.drawnMs - line.foldedMs + liveMs)
  const { grants } = remainingGrants(open, pendingMs)
  const sumOf = (...kinds: GrantRow['kind'][]) =>
    grants.filter((grant) => kinds.includes(grant.kind)).reduce((sum, grant) => sum + grant.remainingMs, 0)
  return {
    asOfMs: nowMs,
    balanceMs,
    monthlyRemainingMs: sumOf('monthly'),
    monthlyGrantedMs,
    topUpRemainingMs: sumOf('top_up'),
    promotionalRemainingMs: sumOf('promotional', 'adjustment'),
    overdraftMs: Math.max(0, -balanceMs),
    liveCalls: line.liveCalls,
    runsOutAtMs: findRunsOut(line, nowMs),
    status: classifyBalance(balanceMs, line.lowBalanceThresholdMs),
    lowBelowMs: line.lowBalanceThresholdMs,
    outSinceMs: decideCrossings(line, nowMs).watchState.outSinceMs,
  }
}

function findRunsOut(line: LineRow, nowMs: number): number | null {
  const crossesAtMs = findCrossing(line, 0)
  if (crossesAtMs === null || balanceAt(line, nowMs) <= 0) return null
  if (line.nextBoundaryMs !== null && crossesAtMs > line.nextBoundaryMs) return null
  return crossesAtMs
}

/**
 * Lists grants, newest first, one more than `limit`; only those before the grant `beforeId`. What is drawn but not yet
 * folded is taken off. Read them in one snapshot.
 */
export async function listGrants(
  db: Queryable,
  workspaceId: string,
  page: { readonly limit: number; readonly beforeId: string | null },
): Promise<GrantRow[]> {
  const rows = await listGrantRows(db, workspaceId, page)
  const { drawnMs, foldedMs } = await readLine(db, workspaceId)
  const { grants } = remainingGrants(await readOpenGrants(db, workspaceId), drawnMs - foldedMs)
  const open = new Map(grants.map((grant) => [grant.id, grant]))
  return rows.map((grant) => open.get(grant.id) ?? grant)
}
