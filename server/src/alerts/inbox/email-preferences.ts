import type { MemberRole } from '../../access/index.ts'
import { type AlertKind, alertKinds } from './alert.ts'

/** What a member chose to be mailed about, by kind; what is not named is left to their role. */
export type EmailPreferences = Readonly<Partial<Record<AlertKind, boolean>>>

/** What owners cannot choose to miss: their card is asked for money, and lines go dead if it goes on declining. */
export const alwaysMailedToOwners: readonly AlertKind[] = ['reload_declined', 'reload_failed']

/** Whether a member is mailed about alerts of a kind: owners are unless they chose otherwise, others if they did. */
export function isEmailed(
  kind: AlertKind,
  { role, mail }: { role: MemberRole; mail: EmailPreferences },
): boolean {
  if (role === 'owner' && alwaysMailedToOwners.includes(kind)) return true
  return mail[kind] ?? role === 'owner'
}

/** The same for every kind. */
export function mailByKind(member: { role: MemberRole; mail: EmailPreferences }): Record<AlertKind, boolean> {
  return Object.fromEntries(alertKinds.map((kind) => [kind, isEmailed(kind, member)])) as Record<
    AlertKind,
    boolean
  >
}
