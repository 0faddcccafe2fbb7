import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type pg from 'pg'
import { type Clock, systemClock } from '../clock.ts'
import { StartProblem } from '../start-problem.ts'
import type { Database, Queryable } from './database.ts'
import { UNLIMITED } from './session.ts'

/** The folder of this program's migrations: SQL files that are applied in the order of their names. */
export const MIGRATIONS_FOLDER = join(dirname(fileURLToPath(import.meta.url)), '../../../migrations')

/** The advisory lock of a migrating process. The number is arbitrary, but must be the same in every version. */
const MIGRATION_LOCK = 7_314_400

export type Migration = { readonly name: string; readonly sql: string; readonly checksum: string }
/** The table in which the migrations that were applied are recorded. */
export const CREATE_MIGRATIONS_TABLE = `create table if not exists schema_migrations (
  name text primary key,
  checksum text not null,
  applied_at_ms bigint not null
)`

type Applied = { name: string; checksum: string }

/**
 * Migrates the database to this program's schema. Migrations only go forward, each in its own transaction. The whole run
 * holds a lock: if two servers start at once, one migrates and the other waits.
 *
 * @returns the names of the migrations that were applied
 * @throws StartProblem if the database has other migrations than this program; then nothing is changed
 */
export async function migrate(
  database: Database,
  options: { folder?: string; clock?: Clock } = {},
): Promise<readonly string[]> {
  const migrations = await readMigrations(options.folder ?? MIGRATIONS_FOLDER)
  const client = database.createClient(UNLIMITED)
  await client.connect()
  try {
    await client.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
    await client.query(CREATE_MIGRATIONS_TABLE)
    const { rows } = await client.query<Applied>('select name, checksum from schema_migrations order by name')
    const outstanding = findOutstanding(migrations, rows)
    for (const migration of outstanding) await apply(client, migration, options.clock ?? systemClock)
    return outstanding.map(({ name }) => name)
  } finally {
    // Ending the connection releases the lock.
    await client.end()
  }
}

/**
 * Requires that all of this program's migrations were applied to the database, and no others. Changes nothing.
 *
 * @throws StartProblem naming what is missing, and how to apply it
 */
export async function requireMigrated(db: Queryable, folder: string = MIGRATIONS_FOLDER): Promise<void> {
  const migrations = await readMigrations(folder)
  const { rows: tables } = await db.query<{ name: string | null }>(
    `select to_regclass('schema_migrations')::text as name`,
  )
  const applied =
    tables[0]?.name == null
      ? []
      : (await db.query<Applied>('select name, checksum from schema_migrations order by name')).rows
  const [first, ...others] = findOutstanding(migrations, applied)
  if (first === undefined) return
  const rest = others.length === 0 ? '' : ` and ${others.length} more`
  throw new StartProblem(
    `The database lacks the migration ${first.name}${rest}. Start this version’s server, which applies it. ` +
      'Commands never migrate. Nothing was changed.',
  )
}

const FILE_NAME = /^\d{4}-[a-z0-9-]+\.sql$/

/** Lists the names of the migrations in `folder`, in the order in which they are applied. */
export async function migrationNames(folder: string = MIGRATIONS_FOLDER): Promise<readonly string[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort()
  const misnamed = names.find((name) => !FILE_NAME.test(name))
  if (misnamed)
    throw new StartProblem(`${join(folder, misnamed)}: a migration must be named like 0007-what-it-does.sql.`)
  return names
}

/** Reads this program's migrations, in the order in which they are applied. */
export async function readMigrations(folder: string = MIGRATIONS_FOLDER): Promise<Migration[]> {
  const names = await migrationNames(folder)
  return Promise.all(
    names.map(async (name) => {
      const sql = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n')
      return { name, sql, checksum: createHash('sha256').update(sql).digest('hex') }
    }),
  )
}

/** Finds the migrations to apply. Checks that those already applied are the first of this program's migrations. */
function findOutstanding(migrations: readonly Migration[], applied: readonly Applied[]): Migration[] {
  const known = new Map(migrations.map((migration) => [migration.name, migration]))
  const unknown = applied.filter(({ name }) => !known.has(name)).map(({ name }) => name)
  if (unknown.length > 0) {
    throw new StartProblem(
      `The database is newer than this Talktime: it has ${unknown.join(', ')}, which this version does not know. ` +
        'Start the version that created it, or a later one. Nothing was changed.',
    )
  }
  for (const { name, checksum } of applied) {
    if (known.get(name)?.checksum === checksum) continue
    throw new StartProblem(
      `The migration ${name} was edited after it had been applied to this database. ` +
        'Restore it, and make the change in a new migration. Nothing was changed.',
    )
  }
  const done = new Set(applied.map(({ name }) => name))
  const last = applied.at(-1)?.name ?? ''
  const outstanding = migrations.filter(({ name }) => !done.has(name))
  const late = outstanding.find(({ name }) => name < last)
  if (late) {
    throw new StartProblem(
      `The migration ${late.name} comes before ${last}, which was already applied to this database. ` +
        'Give it a later number. Nothing was changed.',
    )
  }
  return outstanding
}

async function apply(client: pg.Client, migration: Migration, clock: Clock): Promise<void> {
  await client.query('begin')
  try {
    await client.query(migration.sql)
    await client.query('insert into schema_migrations (name, checksum, applied_at_ms) values ($1, $2, $3)', [
      migration.name,
      migration.checksum,
      clock.now(),
    ])
    await client.query('commit')
  } catch (error) {
    await client.query('rollback')
    const why = error instanceof Error ? error.message : String(error)
    throw new StartProblem(`The migration ${migration.name} failed and was rolled back: ${why}.`)
  }
}
