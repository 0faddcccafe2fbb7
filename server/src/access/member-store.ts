import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem } from '../platform/problem.ts'
import { announceChange } from './access-changes.ts'
import type { MemberRole, Membership } from './principal.ts'
import { accessProblems } from './problems.ts'

export type MemberRow = {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: MemberRole
  readonly joinedAtMs: number
}

export type MemberRef = { readonly workspaceId: string; readonly userId: string }

/** A membership with the workspace's name, as the dashboard lists it. */
export type NamedMembership = {
  readonly workspaceId: string
  readonly role: MemberRole
  readonly name: string
  readonly demo: boolean
  readonly requiresSecondFactor: boolean
}

/** Lists a user's memberships, oldest first. */
export async function listMemberships(db: Queryable, userId: string): Promise<Membership[]> {
  const { rows } = await db.query<Membership>({
    name: 'access_memberships',
    text: `select m.workspace_id as "workspaceId", m.role, w.status = 'suspended' as suspended,
             w.requires_second_factor as "requiresSecondFactor"
           from members m join workspaces w on w.id = m.workspace_id
           where m.user_id = $1 order by m.joined_at_ms, m.workspace_id`,
    values: [userId],
  })
  return rows
}

/** Lists a user's memberships with the workspaces' names, oldest first. */
export async function listNamedMemberships(db: Queryable, userId: string): Promise<NamedMembership[]> {
  const { rows } = await db.query<NamedMembership>(
    `select m.workspace_id as "workspaceId", m.role, w.name, w.demo,
            w.requires_second_factor as "requiresSecondFactor"
     from members m join workspaces w on w.id = m.workspace_id
     where m.user_id = $1 order by m.joined_at_ms, m.workspace_id`,
    [userId],
  )
  return rows
}

/** Adds a member and announces it to all processes. Throws `already_member`. */
export async function addMember(
  tx: Queryable,
  member: MemberRef & { readonly role: MemberRole },
  nowMs: number,
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into members (workspace_id, user_id, role, joined_at_ms) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [member.workspaceId, member.userId, member.role, nowMs],
  )
  if (rowCount === 0)
    throw new Problem(accessProblems.already_member, 'This user is already a member of the workspace.')
  await announceChange(tx, { kind: 'user', name: member.userId })
}

/** Lists the workspace's members in the order in which they joined. */
export async function listMembers(
  db: Queryable,
  workspaceId: string,
  options: {
    readonly after: { readonly joinedAtMs: number; readonly userId: string } | undefined
    readonly limit: number
  },
): Promise<MemberRow[]> {
  const { rows } = await db.query<MemberRow>(
    `select m.user_id as "userId", u.name, u.email, m.role, m.joined_at_ms as "joinedAtMs"
     from members m join users u on u.id = m.user_id
     where m.workspace_id = $1 and ($2::bigint is null or (m.joined_at_ms, m.user_id) > ($2, $3::uuid))
     order by m.joined_at_ms, m.user_id limit $4`,
    [workspaceId, options.after?.joinedAtMs ?? null, options.after?.userId ?? null, options.limit],
  )
  return rows
}

/** Whether the workspace has a member with this email address. */
export async function hasMemberWithEmail(
  db: Queryable,
  workspaceId: string,
  email: string,
): Promise<boolean> {
  const { rows } = await db.query(
    `select from members m join users u on u.id = m.user_id where m.workspace_id = $1 and u.email = $2`,
    [workspaceId, email],
  )
  return rows.length > 0
}

/**
 * Serializes changes to a workspace's members until the transaction ends. Without it, two owners who leave at the
 * same time would each still see the other.
 */
export async function lockMembers(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query('select from workspaces where id = $1 for no key update', [workspaceId])
}

/** Locks the workspace's members and reads one of them. Throws `member_not_found`. */
export async function lockMember(tx: Tx, { workspaceId, userId }: MemberRef): Promise<MemberRow> {
  await lockMembers(tx, workspaceId)
  const { rows } = await tx.query<MemberRow>(
    `select m.user_id as "userId", u.name, u.email, m.role, m.joined_at_ms as "joinedAtMs"
     from members m join users u on u.id = m.user_id where m.workspace_id = $1 and m.user_id = $2`,
    [workspaceId, userId],
  )
  const row = rows[0]
  if (row === undefined)
    throw new Problem(accessProblems.member_not_found, 'There is no such member in this workspace.')
  return row
}

/** Whether the workspace has an owner besides this member. */
export async function hasOtherOwner(tx: Tx, { workspaceId, userId }: MemberRef): Promise<boolean> {
  const { rows } = await tx.query(
    `select from members where workspace_id = $1 and role = 'owner' and user_id <> $2 limit 1`,
    [workspaceId, userId],
  )
  return rows.length > 0
}

/** Updates a member's role and announces it to all processes. */
export async function updateRole(tx: Tx, member: MemberRef, role: MemberRole): Promise<void> {
  await tx.query('update members set role = $3 where workspace_id = $1 and user_id = $2', [
    member.workspaceId,
    member.userId,
    role,
  ])
  await announceChange(tx, { kind: 'user', name: member.userId })
}

/** Deletes a membership and announces it to all processes. */
export async function deleteMember(tx: Tx, member: MemberRef): Promise<void> {
  await tx.query('delete from members where workspace_id = $1 and user_id = $2', [
    member.workspaceId,
    member.userId,
  ])
  await announceChange(tx, { kind: 'user', name: member.userId })
}
