import type { Tx } from '../../platform/database/database.ts'
import type { AuditSource } from '../audit-entry.ts'
import { findCredential } from '../user-store.ts'
import { recordAboutAccount } from './record-account-action.ts'
import { deleteSecondFactor } from './second-factor-store.ts'
import { endAllSessions } from './session-store.ts'

/** What became of the wish to remove a second factor. `no_account`, `off`: nothing was changed. */
export type SecondFactorRemoval =
  | { readonly outcome: 'no_account' | 'off' }
  | { readonly outcome: 'removed'; readonly sessionsEnded: number }

/**
 * Removes the second factor of a person who lost it, with its recovery codes. Ends all their sessions: a stranger may have
 * taken the device.
 */
export async function removeSecondFactor(
  tx: Tx,
  email: string,
  { by, atMs }: { readonly by: AuditSource; readonly atMs: number },
): Promise<SecondFactorRemoval> {
  const account = await findCredential(tx, email)
  if (account === undefined) return { outcome: 'no_account' }
  const { userId, secondFactor } = account
  // One that the person has only begun to turn on is left to them.
  if (!secondFactor || !(await deleteSecondFactor(tx, userId))) return { outcome: 'off' }
  const sessionsEnded = await endAllSessions(tx, userId)
  await recordAboutAccount(tx, userId, {
    ...by,
    action: 'second_factor.removed',
    target: { kind: 'user', id: userId, name: account.email },
    atMs,
  })
  return { outcome: 'removed', sessionsEnded }
}
