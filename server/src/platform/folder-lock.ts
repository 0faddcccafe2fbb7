import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { dataFolderProblem } from './data-folder.ts'

/** The process that holds a data folder. */
export type Holder = {
  /** A server, whose database other processes can use, or a command of the command line. */
  readonly kind: 'server' | 'command'
  readonly pid: number
  /** The address of the server; null while it starts, and for a command. */
  readonly address: string | null
  readonly sinceMs: number
}

export type FolderLock = {
  readonly folder: string
  /** Writes down the address of this server for other processes. */
  announce(address: string): Promise<void>
  release(): Promise<void>
}

/** How often a process tries to lock a folder that no living process seems to hold. */
const ATTEMPTS_MAX = 20

/**
 * Locks the data folder for this process.
 *
 * The lock is a kernel lock, taken through SQLite on an empty file because Node.js has no API for it. The kernel releases
 * it when the process ends, however it ends. So there are no stale locks to detect, and it does not matter if the process
 * number of a dead holder now belongs to another program. `holder.json` beside it only names the holder.
 *
 * @returns the lock, or the holder of the folder (undefined if it is unknown)
 */
export async function lockFolder(
  folder: string,
  kind: Holder['kind'],
  clock: Clock,
): Promise<{ lock: FolderLock } | { holder: Holder | undefined }> {
  // Two processes that try at the same moment can both fail, and a killed holder leaves its file behind.
  for (let attempt = 1; ; attempt++) {
    const file = tryLock(folder)
    if (file)
      return {
        lock: await hold(folder, file, { kind, pid: process.pid, address: null, sinceMs: clock.now() }),
      }
    const holder = await readHolder(folder)
    if ((holder && isAlive(holder.pid)) || attempt === ATTEMPTS_MAX) return { holder }
    await pause(20 + Math.random() * 80)
  }
}

function tryLock(folder: string): DatabaseSync | undefined {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
    // The journal stays in memory, so nothing is ever written.
    file.exec('pragma journal_mode = memory; begin exclusive')
    return file
  } catch (error) {
    file?.close()
    const { errcode, message } = error as Error & { errcode?: number }
    if (errcode === SQLITE_BUSY) return undefined
    throw dataFolderProblem(folder, errcode === SQLITE_CANNOT_OPEN ? 'no file can be written in it' : message)
  }
}

const SQLITE_BUSY = 5
const SQLITE_CANNOT_OPEN = 14

/** Keeps the files open: a lock ends when its file is closed, and Node.js closes files that nothing refers to. */
const heldFiles = new Set<DatabaseSync>()

async function hold(folder: string, file: DatabaseSync, holder: Holder): Promise<FolderLock> {
  const path = join(folder, 'holder.json')
  heldFiles.add(file)
  async function write(holder: Holder): Promise<void> {
    await writeFile(`${path}.draft`, `${JSON.stringify(holder)}\n`)
    await rename(`${path}.draft`, path)
  }
  function unlock(): void {
    heldFiles.delete(file)
    file.close()
  }
  try {
    await write(holder)
  } catch (error) {
    unlock()
    throw dataFolderProblem(folder, error)
  }
  return {
    folder,
    announce: (address) => write({ ...holder, address }),
    async release() {
      await rm(path, { force: true }).catch(() => {})
      unlock()
    },
  }
}

/** Whether a process seems to hold the folder. Only {@link lockFolder} knows; unlike it, this creates nothing. */
export async function isFolderHeld(folder: string): Promise<boolean> {
  return (await readHolder(folder)) !== undefined
}

/** Reads what the holder of the folder wrote down about itself. */
async function readHolder(folder: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(join(folder, 'holder.json'), 'utf8')) as Holder
  } catch {
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
