import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { CLUSTER_USER, createCluster, startCluster } from '../src/platform/database/postgres-cluster.ts'
import { fastestFolder } from './temporary-folder.ts'

export type TestServer = { host: string; port: number; user: string; password: string }

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

/** The migrated, empty database from which each test file's own database is copied. */
export const TEMPLATE_DATABASE = 'talktime_template'

/**
 * Starts the one real PostgreSQL that all test files share, in a temporary folder. Its data need not survive a crash,
 * so it never waits for the disk. Returns what stops it and removes the folder.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await fastestFolder(), 'talktime-test-'))
  // A program that a test starts without naming a data folder must not write into the project's own.
  process.env.TALKTIME_DATA_DIR = join(folder, 'data')
  const password = 'for tests alone'
  await createCluster(join(folder, 'postgres'), password)
  const cluster = await startCluster({
    folder: join(folder, 'postgres'),
    logFile: join(folder, 'postgres.log'),
    settings: {
      listen_addresses: '127.0.0.1',
      unix_socket_directories: '',
      max_connections: '300',
      shared_buffers: '128MB',
      fsync: 'off',
      synchronous_commit: 'off',
      full_page_writes: 'off',
      max_wal_size: '256MB',
      autovacuum: 'off',
    },
  })
  const testServer = { host: '127.0.0.1', port: cluster.port, user: CLUSTER_USER, password }
  const admin = openDatabase({ ...testServer, database: 'postgres' })
  await admin.query(`create database ${TEMPLATE_DATABASE}`)
  await admin.close()
  const template = openDatabase({ ...testServer, database: TEMPLATE_DATABASE })
  await migrate(template)
  await template.close()
  project.provide('testServer', testServer)
  return async () => {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
