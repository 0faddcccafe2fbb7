import type { Queryable } from '../../platform/database/database.ts'
import type { EmailPreferences } from './email-preferences.ts'

/** Names a person in a workspace, by UUIDs. */
export type PersonRef = { readonly workspaceId: string; readonly userId: string }

/** Reads what a member chose to be mailed about. Returns no preferences if the member chose nothing. */
export async function readEmailPreferences(
  db: Queryable,
  { workspaceId, userId }: PersonRef,
): Promise<EmailPreferences> {
  const { rows } = await db.query<{ mail: EmailPreferences }>(
    'select mail from alert_settings where workspace_id = $1 and user_id = $2',
    [workspaceId, userId],
  )
  return rows[0]?.mail ?? {}
}

/** Replaces a member's preferences. Nothing is written for a person who is not a member. */
export async function writeEmailPreferences(
  db: Queryable,
  { workspaceId, userId }: PersonRef,
  preferences: EmailPreferences,
): Promise<void> {
  await db.query(
    `insert into alert_settings (workspace_id, user_id, mail)
     select workspace_id, user_id, $3 from members where workspace_id = $1 and user_id = $2
     on conflict (workspace_id, user_id) do update set mail = excluded.mail`,
    [workspaceId, userId, preferences],
  )
}
