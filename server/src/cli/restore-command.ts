import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Command } from 'commander'
import { findSecret, readSettings, SECRET_FILE, type Settings } from '../config.ts'
import type { Difference } from '../ledger/index.ts'
import { createDraftDatabase } from '../platform/database/backup/backup-folder.ts'
import {
  type RestoredBackup,
  readBackupHeader,
  restoreBackup,
} from '../platform/database/backup/restore-backup.ts'
import { identifySecret } from '../platform/database/backup/write-backup.ts'
import { openUrl, takeEmptyDataFolder } from '../platform/database/connect.ts'
import type { Database } from '../platform/database/database.ts'
import { migrate } from '../platform/database/migrate.ts'
import { createLog } from '../platform/log.ts'
import { print } from './print.ts'
import { verifyBooks } from './verify-books.ts'
import { describeDifference } from './verify-command.ts'

/** `talktime restore FILE` */
export function restoreCommand(): Command {
  return new Command('restore')
    .description('restore a backup into a new data folder, or into the empty database of DATABASE_URL')
    .argument('<file>', 'a file that the command backup has written')
    .action(async (file: string) => {
      const settings = readSettings()
      const path = resolve(file)
      await readBackupHeader(path)
      const restored =
        settings.databaseUrl === undefined
          ? await restoreEmbedded(settings, path)
          : await restoreExternal(settings.databaseUrl, path)
      for (const difference of restored.differences) await print(describeDifference(difference))
      console.error(await keepSecret(settings, restored))
      await print(describeRestored(restored))
      if (restored.differences.length > 0) process.exitCode = 1
    })
}

type Restored = RestoredBackup & { readonly differences: readonly Difference[] }

/** Restores into a database that gets its place in the data folder when it is complete. */
async function restoreEmbedded(settings: Settings, path: string): Promise<Restored> {
  const lock = await takeEmptyDataFolder(settings.dataDir)
  try {
    const draft = await createDraftDatabase(lock.folder, createLog(settings.logLevel))
    try {
      const restored = await restoreAndVerify(draft.database, path)
      await draft.keep()
      return restored
    } catch (error) {
      await draft.discard()
      throw error
    }
  } finally {
    await lock.release()
  }
}

async function restoreExternal(databaseUrl: string, path: string): Promise<Restored> {
  const database = await openUrl(databaseUrl, 'change')
  try {
    return await restoreAndVerify(database, path)
  } finally {
    await database.close()
  }
}

/** Restores a backup, brings it to this version's schema and verifies it. */
async function restoreAndVerify(database: Database, path: string): Promise<Restored> {
  const restored = await restoreBackup(database, path)
  await migrate(database)
  return { ...restored, differences: await database.transaction(verifyBooks) }
}

/** Writes the secret of the backup into the data folder, if it has one and none is there. Returns what to do about it. */
async function keepSecret(settings: Settings, { header }: RestoredBackup): Promise<string> {
  const present = await findSecret(settings)
  const file = join(settings.dataDir, SECRET_FILE)
  if (present === undefined && header.secret !== undefined) {
    await writeFile(file, `${header.secret}\n`, { mode: 0o600, flag: 'wx', flush: true })
    return `The servers’ secret was restored into ${file}.`
  }
  if (header.secretId === null) return 'The backup does not say which secret its servers had.'
  if (present !== undefined && identifySecret(present) === header.secretId) {
    return 'The servers’ secret is the one of the backup.'
  }
  const where = settings.databaseUrl === undefined ? `in ${file} or in TALKTIME_SECRET` : 'in TALKTIME_SECRET'
  return (
    `The servers’ secret is not ${present === undefined ? 'there' : 'the one of the backup'}. Put the secret of the backed-up servers ${where} ` +
    'before you start: without it, keys and webhook secrets cannot be read, and everybody must sign in again.'
  )
}

function describeRestored({ tables, rows, header, differences }: Restored): string {
  const what = `Restored ${rows.toLocaleString('en-US')} rows of ${tables} tables as of ${header.createdAt}`
  if (differences.length === 0) return `${what} and verified them: everything adds up.`
  return `${what}; ${differences.length} ${differences.length === 1 ? 'difference was' : 'differences were'} found.`
}
