import { access, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { ownFile } from '../data-folder.ts'
import type { Logger } from '../log.ts'
import { StartProblem } from '../start-problem.ts'
import {
  type Cluster,
  clusterUser,
  createCluster,
  setClusterPassword,
  startCluster,
} from './postgres-cluster.ts'
import { findPostmaster } from './postmaster.ts'

/**
 * Settings of the embedded PostgreSQL, handed over at every start, so that they are the same for a folder made long
 * ago. What a commit has answered is on the disk. The sizes suit a machine with 2 GB of memory or more; memory is
 * taken when it is used.
 */
const settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  fsync: 'on',
  full_page_writes: 'on',
  synchronous_commit: 'on',
  shared_buffers: '256MB',
  wal_buffers: '16MB',
  wal_compression: 'on',
  max_wal_size: '2GB',
  min_wal_size: '128MB',
  checkpoint_timeout: '15min',
  // Rows of the balance line are updated all the time: dead versions are cleared away before they pile up.
  autovacuum_naptime: '10s',
  random_page_cost: '1.1',
  // Its plans are short; compiling them costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
}

const databaseName = 'talktime'
const passwordLengthMin = 16
const logBytesMax = 10_000_000

export type EmbeddedPostgres = {
  readonly connection: pg.ClientConfig
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a data folder, made at the first start. If it ends without being asked to, it is
 * started again, on the same port. The caller holds the folder's lock.
 *
 * @throws StartProblem when it cannot be made or started
 */
export async function startEmbedded(dataFolder: string, log: Logger): Promise<EmbeddedPostgres> {
  const folder = join(dataFolder, 'postgres')
  const logFile = join(dataFolder, 'postgres.log')
  await putAsideLongLog(logFile)
  const isNew = !(await exists(folder))
  const passwordWasLost = !isNew && !(await exists(join(dataFolder, 'postgres-password')))
  const password = await ownFile(dataFolder, 'postgres-password', passwordLengthMin)
  if (isNew) await createCluster(folder, password)
  if (passwordWasLost) await setClusterPassword(folder, password)
  let cluster = await startCluster({ folder, logFile, settings })
  const connection = {
    host: '127.0.0.1',
    port: cluster.port,
    user: clusterUser,
    password,
    database: databaseName,
  }
  await ensureDatabase(connection).catch(async (error: Error) => {
    await cluster.stop()
    throw new StartProblem(`The embedded PostgreSQL in ${folder} cannot be used: ${error.message}.`)
  })

  const stopping = new AbortController()
  async function keepRunning(): Promise<void> {
    for (;;) {
      await cluster.ended
      if (stopping.signal.aborted) return
      log.error({ logFile }, 'The embedded PostgreSQL ended unexpectedly and is started again')
      cluster = await startAgain()
      log.info('The embedded PostgreSQL runs again')
      if (stopping.signal.aborted) return cluster.stop()
    }
  }
  async function startAgain(): Promise<Cluster> {
    for (;;) {
      try {
        return await startCluster({ folder, logFile, settings, port: connection.port })
      } catch (error) {
        log.error({ err: error }, 'The embedded PostgreSQL does not start; the next try is in five seconds')
        await pause(5_000, undefined, { signal: stopping.signal })
      }
    }
  }
  // It ends with an error only when it is stopped between two tries.
  const running = keepRunning().catch(() => {})
  return {
    connection,
    async stop() {
      stopping.abort()
      await cluster.stop()
      await running
    },
  }
}

/** Where the embedded PostgreSQL of a data folder answers, if one does. It is started and stopped by another process. */
export async function findEmbedded(dataFolder: string): Promise<pg.ClientConfig | undefined> {
  const postmaster = await findPostmaster(join(dataFolder, 'postgres'))
  if (!postmaster?.ready) return undefined
  const password = await ownFile(dataFolder, 'postgres-password', passwordLengthMin)
  return { host: '127.0.0.1', port: postmaster.port, user: clusterUser, password, database: databaseName }
}

async function ensureDatabase(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' })
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [databaseName])
    if (found.rowCount === 0) await client.query(`create database ${databaseName}`)
  } finally {
    await client.end()
  }
}

async function putAsideLongLog(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }))
  if (size > logBytesMax) await rename(logFile, `${logFile}.1`)
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
