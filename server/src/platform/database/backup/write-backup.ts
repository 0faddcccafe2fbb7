import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { fileFault, StartProblem } from '../../start-problem.ts'
import type { Database } from '../database.ts'
import { UNLIMITED } from '../session.ts'
import {
  type BackupEnd,
  type BackupHeader,
  createRowCounter,
  END_OF_ROWS,
  formatComment,
  formatCopy,
  formatHeader,
  type TableFooter,
} from './backup-format.ts'
import { listTables, readSequences } from './backup-store.ts'

/** What a backup holds. */
export type BackupSummary = { readonly tables: number; readonly rows: number; readonly bytes: number }

export type BackupOptions = {
  readonly version: string
  readonly nowMs: number
  readonly secret: string | undefined
  /** Whether the secret itself goes into the file. */
  readonly withSecret: boolean
}

/**
 * Writes everything in the database to a new file that only its owner can read. All tables are read in one snapshot, so
 * the server may go on meanwhile. The rows stream through: memory does not depend on their number.
 *
 * @throws StartProblem if the file exists or cannot be written; then it is removed
 */
export async function writeBackup(
  database: Pick<Database, 'createClient'>,
  path: string,
  options: BackupOptions,
): Promise<BackupSummary> {
  const client = database.createClient(UNLIMITED)
  const end: { value?: BackupEnd } = {}
  try {
    await client.connect()
    await pipeline(
      Readable.from(dumpDatabase(client, options, end)),
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      createWriteStream(path, { flags: 'wx', mode: 0o600, flush: true }),
    )
    const { size } = await stat(path)
    return { tables: end.value?.tables ?? 0, rows: end.value?.rows ?? 0, bytes: size }
  } catch (error) {
    const { code, syscall } = error as NodeJS.ErrnoException
    if (code !== 'EEXIST') await rm(path, { force: true })
    if (syscall !== 'open' && syscall !== 'write' && syscall !== 'fsync') throw error
    throw new StartProblem(`${path} cannot be written: ${fileFault(error)}.`)
  } finally {
    await client.end().catch(() => {})
  }
}

/** Yields the text of a backup. */
async function* dumpDatabase(
  client: pg.Client,
  options: BackupOptions,
  result: { value?: BackupEnd },
): AsyncGenerator<Buffer> {
  await client.query('begin isolation level repeatable read read only')
  yield Buffer.from(formatHeader(await readHeader(client, options)))
  const footers: TableFooter[] = []
  for (const { name, columns } of await listTables(client)) {
    yield Buffer.from(formatCopy(name, columns))
    const counter = createRowCounter()
    for await (const chunk of client.query(copyTo(`copy ${name} (${columns}) to stdout`))) {
      counter.add(chunk as Buffer)
      yield chunk as Buffer
    }
    const footer: TableFooter = { table: name, rows: counter.rows, sha256: counter.digest() }
    yield Buffer.from(END_OF_ROWS + formatComment(footer))
    footers.push(footer)
  }
  await client.query('commit')
  const rows = footers.reduce((sum, footer) => sum + footer.rows, 0)
  result.value = { end: true, tables: footers.length, rows }
  yield Buffer.from(formatComment(result.value))
}

async function readHeader(client: pg.Client, options: BackupOptions): Promise<BackupHeader> {
  const { version, nowMs, secret, withSecret } = options
  const { rows: migrations } = await client.query<{ name: string; checksum: string }>(
    'select name, checksum from schema_migrations order by name',
  )
  const { rows } = await client.query<{ postgres: string }>(
    `select current_setting('server_version') as postgres`,
  )
  return {
    format: 1,
    version,
    createdAt: new Date(nowMs).toISOString(),
    postgres: rows[0]?.postgres ?? '',
    migrations,
    sequences: await readSequences(client),
    secretId: secret === undefined ? null : identifySecret(secret),
    ...(withSecret && secret !== undefined && { secret }),
  }
}

/** A short text by which two secrets can be compared. It tells nothing about a secret of random characters. */
export function identifySecret(secret: string): string {
  return createHash('sha256').update(`talktime backup ${secret}`).digest('hex').slice(0, 16)
}
