import { readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { openDataFolder } from '../../data-folder.ts'
import type { Logger } from '../../log.ts'
import { type Database, openDatabase } from '../database.ts'
import { startEmbedded } from '../embedded.ts'
import { LONG_LIMITS } from '../session.ts'

/** A database that exists while something is looked at. */
export type ThrowawayDatabase = { readonly database: Database; remove(): Promise<void> }

const CHECK_FOLDER = /^backup-check-(\d+)$/

/**
 * Creates an empty database of its own in a folder below `parent`, with a PostgreSQL that ends with this process. Also
 * removes what a process that was killed has left there.
 */
export async function createThrowawayDatabase(parent: string, log: Logger): Promise<ThrowawayDatabase> {
  await removeLeftovers(parent)
  const folder = await openDataFolder(join(parent, `backup-check-${process.pid}`))
  const removeFolder = () => rm(folder, { recursive: true, force: true, maxRetries: 5 })
  try {
    const postgres = await startEmbedded(folder, log, { setUp: true, keep: false })
    const database = openDatabase(postgres.connection, { limits: LONG_LIMITS })
    return {
      database,
      async remove() {
        await database.close()
        await postgres.stop()
        await removeFolder()
      },
    }
  } catch (error) {
    await removeFolder()
    throw error
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const pid = Number(CHECK_FOLDER.exec(name)?.[1])
    if (pid > 0 && !isRunning(pid)) await rm(join(parent, name), { recursive: true, force: true })
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** An embedded database that is built beside its place. */
export type DraftDatabase = {
  readonly database: Database
  /** Stops it and puts it in its place, in one step. */
  keep(): Promise<void>
  discard(): Promise<void>
}

/**
 * Creates an empty embedded database for a data folder, beside its place: a process that is killed leaves nothing that
 * looks like a database. The caller holds the folder's lock.
 */
export async function createDraftDatabase(dataFolder: string, log: Logger): Promise<DraftDatabase> {
  const draft = join(dataFolder, 'restoring')
  await rm(draft, { recursive: true, force: true, maxRetries: 5 })
  const folder = await openDataFolder(draft)
  const postgres = await startEmbedded(folder, log, { setUp: true })
  const database = openDatabase(postgres.connection, { limits: LONG_LIMITS })
  let stopped: Promise<void> | undefined
  function stop(): Promise<void> {
    stopped ??= database.close().then(postgres.stop)
    return stopped
  }
  return {
    database,
    async keep() {
      await stop()
      await rename(join(folder, 'postgres-password'), join(dataFolder, 'postgres-password'))
      await rename(join(folder, 'postgres'), join(dataFolder, 'postgres'))
      await rm(folder, { recursive: true, force: true })
    },
    async discard() {
      await stop()
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}
