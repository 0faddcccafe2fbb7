import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type pg from 'pg'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { EMBEDDED_SETTINGS } from '../server/src/platform/database/embedded.ts'
import {
  CLUSTER_USER,
  createCluster,
  startCluster,
} from '../server/src/platform/database/postgres-cluster.ts'
import { LONG_LIMITS } from '../server/src/platform/database/session.ts'

/** A PostgreSQL for the benchmarks: the product's embedded one with its settings, in a temporary folder. */
export type BenchPostgres = {
  readonly folder: string
  /** Creates an empty database. In a kept folder, the database of the last run is used again. */
  createDatabase(name: string): Promise<pg.ClientConfig>
  /** Writes everything to the disk, so that no measurement pays for the one before it. */
  checkpoint(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a PostgreSQL. Throws unless it is durable.
 *
 * @param kept a folder that is kept for the next run. By default a temporary folder, which is removed afterwards
 */
export async function startBenchPostgres(kept?: string): Promise<BenchPostgres> {
  const folder = kept ?? (await mkdtemp(join(tmpdir(), 'talktime-bench-')))
  const files = join(folder, 'postgres')
  const password = 'for measurements alone'
  if (!existsSync(files)) await createCluster(files, password)
  const logFile = join(folder, 'postgres.log')
  const cluster = await startCluster({ folder: files, logFile, settings: EMBEDDED_SETTINGS })
  const connection = { host: '127.0.0.1', port: cluster.port, user: CLUSTER_USER, password }
  const admin = openDatabase(
    { ...connection, database: 'postgres' },
    { connectionsMax: 1, limits: LONG_LIMITS },
  )
  await requireDurability(admin)
  return {
    folder,
    async createDatabase(name) {
      const { rowCount } = await admin.query('select from pg_database where datname = $1', [name])
      if (rowCount === 0) await admin.query(`create database ${name}`)
      return { ...connection, database: name }
    },
    async checkpoint() {
      await admin.query('checkpoint')
    },
    async stop() {
      await admin.close()
      await cluster.stop()
      if (kept === undefined) await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Numbers from a database that does not wait for the disk would mean nothing. */
async function requireDurability(admin: ReturnType<typeof openDatabase>): Promise<void> {
  const { rows } = await admin.query<{ name: string; setting: string }>(
    `select name, setting from pg_settings where name in ('fsync', 'synchronous_commit', 'full_page_writes')`,
  )
  const off = rows.filter(({ setting }) => setting !== 'on').map(({ name }) => name)
  if (off.length > 0) throw new Error(`The benchmarks need a durable PostgreSQL; off: ${off.join(', ')}`)
}

/** Formats the address of a database as DATABASE_URL expects it. */
export function formatDatabaseUrl(connection: pg.ClientConfig): string {
  const { host, port, user, password, database } = connection
  return `postgresql://${user}:${encodeURIComponent(String(password))}@${host}:${port}/${database}`
}
