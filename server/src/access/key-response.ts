import { z } from 'zod'
import { Instant, instantOf, instantOrNull } from '../platform/http/instant.ts'
import { publicId } from '../public-ids.ts'
import { KeyScopeName } from './key-scopes.ts'
import type { KeyRow } from './key-store.ts'

export const KeyResponse = z
  .object({
    id: z.string().meta({ example: 'key_0199c3a87e4d7aa1b1f3a06a5a0f7b1c' }),
    name: z.string(),
    lastFour: z.string().meta({ description: 'The last four characters of the key.' }),
    scopes: z.array(KeyScopeName).nullable().meta({
      description:
        'What the key may do. null: a key from before scopes. It keeps what it could do until it is replaced.',
    }),
    voiceStack: z.boolean().meta({ description: 'Whether it may report answers and ends of calls.' }),
    createdAt: Instant,
    expiresAt: Instant.nullable().meta({ description: 'null: never.' }),
    lastUsedAt: Instant.nullable().meta({ description: 'To the minute.' }),
    createdBy: z.string().nullable().meta({
      description: 'The user who created it, or who created the key that created it; null: the operator.',
    }),
    createdThrough: z.enum(['dashboard', 'key', 'operator', 'command_line']).meta({
      description: 'How it was created: in the dashboard, with a key of the workspace, or by the operator.',
    }),
  })
  .meta({ id: 'Key' })

export const NewKeyResponse = KeyResponse.extend({
  key: z.string().meta({ description: 'The key itself. It is shown only in this response.' }),
}).meta({ id: 'NewKey' })

export function keyResponse(row: KeyRow): z.infer<typeof KeyResponse> {
  return {
    id: publicId('key', row.id),
    name: row.name,
    lastFour: row.lastFour,
    scopes: row.scopes && [...row.scopes],
    voiceStack: row.scopes === null || row.scopes.includes('calls:report'),
    createdAt: instantOf(row.createdAtMs),
    expiresAt: instantOrNull(row.expiresAtMs),
    lastUsedAt: instantOrNull(row.lastUsedAtMs),
    createdBy: row.createdBy === null ? null : publicId('user', row.createdBy),
    createdThrough: row.createdThrough,
  }
}
