import { StartProblem } from '../start-problem.ts'
import type { Queryable } from './database.ts'

/**
 * Requires that the database can hold every text.
 *
 * @throws StartProblem if it has another encoding than UTF8
 */
export async function requireUtf8(db: Queryable): Promise<void> {
  const { rows } = await db.query<{ name: string; encoding: string }>(
    `select datname as name, pg_encoding_to_char(encoding) as encoding from pg_database where datname = current_database()`,
  )
  const { name = '', encoding = 'UTF8' } = rows[0] ?? {}
  if (encoding === 'UTF8') return
  throw new StartProblem(
    `The database ${name} has the encoding ${encoding}; Talktime needs UTF8. ` +
      `Create another one: create database ${name}_utf8 encoding 'UTF8' template template0. Nothing was changed.`,
  )
}
