import { z } from 'zod'
import { invalid } from '../problem.ts'

/** `?limit=` and `?cursor=`, which every list takes. */
export const ListQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,9}$/, '"limit" must be a whole number from 1 to 200.')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, '"limit" must be a whole number from 1 to 200.')
    .optional()
    .meta({ description: 'How many at most, from 1 to 200. 50 unless told.' }),
  cursor: z.string().optional().meta({ description: 'The `nextCursor` of the page before.' }),
})

export const limitDefault = 50

/** The answer of every list. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() })
}

type Position = readonly (string | number)[]

/** A place in a list, opaque to the caller: the sort values of the last row that was given. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/**
 * The place a cursor stands for.
 *
 * @param shape what kinds of values this list's cursors hold, in order
 * @throws Problem invalid_request for whatever this list did not hand out
 */
export function decodeCursor<const Shape extends readonly ('string' | 'number' | 'uuid')[]>(
  cursor: string | undefined,
  shape: Shape,
): { -readonly [Index in keyof Shape]: Shape[Index] extends 'number' ? number : string } | undefined {
  if (cursor === undefined) return undefined
  const position = parsed(cursor)
  const fits =
    Array.isArray(position) &&
    position.length === shape.length &&
    shape.every((kind, index) => isOfKind(position[index], kind))
  if (!fits) throw invalid('/cursor', '"cursor" must be the nextCursor of this list, or be left out.')
  return position as { -readonly [Index in keyof Shape]: Shape[Index] extends 'number' ? number : string }
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function isOfKind(value: unknown, kind: 'string' | 'number' | 'uuid'): boolean {
  if (kind === 'number') return Number.isSafeInteger(value)
  // PostgreSQL cannot hold the character NUL in a text.
  return typeof value === 'string' && !value.includes('\0') && (kind === 'string' || uuid.test(value))
}

function parsed(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * A page of rows, read with `limit + 1`: the extra row only tells that there is more.
 *
 * @param positionOf the sort values of a row, as {@link decodeCursor} gets them back
 */
export function page<Row, Item>(
  rows: readonly Row[],
  limit: number,
  positionOf: (row: Row) => Position,
  itemOf: (row: Row) => Item,
): { data: Item[]; nextCursor: string | null } {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  const nextCursor = rows.length > limit && last !== undefined ? encodeCursor(positionOf(last)) : null
  return { data: shown.map(itemOf), nextCursor }
}
