import type { Queryable } from './database.ts'

/** Reads the names of the migrations that were applied to a database. */
export async function readAppliedMigrations(db: Queryable): Promise<ReadonlySet<string>> {
  const { rows } = await db.query<{ name: string }>('select name from schema_migrations')
  return new Set(rows.map(({ name }) => name))
}
