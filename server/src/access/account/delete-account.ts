import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Tx } from '../../platform/database/database.ts'
import type { Idempotency } from '../../platform/idempotency/idempotency.ts'
import { Problem } from '../../platform/problem.ts'
import type { Access } from '../access.ts'
import { browserOf } from '../authenticate.ts'
import { deleteMember, hasOtherOwner, listNamedMemberships, lockMembers } from '../member-store.ts'
import { accessProblems } from '../problems.ts'
import { originOf } from '../scope.ts'
import { closeWaysIn, deleteVerificationsOf } from './close-ways-in-store.ts'
import { confirmPassword } from './confirm-password.ts'
import { deleteUser } from './delete-account-store.ts'
import { recordAccountAction } from './record-account-action.ts'

/**
 * Deletes a person's account, with their keys and memberships. What happened in workspaces stays, without their name.
 *
 * @throws Problem sole_owner
 */
export async function deleteAccount(
  { access, idempotency }: { readonly access: Access; readonly idempotency: Idempotency },
  request: FastifyRequest,
  reply: FastifyReply,
  { password }: { readonly password: string },
): Promise<void> {
  const { account } = await confirmPassword(access, request, reply, password)
  const { userId } = account
  await idempotency.command(request, reply, async (tx) => {
    const cookies = await access.accounts.signOut(tx, browserOf(request))
    const nowMs = access.signIn.clock.now()
    await recordAccountAction(tx, {
      action: 'account.deleted',
      userId,
      origin: originOf(request),
      atMs: nowMs,
    })
    await leaveWorkspaces(tx, userId)
    await closeWaysIn(tx, userId, nowMs)
    await deleteVerificationsOf(tx, userId)
    await deleteUser(tx, userId)
    return { status: 204, body: undefined, cookies }
  })
  access.dropCached({ kind: 'user', name: userId })
}

/** Ends the user's memberships. Throws `sole_owner` if a workspace would be left without an owner. */
async function leaveWorkspaces(tx: Tx, userId: string): Promise<void> {
  const memberships = await listNamedMemberships(tx, userId)
  const inOrder = memberships.toSorted((a, b) => a.workspaceId.localeCompare(b.workspaceId))
  const orphaned: string[] = []
  for (const { workspaceId, role, name } of inOrder) {
    await lockMembers(tx, workspaceId)
    const member = { workspaceId, userId }
    if (role === 'owner' && !(await hasOtherOwner(tx, member))) orphaned.push(name)
    await deleteMember(tx, member)
  }
  if (orphaned.length === 0) return
  throw new Problem(
    accessProblems.sole_owner,
    `You are the only owner of ${new Intl.ListFormat('en').format(orphaned)}. ` +
      'Make another member an owner first, or ask the operator of this service to close the workspace.',
  )
}
