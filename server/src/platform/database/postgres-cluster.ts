import { spawn } from 'node:child_process'
import { chown, mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { fileFault, StartProblem } from '../start-problem.ts'
import { postgresBinaries } from './postgres-binaries.ts'
import { asUser, postgresUser } from './postgres-user.ts'
import { findPostmaster, type Postmaster, stopPostmaster } from './postmaster.ts'

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
    await rm(draft, { recursive: true, force: true })
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

async function run({ command, args, ...user }: ReturnType<typeof asUser>): Promise<void> {
  const child = spawn(command, args, {
    ...user,
    cwd: '/',
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new StartProblem(`PostgreSQL could not be set up: ${firstComplaint(said)}`)
}

/** PostgreSQL's messages are read by this program, so they come in English; nothing of PG* settings leaks in. */
function environment(): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !/^(PG|LC_|LANG)/.test(name))
  return { ...Object.fromEntries(inherited), LC_ALL: 'C' }
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
  const leftOver = await findPostmaster(folder)
  if (leftOver) await stopPostmaster(leftOver)
  for (let attempt = 1; ; attempt++) {
    const port = attempt === 1 && options.port !== undefined ? options.port : await freePort()
    const logStart = await stat(logFile).then(
      (file) => file.size,
      () => 0,
    )
    const launched = await launch(folder, logFile, { ...settings, port: String(port) })
    const postmaster = await launched.ready
    if (postmaster)
      return { port, ended: launched.ended, stop: () => stopPostmaster(postmaster, launched.ended) }
    const said = (await readFile(logFile)).subarray(logStart).toString()
    // A port taken in the meantime, or processes of a killed PostgreSQL that have not ended yet.
    const passing = /Address already in use|shared memory block .* is still in use/.test(said)
    if (!passing || attempt === 50)
      throw new StartProblem(`PostgreSQL did not start: ${firstComplaint(said)} (${logFile})`)
    await pause(200)
  }
}

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

/**
 * PostgreSQL runs under a shell that waits on a pipe from this process. The kernel closes the pipe when this process
 * ends, even by kill -9, and the shell then asks PostgreSQL to shut down. Both are in a session of their own, so that
 * Ctrl-C reaches this process alone, which stops PostgreSQL after its last request.
 */
const guardian = `
"$@" </dev/null 3<&- &
postgres=$!
( read -r _ <&3; kill -INT $postgres ) 2>/dev/null &
watcher=$!
exec 3<&-
wait $postgres
code=$?
kill $watcher 2>/dev/null
exit $code`

async function launch(folder: string, logFile: string, settings: Record<string, string>) {
  const { postgres } = postgresBinaries()
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const shell = asUser(postgresUser(), [postgres, folder], '/bin/sh', [
    '-c',
    guardian,
    'guardian',
    postgres,
    '-D',
    folder,
    ...flags,
  ])
  const log = await open(logFile, 'a', 0o600)
  const { command, args, ...user } = shell
  const child = spawn(command, args, {
    ...user,
    cwd: '/',
    env: environment(),
    detached: true,
    stdio: ['ignore', log.fd, log.fd, 'pipe'],
  })
  await log.close()
  child.stdio[3]?.on('error', () => {})
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  })
  return { ended, ready: waitUntilReady(folder, ended) }
}

/** The running PostgreSQL once it takes connections (after a crash, once it has recovered); undefined if it ended. */
async function waitUntilReady(folder: string, ended: Promise<void>): Promise<Postmaster | undefined> {
  let over = false
  void ended.then(() => {
    over = true
  })
  while (!over) {
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
