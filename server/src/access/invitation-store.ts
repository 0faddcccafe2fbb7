import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import type { MemberRole } from './principal.ts'

export type InvitationRow = {
  readonly id: string
  readonly email: string
  readonly role: MemberRole
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

export type NewInvitation = {
  readonly workspaceId: string
  readonly email: string
  readonly role: MemberRole
  /** The user who invites; null: the operator. */
  readonly invitedBy: string | null
}

const columns = 'id, email, role, created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"'

export async function insertInvitation(
  tx: Tx,
  invitation: NewInvitation & { readonly tokenHash: Buffer; readonly expiresAtMs: number },
  nowMs: number,
): Promise<InvitationRow> {
  const { workspaceId, email, role, tokenHash, invitedBy, expiresAtMs } = invitation
  const { rows } = await tx.query<InvitationRow>(
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at_ms, expires_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [workspaceId, newUuid(nowMs), email, role, tokenHash, invitedBy, nowMs, expiresAtMs],
  )
  return rows[0] as InvitationRow
}

/** Lists invitations that can still be accepted, newest first. */
export async function listInvitations(
  db: Queryable,
  workspaceId: string,
  options: { readonly beforeId: string | undefined; readonly limit: number },
  nowMs: number,
): Promise<InvitationRow[]> {
  const { rows } = await db.query<InvitationRow>(
    `select ${columns} from invitations
     where workspace_id = $1 and accepted_at_ms is null and expires_at_ms > $2 and ($3::uuid is null or id < $3)
     order by id desc limit $4`,
    [workspaceId, nowMs, options.beforeId ?? null, options.limit],
  )
  return rows
}

/** Deletes an invitation that was not accepted. Returns it, undefined if there is no such invitation. */
export async function deleteInvitation(
  tx: Tx,
  workspaceId: string,
  invitationId: string,
): Promise<Pick<InvitationRow, 'email' | 'role'> | undefined> {
  const { rows } = await tx.query<Pick<InvitationRow, 'email' | 'role'>>(
    'delete from invitations where workspace_id = $1 and id = $2 and accepted_at_ms is null returning email, role',
    [workspaceId, invitationId],
  )
  return rows[0]
}

/** Deletes invitations to an email address that were not accepted. */
export async function deleteInvitationsTo(tx: Tx, workspaceId: string, email: string): Promise<void> {
  await tx.query(
    'delete from invitations where workspace_id = $1 and email = $2 and accepted_at_ms is null',
    [workspaceId, email],
  )
}

/** Deletes a user's invitations to these roles that were not accepted. */
export async function deleteInvitationsBy(
  tx: Tx,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string },
  roles: readonly MemberRole[],
): Promise<void> {
  await tx.query(
    `delete from invitations
     where workspace_id = $1 and invited_by = $2 and role = any($3::text[]) and accepted_at_ms is null`,
    [workspaceId, userId, roles],
  )
}

/** Finds an open invitation by its token's hash, with the name of the inviting workspace. */
export async function findInvitation(
  db: Queryable,
  tokenHash: Buffer,
  nowMs: number,
): Promise<{ workspaceName: string; email: string; role: MemberRole } | undefined> {
  const { rows } = await db.query<{ workspaceName: string; email: string; role: MemberRole }>(
    `select w.name as "workspaceName", i.email, i.role
     from invitations i join workspaces w on w.id = i.workspace_id
     where i.token_hash = $1 and i.accepted_at_ms is null and i.expires_at_ms > $2`,
    [tokenHash, nowMs],
  )
  return rows[0]
}

/** Marks an open invitation as accepted. Undefined if the token's hash belongs to no open invitation. */
export async function markAccepted(
  tx: Tx,
  tokenHash: Buffer,
  nowMs: number,
): Promise<{ workspaceId: string; email: string; role: MemberRole } | undefined> {
  const { rows } = await tx.query<{ workspaceId: string; email: string; role: MemberRole }>(
    `update invitations set accepted_at_ms = $2
     where token_hash = $1 and accepted_at_ms is null and expires_at_ms > $2
     returning workspace_id as "workspaceId", email, role`,
    [tokenHash, nowMs],
  )
  return rows[0]
}

/** Counts the workspace's members and its open invitations. */
export async function countMembers(
  db: Queryable,
  workspaceId: string,
  nowMs: number,
): Promise<{ members: number; openInvitations: number }> {
  const { rows } = await db.query<{ members: number; openInvitations: number }>(
    `select (select count(*)::int from members where workspace_id = $1) as members,
            (select count(*)::int from invitations
             where workspace_id = $1 and accepted_at_ms is null and expires_at_ms > $2) as "openInvitations"`,
    [workspaceId, nowMs],
  )
  return rows[0] ?? { members: 0, openInvitations: 0 }
}
