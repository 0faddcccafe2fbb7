import { access, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { readOrCreateSecret } from '../data-folder.ts'
import type { Logger } from '../log.ts'
import { StartProblem } from '../start-problem.ts'
import {
  CLUSTER_USER,
  type Cluster,
  createCluster,
  setClusterPassword,
  startCluster,
} from './postgres-cluster.ts'
import { findPostmaster } from './postmaster.ts'

/**
 * The settings of the embedded PostgreSQL. They are passed at every start, so they apply to old data folders too. A
 * transaction is on the disk when its commit returns. The sizes suit a machine with at least 2 GB of memory; memory is
 * allocated when it is used.
 */
const SETTINGS = {
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
  // Some rows are updated all the time. Their dead versions must be removed before they pile up.
  autovacuum_naptime: '10s',
  random_page_cost: '1.1',
  // Query plans are small, so compiling them costs more than it saves.
  jit: 'off',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_line_prefix: '%m [%p] ',
  log_checkpoints: 'off',
}

const DATABASE_NAME = 'talktime'
const PASSWORD_LENGTH_MIN = 16
const LOG_BYTES_MAX = 10_000_000
/** How long to wait before PostgreSQL is started again after a failed start. */
const RESTART_MS = 5_000

export type EmbeddedPostgres = {
  readonly connection: pg.ClientConfig
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a data folder, and creates it at the first start. If it ends unexpectedly, it is
 * started again on the same port. The caller must hold the folder's lock.
 *
 * @throws StartProblem if it cannot be created or started
 */
export async function startEmbedded(dataFolder: string, log: Logger): Promise<EmbeddedPostgres> {
  const folder = join(dataFolder, 'postgres')
  const logFile = join(dataFolder, 'postgres.log')
  await rotateLog(logFile)
  const isNew = !(await exists(folder))
  const passwordWasLost = !isNew && !(await exists(join(dataFolder, 'postgres-password')))
  const password = await readOrCreateSecret(dataFolder, 'postgres-password', PASSWORD_LENGTH_MIN)
  if (isNew) await createCluster(folder, password)
  if (passwordWasLost) await setClusterPassword(folder, password)
  let cluster = await startCluster({ folder, logFile, settings: SETTINGS })
  const connection = {
    host: '127.0.0.1',
    port: cluster.port,
    user: CLUSTER_USER,
    password,
    database: DATABASE_NAME,
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
      log.error({ logFile }, 'The embedded PostgreSQL ended unexpectedly; restarting it')
      cluster = await restart()
      log.info('The embedded PostgreSQL is running again')
      if (stopping.signal.aborted) return cluster.stop()
    }
  }
  async function restart(): Promise<Cluster> {
    for (;;) {
      try {
        return await startCluster({ folder, logFile, settings: SETTINGS, port: connection.port })
      } catch (error) {
        log.error({ err: error }, 'The embedded PostgreSQL did not start; retrying in five seconds')
        await pause(RESTART_MS, undefined, { signal: stopping.signal })
      }
    }
  }
  // It fails only if it is stopped between two attempts to restart.
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

/** Finds the embedded PostgreSQL of a data folder that another process runs. Undefined if none accepts connections. */
export async function findEmbedded(dataFolder: string): Promise<pg.ClientConfig | undefined> {
  const postmaster = await findPostmaster(join(dataFolder, 'postgres'))
  if (!postmaster?.ready) return undefined
  const password = await readOrCreateSecret(dataFolder, 'postgres-password', PASSWORD_LENGTH_MIN)
  return { host: '127.0.0.1', port: postmaster.port, user: CLUSTER_USER, password, database: DATABASE_NAME }
}

/** Creates Talktime's database if it does not exist. */
async function ensureDatabase(connection: pg.ClientConfig): Promise<void> {
  const client = new pg.Client({ ...connection, database: 'postgres' })
  await client.connect()
  try {
    const found = await client.query('select from pg_database where datname = $1', [DATABASE_NAME])
    if (found.rowCount === 0) await client.query(`create database ${DATABASE_NAME}`)
  } finally {
    await client.end()
  }
}

/** Renames the log if it has become long, so that a new one begins. */
async function rotateLog(logFile: string): Promise<void> {
  const { size } = await stat(logFile).catch(() => ({ size: 0 }))
  if (size > LOG_BYTES_MAX) await rename(logFile, `${logFile}.1`)
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  )
