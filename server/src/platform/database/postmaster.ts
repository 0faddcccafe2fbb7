import { spawnSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { MINUTE_MS } from '@talktime/core/time/durations'
import { StartProblem } from '../start-problem.ts'

/** The first process of a running PostgreSQL. */
export type Postmaster = {
  readonly pid: number
  readonly folder: string
  readonly port: number
  /** Whether it accepts connections. */
  readonly ready: boolean
}

/** Finds the PostgreSQL that runs on `folder`, from its postmaster.pid. */
export async function findPostmaster(folder: string): Promise<Postmaster | undefined> {
  const lines = await readPidFile(folder)
  const pid = Number(lines?.[0])
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined
  const command = await readCommandLine(pid)
  // PostgreSQL writes the folder as its command line spelled it, which may differ from how this program spells it.
  if (command === undefined || !command.includes(lines[1] ?? folder)) return undefined
  return { pid, folder, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Stops a PostgreSQL that outlived its server, and removes the pid file of one that was killed: PostgreSQL would mistake
 * any process that has the killed one's number for a running PostgreSQL. The caller must hold the folder's lock.
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

/** How long PostgreSQL can take to write everything to the disk before it is stopped immediately. */
const FAST_STOP_MS_MAX = MINUTE_MS
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
