import { z } from 'zod'
import { type Access, type MemberRole, recordAudit, type Scope } from '../../access/index.ts'
import type { Clock } from '../../platform/clock.ts'
import type { Database } from '../../platform/database/database.ts'
import type { Routes } from '../../platform/http/http-server.ts'
import { invalid, Problem, platformProblems } from '../../platform/problem.ts'
import { type AlertKind, alertKinds } from './alert.ts'
import { type PersonRef, readEmailPreferences, writeEmailPreferences } from './email-preference-store.ts'
import { alwaysMailedToOwners, type EmailPreferences, listEmailed } from './email-preferences.ts'

function forEachKind<Schema extends z.ZodType>(schema: Schema): Record<AlertKind, Schema> {
  return Object.fromEntries(alertKinds.map((kind) => [kind, schema])) as Record<AlertKind, Schema>
}

const AlertSettingsResponse = z
  .object({
    mail: z.object(forEachKind(z.boolean())).meta({ description: 'Whether you are mailed, by kind.' }),
    always: z
      .array(z.enum(alertKinds))
      .meta({ description: 'Kinds that you cannot switch off while you are an owner.' }),
  })
  .meta({ id: 'AlertSettings' })

const AlertSettingsChangeRequest = z.strictObject({
  mail: z.strictObject(forEachKind(z.boolean().optional())).meta({
    description: 'Kinds that are left out follow your role: owners are mailed, others are not.',
  }),
})

/** Routes with which signed-in people choose what they are mailed about in a workspace. */
export function alertSettingsRoutes(deps: {
  readonly access: Access
  readonly database: Database
  readonly clock: Clock
}): Routes {
  const { access, database, clock } = deps
  const route = { tags: ['Alerts'], response: { 200: AlertSettingsResponse } }
  return async (server) => {
    server.get(
      '/v1/alert-settings',
      { schema: { ...route, summary: 'What you are mailed about' } },
      async (request) => {
        const person = requirePerson(await access.scopeOf(request))
        return settingsResponse({ ...person, mail: await readEmailPreferences(database, person) })
      },
    )

    server.put(
      '/v1/alert-settings',
      {
        config: { keyScope: 'admin' },
        schema: { ...route, summary: 'Choose what you are mailed about', body: AlertSettingsChangeRequest },
      },
      async (request) => {
        const scope = await access.scopeOf(request, { whileSuspended: 'allowed' })
        const person = requirePerson(scope)
        const { mail } = request.body as { mail: EmailPreferences }
        const missed = listAlwaysEmailed(person.role).find((kind) => mail[kind] === false)
        if (missed !== undefined) {
          throw invalid(
            `/mail/${missed}`,
            `"mail.${missed}" must be true: owners are always mailed when the card is declined.`,
          )
        }
        const after = settingsResponse({ ...person, mail })
        await database.transaction(async (tx) => {
          const before = settingsResponse({ ...person, mail: await readEmailPreferences(tx, person) })
          await writeEmailPreferences(tx, person, mail)
          await recordAudit(tx, {
            ...scope,
            action: 'alert_settings.changed',
            target: { kind: 'alert_settings', id: person.userId },
            before: before.mail,
            after: after.mail,
            atMs: clock.now(),
          })
        })
        return after
      },
    )
  }
}

type Person = PersonRef & { readonly role: MemberRole }

/** Returns the person that a request comes from. Throws `forbidden` for API keys, which have no mailbox. */
function requirePerson({ workspaceId, role, actor }: Scope): Person {
  if (actor.kind === 'user' && role !== 'key' && role !== 'operator')
    return { workspaceId, role, userId: actor.userId }
  throw new Problem(
    platformProblems.forbidden,
    'These settings belong to a person. Sign in: an API key is not mailed about anything.',
  )
}

function listAlwaysEmailed(role: MemberRole): readonly AlertKind[] {
  return role === 'owner' ? alwaysMailedToOwners : []
}

function settingsResponse(
  person: Person & { readonly mail: EmailPreferences },
): z.infer<typeof AlertSettingsResponse> {
  return { mail: listEmailed(person), always: [...listAlwaysEmailed(person.role)] }
}
