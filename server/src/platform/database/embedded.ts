import { randomBytes } from 'node:crypto'
import { access, rename, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import pg from 'pg'
import { missingDataProblem, readOrCreateSecret, readSecret, requireDataFolder } from '../data-folder.ts'
import type { Logger } from '../log.ts'
import { StartProblem } from '../start-problem.ts'
import { type Cluster, createCluster, startCluster } from './postgres-cluster.ts'
import { APP_ROLE, DATABASE_NAME, prepareRoles } from './postgres-roles.ts'
import { findPostmaster } from './postmaster.ts'

/**
 * The settings of the embedded PostgreSQL. They are passed at every start, so they apply to old data folders too. A
 * transaction is on the disk when its commit returns. The sizes suit a machine with at least 2 GB of memory; memory is
 * allocated when it is used.
 */
export const EMBEDDED_SETTINGS = {
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

const THROWAWAY_SETTINGS = {
  ...EMBEDDED_SETTINGS,
  fsync: 'off',
  full_page_writes: 'off',
  synchronous_commit: 'off',
  shared_buffers: '64MB',
  max_wal_size: '256MB',
  autovacuum: 'off',
}

const PASSWORD_FILE = 'postgres-password'
const PASSWORD_LENGTH_MIN = 16
const LOG_BYTES_MAX = 10_000_000
/** How long to wait before PostgreSQL is started again after a failed start. */
const RESTART_MS = 5_000

export type EmbeddedPostgres = {
  readonly connection: pg.ClientConfig
  stop(): Promise<void>
}

/**
 * Starts the embedded PostgreSQL of a data folder. If it ends unexpectedly, it is started again on the same port. The
 * caller must hold the folder's lock.
 *
 * @param options.keep false: for data that is thrown away afterwards, which need not survive a crash
 * @param options.setUp whether to create what is missing: the files, and the roles that an older version did not have
 * @throws StartProblem if it cannot be created or started
 */
export async function startEmbedded(
  dataFolder: string,
  log: Logger,
  { setUp, keep = true }: { readonly setUp: boolean; readonly keep?: boolean },
): Promise<EmbeddedPostgres> {
  const folder = join(dataFolder, 'postgres')
  const logFile = join(dataFolder, 'postgres.log')
  const settings = keep ? EMBEDDED_SETTINGS : THROWAWAY_SETTINGS
  await rotateLog(logFile)
  if (!setUp) await requireCluster(dataFolder)
  const password = setUp
    ? await readOrCreateSecret(dataFolder, PASSWORD_FILE, PASSWORD_LENGTH_MIN)
    : await requirePassword(dataFolder)
  if (setUp && !(await hasCluster(dataFolder))) {
    await createCluster(folder, randomBytes(32).toString('base64url'))
    await prepareRoles(folder, password)
  }
  let cluster = await startCluster({ folder, logFile, settings })
  const connection = createConnection(cluster.port, password)
  let refusal = await tryToConnect(connection)
  // The password was lost, a set-up was interrupted, or an older version created the files.
  if (refusal !== undefined && setUp && REFUSED_ROLE_CODES.has(refusal.code ?? '')) {
    await cluster.stop()
    await prepareRoles(folder, password)
    cluster = await startCluster({ folder, logFile, settings, port: cluster.port })
    refusal = await tryToConnect(connection)
  }
  if (refusal !== undefined) {
    await cluster.stop()
    throw describeRefusal(folder, refusal)
  }

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
        return await startCluster({ folder, logFile, settings, port: connection.port })
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
  const password = await readSecret(dataFolder, PASSWORD_FILE, PASSWORD_LENGTH_MIN)
  return password === undefined ? undefined : createConnection(postmaster.port, password)
}

/** Whether the data folder holds a database. */
export const hasCluster = (dataFolder: string): Promise<boolean> => exists(join(dataFolder, 'postgres'))

/** Throws StartProblem unless the data folder holds a database. */
export async function requireCluster(dataFolder: string): Promise<void> {
  await requireDataFolder(dataFolder)
  if (await hasCluster(dataFolder)) return
  throw missingDataProblem(`no database in the data folder ${dataFolder}`)
}

async function requirePassword(dataFolder: string): Promise<string> {
  const password = await readSecret(dataFolder, PASSWORD_FILE, PASSWORD_LENGTH_MIN)
  if (password !== undefined) return password
  throw new StartProblem(
    `${join(dataFolder, PASSWORD_FILE)} is missing. Start the server once: it makes another.`,
  )
}

function createConnection(port: number, password: string): pg.ClientConfig {
  return { host: '127.0.0.1', port, user: APP_ROLE, password, database: DATABASE_NAME }
}

/** Codes of PostgreSQL for a role that may not connect, and for a database that does not exist. */
const REFUSED_ROLE_CODES = new Set(['28P01', '28000', '3D000', '42501'])

/** Connects once. Returns why that failed. */
async function tryToConnect(connection: pg.ClientConfig): Promise<(Error & { code?: string }) | undefined> {
  const client = new pg.Client(connection)
  client.on('error', () => {})
  try {
    await client.connect()
    return undefined
  } catch (error) {
    return error as Error
  } finally {
    await client.end().catch(() => {})
  }
}

function describeRefusal(folder: string, { code, message }: Error & { code?: string }): StartProblem {
  const remedy = REFUSED_ROLE_CODES.has(code ?? '')
    ? ' Start the server once: it sets up the roles, which an older version did not have.'
    : ''
  return new StartProblem(`The embedded PostgreSQL in ${folder} cannot be used: ${message}.${remedy}`)
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
