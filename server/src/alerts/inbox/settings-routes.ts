import { z } from 'zod'
import type { Access, MemberRole, Scope } from '../../access/index.ts'
import type { Database, Queryable } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { invalid, Problem, platformProblems } from '../../platform/problem.ts'
import { type AlertKind, alertKinds } from './alert.ts'
import { alwaysMailedToOwners, type EmailPreferences, mailByKind } from './email-preferences.ts'

function forEachKind<Schema extends z.ZodType>(schema: Schema): Record<AlertKind, Schema> {
  return Object.fromEntries(alertKinds.map((kind) => [kind, schema])) as Record<AlertKind, Schema>
}

const AlertSettingsResponse = z
  .object({
    mail: z.object(forEachKind(z.boolean())).meta({ description: 'Whether you are mailed, by kind.' }),
    always: z
      .array(z.enum(alertKinds))
      .meta({ description: 'Kinds that you are mailed about as long as you are an owner.' }),
  })
  .meta({ id: 'AlertSettings' })

const AlertSettingsChangeRequest = z.strictObject({
  mail: z.strictObject(forEachKind(z.boolean().optional())).meta({
    description: 'What is not named is as for everybody of your role: owners are mailed, others are not.',
  }),
})

/** What the signed-in person is mailed about in a workspace. */
export function alertSettingsRoutes(deps: { readonly access: Access; readonly database: Database }): Routes {
  const { access, database } = deps
  const answer = { tags: ['Alerts'], response: { 200: AlertSettingsResponse } }
  return async (server) => {
    server.get(
      '/v1/alert-settings',
      { schema: { ...answer, summary: 'What you are mailed about' } },
      async (request) => {
        const person = personOf(await access.scopeOf(request))
        return settingsResponse({ ...person, mail: await readChoice(database, person) })
      },
    )

    server.put(
      '/v1/alert-settings',
      {
        schema: { ...answer, summary: 'Choose what you are mailed about', body: AlertSettingsChangeRequest },
      },
      async (request) => {
        const person = personOf(await access.scopeOf(request, { whileSuspended: 'allowed' }))
        const { mail } = request.body as { mail: EmailPreferences }
        const missed = alwaysOf(person.role).find((kind) => mail[kind] === false)
        if (missed !== undefined) {
          throw invalid(
            `/mail/${missed}`,
            `"mail.${missed}" must be true: an owner always hears when the card is declined.`,
          )
        }
        await saveChoice(database, person, mail)
        return settingsResponse({ ...person, mail })
      },
    )
  }
}

type Person = { readonly workspaceId: string; readonly userId: string; readonly role: MemberRole }

/** Throws `forbidden` for keys: they have no mailbox. */
function personOf({ workspaceId, role, actor }: Scope): Person {
  if (actor.kind === 'user' && role !== 'key' && role !== 'operator')
    return { workspaceId, role, userId: actor.userId }
  throw new Problem(
    platformProblems.forbidden,
    'These settings are a person’s own. Sign in; an API key is mailed nothing.',
  )
}

function alwaysOf(role: MemberRole): readonly AlertKind[] {
  return role === 'owner' ? alwaysMailedToOwners : []
}

function settingsResponse(
  person: Person & { readonly mail: EmailPreferences },
): z.infer<typeof AlertSettingsResponse> {
  return { mail: mailByKind(person), always: [...alwaysOf(person.role)] }
}

async function readChoice(db: Queryable, { workspaceId, userId }: Person): Promise<EmailPreferences> {
  const { rows } = await db.query<{ mail: EmailPreferences }>(
    'select mail from alert_settings where workspace_id = $1 and user_id = $2',
    [workspaceId, userId],
  )
  return rows[0]?.mail ?? {}
}

async function saveChoice(
  db: Queryable,
  { workspaceId, userId }: Person,
  mail: EmailPreferences,
): Promise<void> {
  await db.query(
    `insert into alert_settings (workspace_id, user_id, mail)
     select workspace_id, user_id, $3 from members where workspace_id = $1 and user_id = $2
     on conflict (workspace_id, user_id) do update set mail = excluded.mail`,
    [workspaceId, userId, mail],
  )
}
