import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createZstdDecompress } from 'node:zlib'
import pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { fileFault, StartProblem } from '../../start-problem.ts'
import type { Database } from '../database.ts'
import { CREATE_MIGRATIONS_TABLE, type Migration, readMigrations } from '../migrate.ts'
import { UNLIMITED } from '../session.ts'
import {
  type BackupEnd,
  type BackupHeader,
  type BackupReader,
  createBackupReader,
  createRowCounter,
  formatCopy,
  parseComment,
  type TableFooter,
} from './backup-format.ts'
import { isSchemaEmpty, listTables, openForLoading, setSequence } from './backup-store.ts'

/** What was restored. */
export type RestoredBackup = {
  readonly header: BackupHeader
  readonly tables: number
  readonly rows: number
}

/**
 * Restores a backup into an empty database, in one transaction: all of it, or nothing. The schema comes from this
 * program's migrations, as far as the backup's database had them. Every table's rows must have the number and the hash
 * that the backup says.
 *
 * @throws StartProblem if the file is no backup, damaged or newer than this program, or the database is not empty
 */
export async function restoreBackup(
  database: Pick<Database, 'createClient'>,
  path: string,
): Promise<RestoredBackup> {
  const client = database.createClient(UNLIMITED)
  await client.connect()
  const backup = openBackup(path)
  try {
    await client.query('begin')
    const restored = await restoreInto(client, backup.reader)
    await client.query('commit')
    await client.query('analyze')
    return restored
  } catch (error) {
    throw describeProblem(path, error)
  } finally {
    backup.close()
    await client.end().catch(() => {})
  }
}

/** Opens a backup. An error of the file reaches the reader. */
function openBackup(path: string): { readonly reader: BackupReader; close(): void } {
  const file = createReadStream(path)
  const decompress = createZstdDecompress()
  file.on('error', (error) => decompress.destroy(error))
  // A small file is damaged before the first line of it is asked for. The error is kept for the reader.
  decompress.on('error', () => {})
  return {
    reader: createBackupReader(file.pipe(decompress)),
    close() {
      file.destroy()
      decompress.destroy()
    },
  }
}

function describeProblem(path: string, error: unknown): unknown {
  if (error instanceof StartProblem) {
    return new StartProblem(`${path} cannot be restored. ${error.message} Nothing was changed.`)
  }
  if (error instanceof pg.DatabaseError) {
    return new StartProblem(
      `${path} cannot be restored. The database refuses it: ${error.message}. Nothing was changed.`,
    )
  }
  const { code = '', syscall } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return new StartProblem(`There is no file ${path}.`)
  if (syscall !== undefined) return new StartProblem(`${path} cannot be read: ${fileFault(error)}.`)
  if (!/^(ERR_|Z_|ZSTD_)/.test(code)) return error
  return new StartProblem(
    `${path} cannot be restored. It is no backup of Talktime, or it is damaged. Nothing was changed.`,
  )
}

async function restoreInto(client: pg.Client, reader: BackupReader): Promise<RestoredBackup> {
  if (!(await isSchemaEmpty(client))) {
    throw new StartProblem('The database is not empty, and a backup is never mixed with what is there.')
  }
  await reader.readLine()
  const header = parseComment<BackupHeader>(await reader.readLine())
  if (header.format !== 1)
    throw new StartProblem('It was written by a newer Talktime. Restore it with that version.')
  await createSchema(client, await findMigrations(header))
  const finishing = await openForLoading(client)
  const { tables, rows } = await loadTables(client, reader)
  for (const statement of finishing) await client.query(statement)
  for (const sequence of header.sequences) await setSequence(client, sequence)
  return { header, tables, rows }
}

/** The migrations of the backup's database, as this program has them. */
async function findMigrations({ migrations, version }: BackupHeader): Promise<Migration[]> {
  const own = new Map((await readMigrations()).map((migration) => [migration.name, migration]))
  return migrations.map(({ name, checksum }) => {
    const migration = own.get(name)
    if (migration?.checksum === checksum) return migration
    throw new StartProblem(
      `It is of Talktime ${version} and has the migration ${name}, which this version does not have. Use that version or a later one.`,
    )
  })
}

/** Creates the schema. What the migrations record about themselves is in the backup. */
async function createSchema(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await client.query(CREATE_MIGRATIONS_TABLE)
  for (const { name, sql } of migrations) {
    await client.query(sql).catch((error: Error) => {
      throw new StartProblem(`The migration ${name} failed: ${error.message}.`)
    })
  }
}

async function loadTables(
  client: pg.Client,
  reader: BackupReader,
): Promise<{ tables: number; rows: number }> {
  // A statement of the file is never executed: it must be one of these.
  const expected = new Map(
    (await listTables(client)).map(({ name, columns }) => [formatCopy(name, columns).trimEnd(), name]),
  )
  let rows = 0
  let tables = 0
  for (;;) {
    const line = await reader.readLine()
    if (line?.startsWith('COPY ') !== true) {
      checkEnd(line, { tables, rows }, expected.size)
      return { tables, rows }
    }
    const table = expected.get(line)
    if (table === undefined) throw new StartProblem('It has a table that its schema does not have.')
    expected.delete(line)
    rows += await loadTable(client, reader, table, line.slice(0, -1))
    tables += 1
  }
}

/** Loads a table's rows, and checks them against what follows them. Returns their number. */
async function loadTable(
  client: pg.Client,
  reader: BackupReader,
  table: string,
  statement: string,
): Promise<number> {
  const counter = createRowCounter()
  async function* countRows(): AsyncGenerator<Buffer> {
    for await (const chunk of reader.readRows()) {
      counter.add(chunk)
      yield chunk
    }
  }
  await pipeline(Readable.from(countRows(), { objectMode: false }), client.query(copyFrom(statement)))
  const footer = parseComment<TableFooter>(await reader.readLine())
  if (footer.table !== table || footer.rows !== counter.rows || footer.sha256 !== counter.digest()) {
    throw new StartProblem(`The rows of ${table} are not those that were backed up.`)
  }
  return counter.rows
}

function checkEnd(
  line: string | undefined,
  found: { readonly tables: number; readonly rows: number },
  missing: number,
): void {
  if (line === undefined) throw new StartProblem('It ends too early.')
  const end = parseComment<BackupEnd>(line)
  const isWhole = end.end && end.tables === found.tables && end.rows === found.rows && missing === 0
  if (!isWhole) throw new StartProblem('It is not whole: tables are missing.')
}

/** Reads what a backup says about itself. */
export async function readBackupHeader(path: string): Promise<BackupHeader> {
  const { reader, close } = openBackup(path)
  try {
    await reader.readLine()
    return parseComment<BackupHeader>(await reader.readLine())
  } catch (error) {
    throw describeProblem(path, error)
  } finally {
    close()
  }
}
