import { createHash, randomBytes } from 'node:crypto'
import type { Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { addMember, lockMembers } from './members.ts'
import type { MemberRole } from './principal.ts'
import { accessProblems } from './problems.ts'

export type InvitationRow = {
  readonly id: string
  readonly email: string
  readonly role: MemberRole
  readonly createdAtMs: number
  readonly expiresAtMs: number
}

/** How many members a workspace may have by its plan; null: any number. */
export type MembersMaxOf = (db: Queryable, workspaceId: string) => Promise<number | null>

const goodForMs = 7 * 24 * 60 * 60 * 1000

const columns = 'id, email, role, created_at_ms as "createdAtMs", expires_at_ms as "expiresAtMs"'

function hashOfToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

/**
 * Invites an email address for seven days. The token, which goes into the link, is seen here alone. An open
 * invitation to the same address is replaced.
 */
export async function invite(
  tx: Tx,
  invitation: {
    readonly workspaceId: string
    readonly email: string
    readonly role: MemberRole
    readonly invitedBy: string | null
  },
  membersMaxOf: MembersMaxOf,
  nowMs: number,
): Promise<{ row: InvitationRow; token: string }> {
  const { workspaceId, email, role, invitedBy } = invitation
  await lockMembers(tx, workspaceId)
  const { rowCount } = await tx.query(
    `select from members m join users u on u.id = m.user_id where m.workspace_id = $1 and u.email = $2`,
    [workspaceId, email],
  )
  if (rowCount !== 0)
    throw new Problem(accessProblems.already_member, `${email} is a member of this workspace already.`)
  await tx.query(
    'delete from invitations where workspace_id = $1 and email = $2 and accepted_at_ms is null',
    [workspaceId, email],
  )
  await requireRoom(tx, workspaceId, { openInvitationsCount: true }, membersMaxOf, nowMs)
  const token = randomBytes(24).toString('base64url')
  const { rows } = await tx.query<InvitationRow>(
    `insert into invitations (workspace_id, id, email, role, token_hash, invited_by, created_at_ms, expires_at_ms)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning ${columns}`,
    [workspaceId, newUuid(nowMs), email, role, hashOfToken(token), invitedBy, nowMs, nowMs + goodForMs],
  )
  return { row: rows[0] as InvitationRow, token }
}

/** Those that can still be accepted, newest first. */
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

/** The role an open invitation would give; throws `invitation_not_found`. */
export async function withdrawInvitation(
  tx: Tx,
  workspaceId: string,
  invitationId: string,
): Promise<MemberRole> {
  const { rows } = await tx.query<{ role: MemberRole }>(
    'delete from invitations where workspace_id = $1 and id = $2 and accepted_at_ms is null returning role',
    [workspaceId, invitationId],
  )
  const role = rows[0]?.role
  if (role === undefined) {
    throw new Problem(
      accessProblems.invitation_not_found,
      'There is no such open invitation in this workspace.',
    )
  }
  return role
}

/** What an open invitation is to; throws `invitation_not_found`. */
export async function lookUpInvitation(
  db: Queryable,
  token: string,
  nowMs: number,
): Promise<{ workspaceName: string; email: string; role: MemberRole }> {
  const { rows } = await db.query<{ workspaceName: string; email: string; role: MemberRole }>(
    `select w.name as "workspaceName", i.email, i.role
     from invitations i join workspaces w on w.id = i.workspace_id
     where i.token_hash = $1 and i.accepted_at_ms is null and i.expires_at_ms > $2`,
    [hashOfToken(token), nowMs],
  )
  const found = rows[0]
  if (found === undefined) throw notFound()
  return found
}

/** Makes the user a member of the inviting workspace. An invitation is good once. */
export async function acceptInvitation(
  tx: Tx,
  acceptance: { readonly token: string; readonly userId: string },
  membersMaxOf: MembersMaxOf,
  nowMs: number,
): Promise<void> {
  const { rows } = await tx.query<{ workspaceId: string; role: MemberRole }>(
    `update invitations set accepted_at_ms = $2
     where token_hash = $1 and accepted_at_ms is null and expires_at_ms > $2
     returning workspace_id as "workspaceId", role`,
    [hashOfToken(acceptance.token), nowMs],
  )
  const invitation = rows[0]
  if (invitation === undefined) throw notFound()
  await lockMembers(tx, invitation.workspaceId)
  await requireRoom(tx, invitation.workspaceId, { openInvitationsCount: false }, membersMaxOf, nowMs)
  await addMember(tx, { ...invitation, userId: acceptance.userId }, nowMs)
}

function notFound(): Problem {
  return new Problem(
    accessProblems.invitation_not_found,
    'This invitation was used, withdrawn or has expired. Ask for a new one.',
  )
}

/** Throws `limit_reached` where the plan allows no further member. */
async function requireRoom(
  tx: Tx,
  workspaceId: string,
  { openInvitationsCount }: { readonly openInvitationsCount: boolean },
  membersMaxOf: MembersMaxOf,
  nowMs: number,
): Promise<void> {
  const membersMax = await membersMaxOf(tx, workspaceId)
  if (membersMax === null) return
  const { rows } = await tx.query<{ members: number; open: number }>(
    `select (select count(*)::int from members where workspace_id = $1) as members,
            (select count(*)::int from invitations
             where workspace_id = $1 and accepted_at_ms is null and expires_at_ms > $2) as open`,
    [workspaceId, nowMs],
  )
  const { members = 0, open = 0 } = rows[0] ?? {}
  if (members + (openInvitationsCount ? open : 0) < membersMax) return
  throw new Problem(
    accessProblems.limit_reached,
    `The plan includes ${membersMax} ${membersMax === 1 ? 'member' : 'members'}, ` +
      `${openInvitationsCount ? 'open invitations counted' : 'and the workspace has them'}. ` +
      'Remove one, or change to a larger plan.',
  )
}
