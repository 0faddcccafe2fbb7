import type { Tx } from '../../platform/database/database.ts'
import { announceChange } from '../access-changes.ts'
import { deleteSecondFactor } from './second-factor-store.ts'

/** Deletes the links, pending sign-ins and trusted browsers of a user. */
export async function deleteVerificationsOf(tx: Tx, userId: string): Promise<void> {
  await tx.query('delete from verifications where value = $1', [userId])
}

/**
 * Closes the ways into an account besides its password and sessions: the second factor, the API keys that its person
 * created and the invitations that they sent.
 */
export async function closeWaysIn(tx: Tx, userId: string, nowMs: number): Promise<void> {
  await deleteSecondFactor(tx, userId)
  await tx.query('delete from invitations where invited_by = $1 and accepted_at_ms is null', [userId])
  const { rows } = await tx.query<{ hash: string }>(
    `update api_keys set revoked_at_ms = $2 where created_by = $1 and revoked_at_ms is null
     returning encode(key_hash, 'hex') as hash`,
    [userId, nowMs],
  )
  for (const { hash } of rows) await announceChange(tx, { kind: 'key', name: hash })
}
