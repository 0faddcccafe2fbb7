import { spawnSync } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { StartProblem } from '../start-problem.ts'

/** The first process of a running PostgreSQL. */
export type Postmaster = {
  readonly pid: number
  readonly folder: string
  readonly port: number
  /** Whether it takes connections yet. */
  readonly ready: boolean
}

/** The PostgreSQL that runs on `folder`, by its postmaster.pid. */
export async function findPostmaster(folder: string): Promise<Postmaster | undefined> {
  const lines = await readPidFile(folder)
  const pid = Number(lines?.[0])
  if (!lines || !Number.isInteger(pid) || pid <= 0) return undefined
  const command = await commandOf(pid)
  // PostgreSQL writes the folder as it stood in its command line, however this program spells it now.
  if (command === undefined || !command.includes(lines[1] ?? folder)) return undefined
  return { pid, folder, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' }
}

/**
 * Stops a PostgreSQL that outlived its server, and forgets one that was killed. PostgreSQL would take a process for
 * its rival that only has the number of the killed one, or is its remains. Only for the holder of the folder.
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

/** Whether a process has this number, be it one that has ended and still waits for its parent to notice. */
function isTaken(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** The command line of a process; undefined when there is no such process. */
async function commandOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const text = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    return text === '' ? undefined : text.replaceAll('\0', ' ')
  }
  const found = spawnSync('ps', ['-o', 'command=', '-p', String(pid)])
  return found.status === 0 ? found.stdout.toString().trim() : undefined
}

/** How long PostgreSQL may take to write everything to the disk before it is told to drop its work. */
const fastStopMsMax = 60_000
const immediateStopMsMax = 10_000

/**
 * Ends a PostgreSQL: open transactions are rolled back, everything is written to the disk. One that takes too long is
 * ended at once, and recovers from its log at the next start.
 *
 * @param ended settles when it is gone; without it, it is watched by its process number
 */
export async function stopPostmaster(postmaster: Postmaster, ended?: Promise<void>): Promise<void> {
  if (await signalAndWait(postmaster, 'SIGINT', fastStopMsMax, ended)) return
  if (await signalAndWait(postmaster, 'SIGQUIT', immediateStopMsMax, ended)) return
  throw new StartProblem(
    `PostgreSQL (pid ${postmaster.pid}) in ${postmaster.folder} does not stop. End it by hand.`,
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
  const patience = new AbortController()
  const late = pause(msMax, 'late', { signal: patience.signal }).catch(() => 'gone')
  const outcome = await Promise.race([ended ?? gone(postmaster, late), late])
  patience.abort()
  return outcome !== 'late'
}

async function gone(postmaster: Postmaster, late: Promise<unknown>): Promise<void> {
  let waiting = true
  void late.then(() => {
    waiting = false
  })
  while (waiting && (await findPostmaster(postmaster.folder))?.pid === postmaster.pid) await pause(20)
}
