import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { startEmbedded } from '../server/src/platform/database/embedded.ts'
import { createLog } from '../server/src/platform/log.ts'

/** A PostgreSQL of the benchmarks' own: the product's embedded one, with its settings, in a temporary folder. */
export type BenchPostgres = {
  readonly folder: string
  /** A new, empty database on it; in a kept folder the one of the last run. */
  createDatabase(name: string): Promise<pg.ClientConfig>
  /** Writes everything to the disk, so that no measurement pays for the one before it. */
  settle(): Promise<void>
  stop(): Promise<void>
}

/** @param kept a folder that is left as it is afterwards, for the next run; undefined: a new one, which is removed */
export async function startBenchPostgres(kept?: string): Promise<BenchPostgres> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'talktime-bench-')))
  const postgres = await startEmbedded(folder, createLog('warn'))
  const admin = openDatabase({ ...postgres.connection, database: 'postgres' }, { connectionsMax: 1 })
  await requireDurability(admin)
  return {
    folder,
    async createDatabase(name) {
      const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
      if (rowCount === 0) await admin.query(`create database ${name}`)
      return { ...postgres.connection, database: name }
    },
    async settle() {
      await admin.query('checkpoint')
    },
    async stop() {
      await admin.close()
      await postgres.stop()
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A number measured on a database that does not wait for the disk would say nothing. */
async function requireDurability(admin: ReturnType<typeof openDatabase>): Promise<void> {
  const { rows } = await admin.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
  )
  const off = rows.filter(({ setting }) => setting !== 'on').map(({ name }) => name)
  if (off.length > 0) throw new Error(`The benchmarks need a durable PostgreSQL; off: ${off.join(', ')}`)
}

/** The address of a database as DATABASE_URL takes it. */
export function urlOf(connection: pg.ClientConfig): string {
  const { host, port, user, password, database } = connection
  return `postgresql://${user}:${encodeURIComponent(String(password))}@${host}:${port}/${database}`
}
