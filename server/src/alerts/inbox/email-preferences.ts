import type { MemberRole } from '../../access/index.ts'
import { type AlertKind, alertKinds } from './alert.ts'

/** What a member chose to be mailed about, by kind. Kinds that are left out follow the member's role. */
export type EmailPreferences = Readonly<Partial<Record<AlertKind, boolean>>>

/** Kinds that owners cannot switch off: their card is being charged, and calls stop if it keeps declining. */
export const alwaysMailedToOwners: readonly AlertKind[] = ['reload_declined', 'reload_failed']

/** Whether a member is mailed about alerts of a kind. By default owners are and others are not. */
export function isEmailed(
  kind: AlertKind,
  { role, mail }: { role: MemberRole; mail: EmailPreferences },
): boolean {
  if (role === 'owner' && alwaysMailedToOwners.includes(kind)) return true
  return mail[kind] ?? role === 'owner'
}

/** Lists for every kind whether a member is mailed about it. */
export function listEmailed(member: {
  role: MemberRole
  mail: EmailPreferences
}): Record<AlertKind, boolean> {
  return Object.fromEntries(alertKinds.map((kind) => [kind, isEmailed(kind, member)])) as Record<
    AlertKind,
    boolean
  >
}
