import type { Tx } from '../../platform/database/database.ts'
import type { AuditEntry } from '../audit-entry.ts'
import { recordAudit } from '../audit-log-store.ts'
import { listMemberships } from '../member-store.ts'
import type { RequestOrigin } from '../principal.ts'

/** Something a person did to their own account. `target` is the person, unless it is one of their sessions. */
export type AccountAction = Pick<AuditEntry, 'action' | 'before' | 'after' | 'atMs'> & {
  readonly userId: string
  readonly origin: RequestOrigin
  readonly sessionId?: string | undefined
}

/** Adds what a person did to their account to the audit log. */
export function recordAccountAction(tx: Tx, { userId, sessionId, ...entry }: AccountAction): Promise<void> {
  const target =
    sessionId === undefined
      ? ({ kind: 'user', id: userId } as const)
      : ({ kind: 'session', id: sessionId } as const)
  return recordAboutAccount(tx, userId, { ...entry, actor: { kind: 'user', userId }, target })
}

/**
 * Adds what was done to a person's account to the audit log of each of their workspaces, so that the workspaces' owners
 * see it. Without any workspace only the operator does.
 */
export async function recordAboutAccount(
  tx: Tx,
  userId: string,
  entry: Omit<AuditEntry, 'workspaceId'>,
): Promise<void> {
  const workspaceIds = (await listMemberships(tx, userId)).map(({ workspaceId }) => workspaceId)
  for (const workspaceId of workspaceIds.length === 0 ? [null] : workspaceIds) {
    await recordAudit(tx, { ...entry, workspaceId })
  }
}
