import { spawn } from 'node:child_process'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileFault, StartProblem } from '../start-problem.ts'
import { environment, spawnGuarded } from './guardian.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { asUser, type Command, postgresUser } from './postgres-user.ts'
import { clearPostmaster, findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts'

/** The superuser of an embedded PostgreSQL. */
export const clusterUser = 'talktime'

/**
 * Makes the files of a new PostgreSQL in `folder`, in one step: they are made beside it and renamed when they are
 * complete and on the disk, so that a start which is killed halfway leaves nothing that looks finished.
 */
export async function createCluster(folder: string, password: string): Promise<void> {
  const { initdb } = postgresBinaries()
  const user = postgresUser()
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
      `--username=${clusterUser}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
    ]
    await run(asUser(user, [initdb, draft], initdb, options))
    await rename(draft, folder)
  } catch (error) {
    await rm(draft, { recursive: true, force: true }).catch(() => {})
    if (error instanceof StartProblem) throw error
    throw new StartProblem(`PostgreSQL could not be set up in ${folder}: ${fileFault(error)}.`)
  } finally {
    await rm(passwordFile, { force: true }).catch(() => {})
  }
}

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

/** Gives the superuser of a stopped PostgreSQL another password. */
export async function setClusterPassword(folder: string, password: string): Promise<void> {
  await clearPostmaster(folder)
  const { postgres } = postgresBinaries()
  // In single-user mode PostgreSQL reads statements from its standard input and ends with it.
  const { command, args, ...user } = asUser(postgresUser(), [postgres, folder], postgres, [
    '--single',
    '-D',
    folder,
    'postgres',
  ])
  const child = spawn(command, args, {
    ...user,
    cwd: '/',
    env: environment(),
    stdio: ['pipe', 'ignore', 'pipe'],
  })
  child.stdin.on('error', () => {})
  child.stdin.end(`alter role ${clusterUser} password '${password}'\n`)
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  if (code !== 0 || /\b(ERROR|FATAL|PANIC)\b/.test(said)) {
    throw new StartProblem(
      `The database in ${folder} could not be given a new password: ${firstComplaint(said)}`,
    )
  }
}

/** The sentence in PostgreSQL's output that says what is wrong. */
function firstComplaint(said: string): string {
  const lines = said.split('\n').map((line) => line.trim())
  const complaint = /\b(PANIC|FATAL|ERROR|error|could not)\b/
  const line =
    lines.find((line) => complaint.test(line) && !/child process/.test(line)) ?? lines.find(Boolean)
  const plain = line?.replace(/^.*?\b(?:PANIC|FATAL|ERROR|error):\s*/, '').replace(/\.$/, '')
  return plain ? `${plain}.` : 'it gave no reason.'
}

export type Cluster = {
  readonly port: number
  /** Settles when PostgreSQL has ended, wanted or not. */
  readonly ended: Promise<void>
  /** Rolls back what is open, writes everything to the disk and ends. */
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL in `folder` and waits until it answers. A PostgreSQL that outlived its server there is
 * stopped first. It listens on 127.0.0.1 alone, and it ends by itself when this process dies, however it dies.
 *
 * @param settings PostgreSQL's settings by name
 * @param port undefined: a free one
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
    // A port taken in the meantime, or processes of a killed PostgreSQL that have not ended yet.
    const passing = /Address already in use|shared memory block .* is still in use/.test(said)
    if (!passing || attempt === startsMax) {
      throw new StartProblem(`PostgreSQL did not start: ${firstComplaint(said)} (${logFile})`)
    }
    await pause(200)
  }
}

const startsMax = 50

const sizeOf = (file: string) =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  )

async function checkVersion(folder: string): Promise<void> {
  const version = await readFile(join(folder, 'PG_VERSION'), 'utf8').catch((error: unknown) => {
    throw new StartProblem(`The database in ${folder} cannot be read: ${fileFault(error)}.`)
  })
  const wanted = '18'
  if (version.trim() === wanted) return
  throw new StartProblem(
    `The database in ${folder} was made by PostgreSQL ${version.trim()}; this Talktime comes with PostgreSQL ${wanted}.`,
  )
}

async function launch(folder: string, logFile: string, settings: Record<string, string>) {
  const { postgres } = postgresBinaries()
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const log = await open(logFile, 'a', 0o600).catch((error: unknown) => {
    throw new StartProblem(`The log of PostgreSQL, ${logFile}, cannot be written: ${fileFault(error)}.`)
  })
  const child = spawnGuarded(
    asUser(postgresUser(), [postgres, folder], postgres, ['-D', folder, ...flags]),
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

/** The running PostgreSQL once it takes connections (after a crash, once it has recovered); undefined if it ended. */
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
