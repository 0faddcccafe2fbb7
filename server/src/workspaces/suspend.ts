import { type AuditSource, setWorkspaceStatus } from '../access/index.ts'
import { addAudit, addEvent, type Change } from '../ledger/index.ts'

/** Orders a hang-up of a workspace's open calls, or cancels those orders, in the transaction of the suspension. */
export type HangUpForSuspension = (change: Change, order: 'give' | 'cancel') => Promise<unknown>

export type SuspendDeps = { readonly hangUpForSuspension: HangUpForSuspension }

/**
 * Suspends a workspace: its new calls are refused, its campaigns pause, and its members and keys can read but not
 * change anything. Live calls go on and are charged, unless `endCalls` asks for their end: the people on the phone have
 * done nothing wrong. A repeat replaces the reason.
 */
export async function suspendWorkspace(
  { hangUpForSuspension }: SuspendDeps,
  change: Change,
  suspension: { readonly reason: string; readonly endCalls: boolean },
  by: AuditSource,
): Promise<void> {
  const { tx, unit, nowMs } = change
  if (suspension.endCalls) await hangUpForSuspension(change, 'give')
  addEvent(unit, 'workspace')
  const { reason, endCalls } = suspension
  const { workspaceId } = unit.line
  const before = await setWorkspaceStatus(tx, workspaceId, { status: 'suspended', reason, nowMs })
  addAudit(unit, by, {
    action: 'workspace.suspended',
    target: { kind: 'workspace', id: workspaceId, name: before.name },
    before: {
      status: before.status,
      ...(before.suspensionReason !== null && { reason: before.suspensionReason }),
    },
    after: { status: 'suspended', reason, endCalls },
  })
}

/**
 * Lets a suspended workspace act again. Its campaigns stay paused until somebody resumes them. Calls whose hang-up was
 * ordered and that are still open may go on.
 */
export async function resumeWorkspace(
  { hangUpForSuspension }: SuspendDeps,
  change: Change,
  reason: string,
  by: AuditSource,
): Promise<void> {
  const { tx, unit } = change
  const { workspaceId } = unit.line
  await hangUpForSuspension(change, 'cancel')
  const before = await setWorkspaceStatus(tx, workspaceId, { status: 'active' })
  if (before.status === 'active') return
  addEvent(unit, 'workspace')
  addAudit(unit, by, {
    action: 'workspace.resumed',
    target: { kind: 'workspace', id: workspaceId, name: before.name },
    before: { status: before.status, reason: before.suspensionReason },
    after: { status: 'active', reason },
  })
}
