import { spawnSync } from 'node:child_process'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StartProblem } from '../start-problem.ts'

/** The first process of a running PostgreSQL. */
export type Postmaster = {
  readonly pid: number
  readonly folder: string
  readonly port: number
  /** Whether it accepts connections. */
  readonly ready: boolean
}

/**
 * Finds the PostgreSQL that runs on `folder`, from its postmaster.pid. A copy of a folder has a postmaster.pid too, which
 * names the PostgreSQL of the original: that one does not count.
 *
 * @throws StartProblem if the system does not say on which folder the named process works
 */
export async function findPostmaster(folder: string): Promise<Postmaster | undefined> {
  const lines = await readPidFile(folder)
  const pid = Number(lines?.[0])
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined
  if (!(await worksOn(pid, folder, lines[1] ?? ''))) return undefined
  return { pid, folder, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Whether a process is the PostgreSQL of `folder`.
 *
 * @param named the folder in the pid file, as the command line of the PostgreSQL that wrote it spelled it
 */
async function worksOn(pid: number, folder: string, named: string): Promise<boolean> {
  const command = await readCommandLine(pid)
  if (command === undefined || !command.includes('postgres')) return false
  const here = await identify(folder)
  // PostgreSQL works in its data folder, wherever that was moved. Containers may not let this process look.
  const workingFolder = await identify(`/proc/${pid}/cwd`)
  if (workingFolder !== undefined) return workingFolder === here
  if (!command.includes(named)) return false
  const there = await identify(named)
  if (there === here) return true
  if (there !== undefined) return false
  throw new StartProblem(
    `${pidFile(folder)} names a PostgreSQL (pid ${pid}) of the folder ${named}, which does not exist. ` +
      'If that process works on this folder, end it; if this folder is a copy, remove the file. Then start again.',
  )
}

/** Identifies a folder by its place on the disk, whatever its path. Undefined if it cannot be looked at. */
async function identify(path: string): Promise<string | undefined> {
  return stat(path).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  )
}

/**
 * Stops a PostgreSQL that outlived its server, and removes a pid file that names another process: of a PostgreSQL that was
 * killed, or of the original of a copied folder. PostgreSQL would take that process for one that works on this folder. The
 * caller must hold the folder's lock.
 */
export async function clearPostmaster(folder: string): Promise<void> {
  const running = await findPostmaster(folder)
  if (running) return stopPostmaster(running)
  const pid = Number((await readPidFile(folder))?.[0])
  if (pid > 0 && isTaken(pid)) await rm(pidFile(folder), { force: true })
}

const pidFile = (folder: string) => join(folder, 'postmaster.pid')

const readPidFile = (folder: string) =>
  readFile(pidFile(folder), 'utf8').then(
    (text) => text.split('\n'),
    () => undefined,
  )

/** Whether a process has this number, including one that has ended and waits for its parent to collect it. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Reads the command line of a process. Undefined if there is no such process. */
async function readCommandLine(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return text === '' ? undefined : text.replaceAll('\0', ' ')
  }
  const found = spawnSync('ps', ['-o', 'command=', '-p', String(pid)])
  return found.status === 0 ? found.stdout.toString().trim() : undefined
}

/**
 * How long PostgreSQL can take to write everything to the disk before it is stopped immediately: less than a supervisor
 * waits for the whole stop. On a full disk PostgreSQL tries in vain until then.
 */
const FAST_STOP_MS_MAX = 15_000
const IMMEDIATE_STOP_MS_MAX = 10_000

/**
 * Stops a PostgreSQL: open transactions are rolled back and everything is written to the disk. If that takes too long, it
 * is stopped immediately, and recovers from its log at the next start.
 *
 * @param ended resolves when it has ended; without it, its process number is watched
 * @throws StartProblem if it does not stop
 */
export async function stopPostmaster(postmaster: Postmaster, ended?: Promise<void>): Promise<void> {
  if (await signalAndWait(postmaster, 'SIGINT', FAST_STOP_MS_MAX, ended)) return
  if (await signalAndWait(postmaster, 'SIGQUIT', IMMEDIATE_STOP_MS_MAX, ended)) return
  throw new StartProblem(
    `PostgreSQL (pid ${postmaster.pid}) in ${postmaster.folder} does not stop. End it manually.`,
  )
}

async function signalAndWait(
  postmaster: Postmaster,
  signal: NodeJS.Signals,
  msMax: number,
  ended: Promise<void> | undefined,
): Promise<boolean> {
  try {
    process.kill(postmaster.pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return true
    throw new StartProblem(`PostgreSQL (pid ${postmaster.pid}) in ${postmaster.folder} runs as another user.`)
  }
  const timeout = new AbortController()
  const late = pause(msMax, 'late', { signal: timeout.signal }).catch(() => 'gone')
  const outcome = await Promise.race([ended ?? waitUntilGone(postmaster, late), late])
  timeout.abort()
  return outcome !== 'late'
}

/** Resolves when the process has ended, or when `late` settles. */
async function waitUntilGone(postmaster: Postmaster, late: Promise<unknown>): Promise<void> {
  let waiting = true
  void late.then(() => {
    waiting = false
  })
  while (waiting && (await findPostmaster(postmaster.folder))?.pid === postmaster.pid) await pause(20)
}
