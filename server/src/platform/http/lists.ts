import { z } from 'zod'
import { invalid } from '../problem.ts'

/** The query parameters of every list: `limit` and `cursor`. */
export const ListQuery = z.object({
  limit: z
    .string()
    .regex(/^\d{1,9}$/, '"limit" must be a whole number from 1 to 200.')
    .transform(Number)
    .refine((limit) => limit >= 1 && limit <= 200, '"limit" must be a whole number from 1 to 200.')
    .optional()
    .meta({ description: 'How many at most, from 1 to 200. 50 if left out.' }),
  cursor: z.string().optional().meta({ description: 'The `nextCursor` of the page before.' }),
})

/** The number of items on a page if `limit` is left out. */
export const LIMIT_DEFAULT = 50

/** The schema of a list response. */
export function listOf<Item extends z.ZodType>(item: Item) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable() })
}

type Position = readonly (string | number)[]

/** Encodes a position in a list as a cursor, which is opaque to the caller. The position is the sort values of a row. */
export function encodeCursor(position: Position): string {
  return Buffer.from(JSON.stringify(position)).toString('base64url')
}

/**
 * Decodes a cursor to a position in a list. Undefined without a cursor.
 *
 * @param shape the kinds of values in this list's cursors, in order
 * @throws Problem invalid_request if the cursor does not come from this list
 */
export function decodeCursor<const Shape extends readonly ('string' | 'number' | 'uuid')[]>(
  cursor: string | undefined,
  shape: Shape,
): { -readonly [Index in keyof Shape]: Shape[Index] extends 'number' ? number : string } | undefined {
  if (cursor === undefined) return undefined
  const position = parseCursor(cursor)
  const fits =
    Array.isArray(position) &&
    position.length === shape.length &&
    shape.every((kind, index) => isOfKind(position[index], kind))
  if (!fits) throw invalid('/cursor', '"cursor" must be the nextCursor of this list, or be left out.')
  return position as { -readonly [Index in keyof Shape]: Shape[Index] extends 'number' ? number : string }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

function isOfKind(value: unknown, kind: 'string' | 'number' | 'uuid'): boolean {
  if (kind === 'number') return Number.isSafeInteger(value)
  // PostgreSQL cannot store the character NUL in a text.
  return typeof value === 'string' && !value.includes('\0') && (kind === 'string' || UUID.test(value))
}

function parseCursor(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

/**
 * Builds a page of a list.
 *
 * @param rows up to `limit + 1` rows; an extra row means that there is another page
 * @param positionOf reads the sort values of a row, which {@link decodeCursor} returns for the next page
 */
export function buildPage<Row, Item>(
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
