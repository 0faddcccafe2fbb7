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
  /** A new, empty database on it. */
  createDatabase(name: string): Promise<pg.ClientConfig>
  /** Writes everything to the disk, so that no measurement pays for the one before it. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export async function startBenchPostgres(): Promise<BenchPostgres> {
  const folder = await mkdtemp(join(tmpdir(), 'talktime-bench-'))
  const postgres = await startEmbedded(folder, createLog('warn'))
  const admin = openDatabase({ ...postgres.connection, database: 'postgres' }, { connectionsMax: 1 })
  await requireDurability(admin)
  return {
    folder,
    async createDatabase(name) {
      await admin.query(`create database ${name}`)
      return { ...postgres.connection, database: name }
    },
    async settle() {
      await admin.query('checkpoint')
    },
    async stop() {
      await admin.close()
      await postgres.stop()
      await rm(folder, { recursive: true, force: true })
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
