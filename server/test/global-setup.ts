import { mkdtemp, rm, statfs } from 'node:fs/promises'
import { freemem, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openDatabase } from '../src/platform/database/database.ts'
import { migrate } from '../src/platform/database/migrate.ts'
import { CLUSTER_USER, createCluster, startCluster } from '../src/platform/database/postgres-cluster.ts'

export type TestServer = { host: string; port: number; user: string; password: string }

declare module 'vitest' {
  export interface ProvidedContext {
    testServer: TestServer
  }
}

/** The migrated, empty database that each test file's own is a copy of. */
export const templateDatabase = 'talktime_template'

/** Memory that looks like a folder, where Linux has it. */
const memoryFolder = '/dev/shm'
const spaceMin = 2 * 1024 ** 3

/** Where the files of hundreds of databases are made and removed again the quickest. */
async function quickestFolder(): Promise<string> {
  const memory = await statfs(memoryFolder).catch(() => undefined)
  const space = memory === undefined ? 0 : memory.bavail * memory.bsize
  return space >= spaceMin && freemem() >= spaceMin ? memoryFolder : tmpdir()
}

/**
 * One real PostgreSQL for all test files, in a temporary folder. What it holds is worth nothing after a crash, so it
 * never waits for the disk.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(await quickestFolder(), 'talktime-test-'))
  // Programs that a test starts without a data folder must not write into the project's own.
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
  await admin.query(`create database ${templateDatabase}`)
  await admin.close()
  const template = openDatabase({ ...testServer, database: templateDatabase })
  await migrate(template)
  await template.close()
  project.provide('testServer', testServer)
  return async () => {
    await cluster.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
