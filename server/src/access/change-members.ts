import type { Tx } from '../platform/database/database.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { AuditSource } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'
import {
  deleteMember,
  hasOtherOwner,
  lockMember,
  type MemberRef,
  type MemberRow,
  updateRole,
} from './member-store.ts'
import type { MemberRole } from './principal.ts'
import { accessProblems } from './problems.ts'

/** Who changes members, and whether they may create, change and remove owners. */
export type MemberChanger = AuditSource & { readonly mayChangeOwners: boolean }

/**
 * Changes a member's role. Only owners and the operator may change an owner or make a member one.
 *
 * @throws Problem member_not_found, forbidden, last_owner
 */
export async function changeRole(
  tx: Tx,
  member: MemberRef,
  role: MemberRole,
  caller: MemberChanger,
  nowMs: number,
): Promise<MemberRow> {
  const before = await lockMember(tx, member)
  if (before.role === 'owner' || role === 'owner') requireOwnerRights(caller)
  if (before.role === 'owner' && role !== 'owner') await requireOtherOwner(tx, member)
  await updateRole(tx, member, role)
  await recordAudit(tx, {
    ...caller,
    workspaceId: member.workspaceId,
    action: 'member.role_changed',
    target: { kind: 'member', id: member.userId, name: before.name },
    before: { role: before.role },
    after: { role },
    atMs: nowMs,
  })
  return { ...before, role }
}

/**
 * Removes a member. Only owners and the operator may remove an owner.
 *
 * @throws Problem member_not_found, forbidden, last_owner
 */
export async function removeMember(
  tx: Tx,
  member: MemberRef,
  caller: MemberChanger,
  nowMs: number,
): Promise<void> {
  const before = await lockMember(tx, member)
  if (before.role === 'owner') {
    requireOwnerRights(caller)
    await requireOtherOwner(tx, member)
  }
  await deleteMember(tx, member)
  const { name, email, role } = before
  await recordAudit(tx, {
    ...caller,
    workspaceId: member.workspaceId,
    action: 'member.removed',
    target: { kind: 'member', id: member.userId, name },
    before: { email, role },
    atMs: nowMs,
  })
}

function requireOwnerRights(caller: MemberChanger): void {
  if (caller.mayChangeOwners) return
  throw new Problem(
    platformProblems.forbidden,
    'Only an owner may add, change or remove an owner. Ask an owner of the workspace.',
  )
}

async function requireOtherOwner(tx: Tx, member: MemberRef): Promise<void> {
  if (await hasOtherOwner(tx, member)) return
  throw new Problem(
    accessProblems.last_owner,
    'This is the workspace’s only owner. Make another member an owner first.',
  )
}
