import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import type { Clock } from './clock.ts'
import { dataFolderProblem } from './data-folder.ts'

/** Who holds a data folder. */
export type Holder = {
  /** A server, which others may use the database of, or a command of the command line. */
  readonly kind: 'server' | 'command'
  readonly pid: number
  /** Where the server answers; null while it starts, and for a command. */
  readonly address: string | null
  readonly sinceMs: number
}

export type FolderLock = {
  readonly folder: string
  /** Tells others where this server answers. */
  announce(address: string): Promise<void>
  release(): Promise<void>
}

/**
 * Takes the data folder for this process alone.
 *
 * The lock is one of the kernel's, taken through SQLite on an empty file, because Node.js offers no other: the
 * kernel lets go of it when its process ends, however it ends. So there are no stale locks to find out and take
 * over, and a process number that now belongs to another program misleads nobody. `holder.json` beside it only
 * says who it is.
 *
 * @returns the lock, or who holds the folder (undefined when that cannot be found out)
 */
export async function lockFolder(
  folder: string,
  kind: Holder['kind'],
  clock: Clock,
): Promise<{ lock: FolderLock } | { holder: Holder | undefined }> {
  // Two processes that try at the same moment may both be turned away; a killed holder's file may still be there.
  const tries = 20
  for (let attempt = 1; ; attempt++) {
    const file = tryLock(folder)
    if (file)
      return {
        lock: await hold(folder, file, { kind, pid: process.pid, address: null, sinceMs: clock.now() }),
      }
    const holder = await readHolder(folder)
    if ((holder && isAlive(holder.pid)) || attempt === tries) return { holder }
    await pause(20 + Math.random() * 80)
  }
}

function tryLock(folder: string): DatabaseSync | undefined {
  let file: DatabaseSync | undefined
  try {
    file = new DatabaseSync(join(folder, 'lock'), { timeout: 0 })
    // The journal stays in memory: nothing is ever written.
    file.exec('pragma journal_mode = memory; begin exclusive')
    return file
  } catch (error) {
    file?.close()
    const { errcode, message } = error as Error & { errcode?: number }
    if (errcode === sqliteBusy) return undefined
    throw dataFolderProblem(folder, errcode === sqliteCannotOpen ? 'no file can be written in it' : message)
  }
}

const sqliteBusy = 5
const sqliteCannotOpen = 14

/** A lock ends when its file is closed, which Node.js does by itself to files that nobody refers to. */
const heldFiles = new Set<DatabaseSync>()

async function hold(folder: string, file: DatabaseSync, holder: Holder): Promise<FolderLock> {
  const path = join(folder, 'holder.json')
  heldFiles.add(file)
  async function write(holder: Holder): Promise<void> {
    await writeFile(`${path}.draft`, `${JSON.stringify(holder)}\n`)
    await rename(`${path}.draft`, path)
  }
  function letGo(): void {
    heldFiles.delete(file)
    file.close()
  }
  try {
    await write(holder)
  } catch (error) {
    letGo()
    throw dataFolderProblem(folder, error)
  }
  return {
    folder,
    announce: (address) => write({ ...holder, address }),
    async release() {
      await rm(path, { force: true }).catch(() => {})
      letGo()
    },
  }
}

/** What the holder of the folder says about itself. */
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
