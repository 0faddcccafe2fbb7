import type { Tx } from '../../platform/database/database.ts'
import { announceChange } from '../access-changes.ts'

/** Records that a user's address is confirmed. The workspaces that they own no longer wait for it. */
export async function recordConfirmedAddress(tx: Tx, userId: string): Promise<void> {
  await tx.query('update users set email_verified = true, awaits_verification = false where id = $1', [
    userId,
  ])
  await tx.query(
    `update workspaces set awaits_verification = false
     where awaits_verification
       and id in (select workspace_id from members where user_id = $1 and role = 'owner')`,
    [userId],
  )
  await announceChange(tx, { kind: 'user', name: userId })
}

/** Makes a new user confirm their address before they sign in, and the workspace they created wait for it. */
export async function awaitConfirmedAddress(tx: Tx, userId: string): Promise<void> {
  await tx.query('update users set awaits_verification = true where id = $1', [userId])
  await tx.query(
    `update workspaces set awaits_verification = true
     where id in (select workspace_id from members where user_id = $1 and role = 'owner')
       and not exists (select from members m where m.workspace_id = workspaces.id and m.user_id <> $1)`,
    [userId],
  )
}
