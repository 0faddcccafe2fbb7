import type { Tx } from '../platform/database/database.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import type { AuditSource } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'
import { deleteInvitationsBy } from './invitation-store.ts'
import { describeRevokedKey } from './key-audit.ts'
import { type RevokedKey, revokeKeysOf } from './key-store.ts'
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

/** A member after a change of role, the role before, and the keys that went with it. */
export type ChangedMember = {
  readonly member: MemberRow
  readonly before: MemberRole
  readonly revokedKeys: readonly RevokedKey[]
}

/** A member who was removed, and the keys that went with them. */
export type RemovedMember = { readonly member: MemberRow; readonly revokedKeys: readonly RevokedKey[] }

/** Who changes members, and whether they may create, change and remove owners. */
export type MemberChanger = AuditSource & { readonly mayChangeOwners: boolean }

/**
 * Changes a member's role. Only owners and the operator may change an owner or make a member one. Keys and invitations
 * that the member could not make in the new role go with the old one.
 *
 * @throws Problem member_not_found, forbidden, last_owner
 */
export async function changeRole(
  tx: Tx,
  member: MemberRef,
  role: MemberRole,
  caller: MemberChanger,
  nowMs: number,
): Promise<ChangedMember> {
  const before = await lockMember(tx, member)
  if (before.role === 'owner' || role === 'owner') requireOwnerRights(caller)
  if (before.role === 'owner' && role !== 'owner') await requireOtherOwner(tx, member)
  await updateRole(tx, member, role)
  // Only owners invite owners.
  if (before.role === 'owner' && role !== 'owner') await deleteInvitationsBy(tx, member, ['owner'])
  const revokedKeys = role === 'member' ? await withdrawRights(tx, member, caller, nowMs) : []
  await recordAudit(tx, {
    ...caller,
    workspaceId: member.workspaceId,
    action: 'member.role_changed',
    target: { kind: 'member', id: member.userId, name: before.name },
    before: { role: before.role },
    after: { role },
    atMs: nowMs,
  })
  return { member: { ...before, role }, before: before.role, revokedKeys }
}

/**
 * Removes a member, with the API keys that they made and their open invitations. Only owners and the operator may remove
 * an owner.
 *
 * @throws Problem member_not_found, forbidden, last_owner
 */
export async function removeMember(
  tx: Tx,
  member: MemberRef,
  caller: MemberChanger,
  nowMs: number,
): Promise<RemovedMember> {
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
  return { member: before, revokedKeys: await withdrawRights(tx, member, caller, nowMs) }
}

/** Revokes the API keys that a member made, and withdraws their open invitations. */
async function withdrawRights(
  tx: Tx,
  member: MemberRef,
  caller: MemberChanger,
  nowMs: number,
): Promise<RevokedKey[]> {
  await deleteInvitationsBy(tx, member, ['owner', 'admin', 'member'])
  const { workspaceId } = member
  const keys = await revokeKeysOf(tx, member, nowMs)
  for (const key of keys)
    await recordAudit(tx, describeRevokedKey(key, { ...caller, workspaceId, atMs: nowMs }))
  return keys
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
