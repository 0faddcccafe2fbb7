import { createHash, randomBytes } from 'node:crypto'
import { DAY_MS } from '@talktime/core/time/durations'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { instantOf } from '../platform/http/instant.ts'
import { Problem } from '../platform/problem.ts'
import type { AuditSource } from './audit-entry.ts'
import { recordAudit } from './audit-log-store.ts'
import {
  countMembers,
  deleteInvitation,
  deleteInvitationsTo,
  findInvitation,
  type InvitationRow,
  insertInvitation,
  markAccepted,
  type NewInvitation,
} from './invitation-store.ts'
import { addMember, hasMemberWithEmail, lockMembers, type MemberRef } from './member-store.ts'
import type { MemberRole, RequestOrigin } from './principal.ts'
import { accessProblems } from './problems.ts'

/** Reads how many members the workspace's plan allows; null: any number. */
export type ReadMembersMax = (db: Queryable, workspaceId: string) => Promise<number | null>

const VALID_MS = 7 * DAY_MS

/**
 * Invites an email address for seven days. An open invitation to that address is replaced.
 *
 * @returns the invitation and the token for its link. Only the token's hash is stored
 * @throws Problem already_member, limit_reached
 */
export async function createInvitation(
  tx: Tx,
  invitation: NewInvitation & AuditSource,
  readMembersMax: ReadMembersMax,
  nowMs: number,
): Promise<{ row: InvitationRow; token: string }> {
  const { workspaceId, email } = invitation
  await lockMembers(tx, workspaceId)
  if (await hasMemberWithEmail(tx, workspaceId, email))
    throw new Problem(accessProblems.already_member, `${email} is already a member of this workspace.`)
  await deleteInvitationsTo(tx, workspaceId, email)
  await requireMemberLimit(tx, workspaceId, { countOpenInvitations: true }, readMembersMax, nowMs)
  const token = randomBytes(24).toString('base64url')
  const stored = { ...invitation, tokenHash: hashToken(token), expiresAtMs: nowMs + VALID_MS }
  const row = await insertInvitation(tx, stored, nowMs)
  await recordAudit(tx, {
    workspaceId,
    actor: invitation.actor,
    origin: invitation.origin,
    action: 'invitation.created',
    target: { kind: 'invitation', id: row.id, name: email },
    after: { email, role: row.role, expiresAt: instantOf(row.expiresAtMs) },
    atMs: nowMs,
  })
  return { row, token }
}

/** Withdraws an open invitation and returns its role. Throws `invitation_not_found`. */
export async function withdrawInvitation(
  tx: Tx,
  { workspaceId, actor, origin }: AuditSource & { readonly workspaceId: string },
  invitationId: string,
  nowMs: number,
): Promise<MemberRole> {
  const deleted = await deleteInvitation(tx, workspaceId, invitationId)
  if (deleted !== undefined) {
    await recordAudit(tx, {
      workspaceId,
      actor,
      origin,
      action: 'invitation.withdrawn',
      target: { kind: 'invitation', id: invitationId, name: deleted.email },
      before: { email: deleted.email, role: deleted.role },
      atMs: nowMs,
    })
    return deleted.role
  }
  throw new Problem(
    accessProblems.invitation_not_found,
    'There is no such open invitation in this workspace.',
  )
}

/** Reads what the open invitation of a token offers. Throws `invitation_not_found`. */
export async function requireInvitation(
  db: Queryable,
  token: string,
  nowMs: number,
): Promise<{ workspaceName: string; email: string; role: MemberRole }> {
  const invitation = await findInvitation(db, hashToken(token), nowMs)
  if (invitation === undefined) throw tokenNotFound()
  return invitation
}

/** Requires that a token belongs to an open invitation to this address. Throws as accepting it would. */
export async function requireInvitationTo(
  db: Queryable,
  { token, email }: { readonly token: string; readonly email: string },
  nowMs: number,
): Promise<void> {
  const invitation = await requireInvitation(db, token, nowMs)
  if (invitation.email !== email) throw otherAddress(invitation.email, email)
}

/**
 * Makes the user a member of the inviting workspace. An invitation can be accepted once, by the invited address alone: a
 * link that was passed on or leaked admits nobody else. Returns the membership.
 *
 * @throws Problem invitation_not_found, invitation_for_other_address, already_member, limit_reached
 */
export async function acceptInvitation(
  tx: Tx,
  {
    token,
    user,
    origin,
  }: {
    readonly token: string
    readonly user: { readonly id: string; readonly email: string }
    readonly origin: RequestOrigin
  },
  readMembersMax: ReadMembersMax,
  nowMs: number,
): Promise<MemberRef & { readonly role: MemberRole }> {
  const invitation = await markAccepted(tx, hashToken(token), nowMs)
  if (invitation === undefined) throw tokenNotFound()
  const { workspaceId, email, role } = invitation
  if (email !== user.email) throw otherAddress(email, user.email)
  await lockMembers(tx, workspaceId)
  await requireMemberLimit(tx, workspaceId, { countOpenInvitations: false }, readMembersMax, nowMs)
  const member = { workspaceId, role, userId: user.id }
  await addMember(tx, member, nowMs)
  await recordAudit(tx, {
    workspaceId,
    actor: { kind: 'user', userId: user.id },
    origin,
    action: 'invitation.accepted',
    target: { kind: 'member', id: user.id },
    after: { role },
    atMs: nowMs,
  })
  return member
}

/** Throws `limit_reached` if the plan allows no further member. */
async function requireMemberLimit(
  tx: Tx,
  workspaceId: string,
  { countOpenInvitations }: { readonly countOpenInvitations: boolean },
  readMembersMax: ReadMembersMax,
  nowMs: number,
): Promise<void> {
  const membersMax = await readMembersMax(tx, workspaceId)
  if (membersMax === null) return
  const { members, openInvitations } = await countMembers(tx, workspaceId, nowMs)
  if (members + (countOpenInvitations ? openInvitations : 0) < membersMax) return
  throw new Problem(
    accessProblems.limit_reached,
    `The plan includes ${membersMax} ${membersMax === 1 ? 'member' : 'members'}` +
      `${countOpenInvitations ? ', open invitations included' : ', and the workspace has reached that number'}. ` +
      'Remove a member, or change to a larger plan.',
  )
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

function otherAddress(invited: string, own: string): Problem {
  return new Problem(
    accessProblems.invitation_for_other_address,
    `This invitation is for ${invited}, and you are ${own}. Sign in as ${invited}, or ask for an invitation to ${own}.`,
  )
}

function tokenNotFound(): Problem {
  return new Problem(
    accessProblems.invitation_not_found,
    'This invitation was used or withdrawn, or has expired. Ask for a new one.',
  )
}
