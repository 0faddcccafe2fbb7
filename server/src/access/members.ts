import type { Queryable, Tx } from '../platform/database/database.ts'
import { Problem, platformProblems } from '../platform/problem.ts'
import { announceChange } from './changes.ts'
import type { MemberRole, Membership } from './principal.ts'
import { accessProblems } from './problems.ts'

export type MemberRow = {
  readonly userId: string
  readonly name: string
  readonly email: string
  readonly role: MemberRole
  readonly joinedAtMs: number
}

/** The workspaces a user is in, the oldest membership first. */
export async function membershipsOf(db: Queryable, userId: string): Promise<Membership[]> {
  const { rows } = await db.query<Membership>({
    name: 'access_memberships',
    text: `select m.workspace_id as "workspaceId", m.role, w.status = 'suspended' as suspended
           from members m join workspaces w on w.id = m.workspace_id
           where m.user_id = $1 order by m.joined_at_ms, m.workspace_id`,
    values: [userId],
  })
  return rows
}

/** The same with what the dashboard shows of them. */
export async function namedMembershipsOf(
  db: Queryable,
  userId: string,
): Promise<{ workspaceId: string; role: MemberRole; name: string; demo: boolean }[]> {
  const { rows } = await db.query<{ workspaceId: string; role: MemberRole; name: string; demo: boolean }>(
    `select m.workspace_id as "workspaceId", m.role, w.name, w.demo
     from members m join workspaces w on w.id = m.workspace_id
     where m.user_id = $1 order by m.joined_at_ms, m.workspace_id`,
    [userId],
  )
  return rows
}

export async function addMember(
  tx: Queryable,
  member: { readonly workspaceId: string; readonly userId: string; readonly role: MemberRole },
  nowMs: number,
): Promise<void> {
  const { rowCount } = await tx.query(
    `insert into members (workspace_id, user_id, role, joined_at_ms) values ($1, $2, $3, $4)
     on conflict do nothing`,
    [member.workspaceId, member.userId, member.role, nowMs],
  )
  if (rowCount === 0)
    throw new Problem(accessProblems.already_member, 'This user is a member of the workspace already.')
  await announceChange(tx, { kind: 'user', name: member.userId })
}

/** In the order in which they joined. */
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

/**
 * Changes what a member may do. Only owners touch owners; the last one stays.
 *
 * @param by the role of whoever asks
 */
export async function changeRole(
  tx: Tx,
  member: { readonly workspaceId: string; readonly userId: string },
  role: MemberRole,
  by: { readonly mayTouchOwners: boolean },
): Promise<MemberRow> {
  const before = await lockMember(tx, member)
  if (before.role === 'owner' || role === 'owner') requireOwner(by)
  if (before.role === 'owner' && role !== 'owner') await requireAnotherOwner(tx, member)
  await tx.query('update members set role = $3 where workspace_id = $1 and user_id = $2', [
    member.workspaceId,
    member.userId,
    role,
  ])
  await announceChange(tx, { kind: 'user', name: member.userId })
  return { ...before, role }
}

export async function removeMember(
  tx: Tx,
  member: { readonly workspaceId: string; readonly userId: string },
  by: { readonly mayTouchOwners: boolean },
): Promise<void> {
  const before = await lockMember(tx, member)
  if (before.role === 'owner') {
    requireOwner(by)
    await requireAnotherOwner(tx, member)
  }
  await tx.query('delete from members where workspace_id = $1 and user_id = $2', [
    member.workspaceId,
    member.userId,
  ])
  await announceChange(tx, { kind: 'user', name: member.userId })
}

/** One change of a workspace's members at a time: two owners who leave at once must not both find the other. */
export async function lockMembers(tx: Tx, workspaceId: string): Promise<void> {
  await tx.query('select from workspaces where id = $1 for no key update', [workspaceId])
}

async function lockMember(
  tx: Tx,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string },
): Promise<MemberRow> {
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

function requireOwner(by: { readonly mayTouchOwners: boolean }): void {
  if (by.mayTouchOwners) return
  throw new Problem(
    platformProblems.forbidden,
    'Only an owner may make, change or remove an owner. Ask an owner of the workspace.',
  )
}

async function requireAnotherOwner(
  tx: Tx,
  { workspaceId, userId }: { readonly workspaceId: string; readonly userId: string },
): Promise<void> {
  const { rows } = await tx.query(
    `select from members where workspace_id = $1 and role = 'owner' and user_id <> $2 limit 1`,
    [workspaceId, userId],
  )
  if (rows.length > 0) return
  throw new Problem(
    accessProblems.last_owner,
    'This is the workspace’s only owner. Make somebody else an owner first.',
  )
}
