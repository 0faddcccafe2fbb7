import { z } from 'zod'
import type { Queryable } from '../platform/database/database.ts'
import { publicId } from '../public-ids.ts'
import type { User } from './accounts.ts'
import { listNamedMemberships } from './member-store.ts'
import { RoleName } from './request-schemas.ts'

export const SessionResponse = z
  .object({
    user: z.object({
      id: z.string(),
      name: z.string(),
      email: z.string(),
      emailConfirmed: z.boolean(),
      secondFactor: z.boolean(),
    }),
    workspaces: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        role: RoleName,
        demo: z.boolean(),
        requiresSecondFactor: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'Session', description: 'The signed-in user and their workspaces.' })

export type SessionResponse = z.infer<typeof SessionResponse>

/** Reads a signed-in user's workspaces, oldest membership first. */
export async function readSession(db: Queryable, user: User): Promise<SessionResponse> {
  const memberships = await listNamedMemberships(db, user.id)
  return {
    user: {
      id: publicId('user', user.id),
      name: user.name,
      email: user.email,
      emailConfirmed: user.emailVerified,
      secondFactor: user.secondFactor,
    },
    workspaces: memberships.map(({ workspaceId, name, role, demo, requiresSecondFactor }) => ({
      id: publicId('workspace', workspaceId),
      name,
      role,
      demo,
      requiresSecondFactor,
    })),
  }
}
