import type { Tx } from '../../platform/database/database.ts'
import { announceChange } from '../access-changes.ts'

/** Deletes a user with their password and sessions. Keys and invitations of theirs stay without a name. */
export async function deleteUser(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from users where id = $1', [userId])
  await announceChange(tx, { kind: 'user', name: userId })
}
