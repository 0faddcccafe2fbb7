import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileFault, StartProblem } from '../start-problem.ts'
import { spawnGuarded } from './guardian.ts'
import { findPostgresBinaries } from './postgres-binaries.ts'
import { type Command, commandAsUser, findPostgresUser } from './postgres-user.ts'
import { clearPostmaster, findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts'

/** The superuser of the embedded PostgreSQL, under whom its files are created. The server does not connect as this role. */
export const CLUSTER_USER = 'talktime'

/**
 * Creates the files of a new PostgreSQL in `folder` in one step: they are created beside it, and renamed when they are
 * complete and on the disk. A start that is killed halfway leaves nothing that looks complete.
 *
 * @throws StartProblem if PostgreSQL cannot be set up
 */
export async function createCluster(folder: string, password: string): Promise<void> {
  const { initdb } = findPostgresBinaries()
  const user = findPostgresUser()
  const draft = `${folder}.draft`
  const passwordFile = `${folder}.draft-password`
  try {
    await rm(draft, { recursive: true, force: true, maxRetries: 10 })
    await mkdir(draft, { mode: 0o700 })
    await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
    if (user) {
      await chown(draft, user.uid, user.gid)
      await chown(passwordFile, user.uid, user.gid)
    }
    const options = [
      `--pgdata=${draft}`,
      `--username=${CLUSTER_USER}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]
    await run(commandAsUser(user, [initdb, draft], initdb, options))
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    if (error instanceof StartProblem) throw error
    throw new StartProblem(`PostgreSQL could not be set up in ${folder}: ${fileFault(error)}.`)
  } finally {
    await rm(passwordFile, { force: true }).catch(() => {})
  }
}

/** Runs a program to its end. Throws StartProblem if it fails. */
async function run(command: Command): Promise<void> {
  const child = spawnGuarded(command, 'pipe')
  let said = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new StartProblem(`PostgreSQL could not be set up: ${firstComplaint(said)}`)
}

/** Extracts the sentence in PostgreSQL's output that says what is wrong. */
export function firstComplaint(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const complaint = /\b(PANIC|FATAL|ERROR|error|could not)\b/
  const line =
    lines.find((line) => complaint.test(line) && !/child process/.test(line)) ?? lines.find(Boolean)
  const plain = line?.replace(/^.*?\b(?:PANIC|FATAL|ERROR|error):\s*/, '').replace(/\.$/, '')
  return plain ? `${plain}.` : 'it gave no reason.'
}

export type Cluster = {
  readonly port: number
  /** Resolves when PostgreSQL has ended, whether or not it was stopped. */
  readonly ended: Promise<void>
  /** Rolls back open transactions, writes everything to the disk and ends PostgreSQL. */
  stop(): Promise<void>
}

const ATTEMPTS_MAX = 50
const RETRY_MS = 200
const POSTGRES_VERSION = '18'

/**
 * Starts the PostgreSQL in `folder` and waits until it accepts connections. A PostgreSQL that outlived its server is
 * stopped first. PostgreSQL ends when this process ends, however it ends.
 *
 * @param options.settings PostgreSQL's settings by name
 * @param options.port undefined: a free port
 * @throws StartProblem if PostgreSQL does not start
 */
export async function startCluster(options: {
  folder: string
  logFile: string
  settings: Readonly<Record<string, string>>
  port?: number | undefined
}): Promise<Cluster> {
  const { folder, logFile, settings } = options
  await checkVersion(folder)
  await clearPostmaster(folder)
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort())
    const logStart = await sizeOf(logFile)
    const { state, ended } = await launch(folder, logFile, { ...settings, port: String(port) })
    const postmaster = await waitUntilReady(folder, state)
    if (postmaster) {
      return { port, ended, stop: async () => (state.over ? undefined : stopPostmaster(postmaster, ended)) }
    }
    const said = (await readFile(logFile)).subarray(logStart).toString()
    // The port was taken in the meantime, or processes of a killed PostgreSQL have not ended yet.
    const isTransient = /Address already in use|shared memory block .* is still in use/.test(said)
    if (!isTransient || attempt === ATTEMPTS_MAX) {
      throw new StartProblem(`PostgreSQL did not start: ${firstComplaint(said)} (${logFile})`)
    }
    await pause(RETRY_MS)
  }
}

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

/** Throws StartProblem unless the files were created by this version of PostgreSQL. */
async function checkVersion(folder: string): Promise<void> {
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw new StartProblem(`The database in ${folder} cannot be read: ${fileFault(error)}.`)
  })
  if (version.trim() === POSTGRES_VERSION) return
  throw new StartProblem(
    `The database in ${folder} was created by PostgreSQL ${version.trim()}; this Talktime comes with PostgreSQL ${POSTGRES_VERSION}.`,
  )
}

/** Starts PostgreSQL's first process. */
async function launch(folder: string, logFile: string, settings: Record<string, string>) {
  const { postgres } = findPostgresBinaries()
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(logFile, 'a', 0o600).catch((error: unknown) => {
    throw new StartProblem(`The log of PostgreSQL, ${logFile}, cannot be written: ${fileFault(error)}.`)
  })
  const child = spawnGuarded(
    commandAsUser(findPostgresUser(), [postgres, folder], postgres, ['-D', folder, ...flags]),
    log.fd,
  )
  await log.close()
  const state = { over: false }
  const ended = new Promise<void>((resolve) => {
    child.once('error', resolve)
    child.once('exit', resolve)
  }).then(() => {
    state.over = true
  })
  return { state, ended }
}

/** Waits until PostgreSQL accepts connections; after a crash, it recovers first. Undefined if it has ended. */
async function waitUntilReady(
  folder: string,
  state: { readonly over: boolean },
): Promise<Postmaster | undefined> {
  while (!state.over) {
    const postmaster = await findPostmaster(folder)
    if (postmaster?.ready) return postmaster
    await pause(20)
  }
  return undefined
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      )
    })
  })
}
