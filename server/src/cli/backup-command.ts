import { mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { getPriority, setPriority, tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { Command } from 'commander'
import { findSecret, requireSecret, type Settings } from '../config.ts'
import type { Difference } from '../ledger/index.ts'
import { createThrowawayDatabase } from '../platform/database/backup/backup-folder.ts'
import { restoreBackup } from '../platform/database/backup/restore-backup.ts'
import { type BackupSummary, writeBackup } from '../platform/database/backup/write-backup.ts'
import { migrate } from '../platform/database/migrate.ts'
import { readOwnVersion } from '../platform/http/openapi.ts'
import type { Logger } from '../platform/log.ts'
import { fileFault, StartProblem } from '../platform/start-problem.ts'
import { print } from './print.ts'
import { verifyBooks } from './verify-books.ts'
import { describeDifference } from './verify-command.ts'
import { lookAtDatabase } from './with-database.ts'

type BackupCommandOptions = { readonly withSecret?: boolean; readonly check: boolean }

/** `talktime backup FILE` */
export function backupCommand(): Command {
  return new Command('backup')
    .description('write all data to a new file, restore it elsewhere and verify it there; servers may go on')
    .argument('<file>', 'the file to create; only its owner can read it')
    .option('--with-secret', 'put the servers’ secret into the file, which then opens everything')
    .option('--no-check', 'do not restore and verify the backup')
    .action(async (file: string, options: BackupCommandOptions) => {
      await print(await backUp(resolve(file), options))
    })
}

/** Writes a backup and checks it. The file appears when everything is done. */
async function backUp(file: string, { withSecret = false, check }: BackupCommandOptions): Promise<string> {
  lowerPriority()
  await requireFree(file)
  const draft = `${file}.draft`
  const { summary, config, log, secret } = await lookAtDatabase(async ({ database, config, log, nowMs }) => {
    const secret = withSecret ? (await requireSecret(config)).secret : await findSecret(config)
    const options = { version: await readOwnVersion(), nowMs, secret, withSecret }
    return { summary: await writeBackup(database, draft, options), config, log, secret }
  })
  try {
    if (check) await checkBackup(draft, config, log)
    await rename(draft, file).catch((error: unknown) => {
      throw new StartProblem(`${file} cannot be written: ${fileFault(error)}.`)
    })
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  if (!withSecret) console.error(describeSecret(config, secret))
  return describeBackup(file, summary, check)
}

/** How nice a backup is to a server on this machine, with the PostgreSQL in which it is checked: calls come first. */
const PRIORITY = 10

function lowerPriority(): void {
  try {
    if (getPriority() < PRIORITY) setPriority(PRIORITY)
  } catch {
    // The system does not allow it. The backup matters more.
  }
}

async function requireFree(file: string): Promise<void> {
  const found = await stat(file).catch(() => undefined)
  if (found !== undefined)
    throw new StartProblem(`${file} exists. Choose another name: a backup replaces nothing.`)
  const folder = await stat(dirname(file)).catch(() => undefined)
  if (!folder?.isDirectory()) throw new StartProblem(`There is no folder ${dirname(file)} for the backup.`)
}

/**
 * Restores the backup into a database of its own and verifies it there.
 *
 * @throws StartProblem if that fails; the backup cannot be relied on then
 */
async function checkBackup(draft: string, config: Settings, log: Logger): Promise<void> {
  const parent = await chooseCheckFolder(config)
  const { database, remove } = await createThrowawayDatabase(parent, log)
  try {
    await restoreBackup(database, draft)
    await migrate(database)
    const differences = await database.transaction(verifyBooks)
    if (differences.length > 0) throw new StartProblem(describeFailure(differences))
  } finally {
    await remove()
    if (parent !== config.dataDir) await rm(parent, { recursive: true, force: true })
  }
}

/** The data folder, whose disk has room for a database; without one, the folder for temporary files. */
async function chooseCheckFolder({ dataDir, databaseUrl }: Settings): Promise<string> {
  if (databaseUrl === undefined) return dataDir
  return mkdtemp(join(tmpdir(), 'talktime-backup-'))
}

const DIFFERENCES_SHOWN = 20

function describeFailure(differences: readonly Difference[]): string {
  const lines = differences.slice(0, DIFFERENCES_SHOWN).map(describeDifference)
  return [
    ...lines,
    `The restored backup has ${differences.length} differences, so no backup was kept. If "talktime verify" lists ` +
      'the same, they are in the database; "--no-check" backs it up as it is.',
  ].join('\n')
}

function describeSecret({ secret: named, dataDir }: Settings, secret: string | undefined): string {
  const place = named !== undefined ? 'TALKTIME_SECRET' : join(dataDir, 'secret')
  return secret === undefined
    ? 'The backup does not contain the servers’ secret. Keep a copy of it elsewhere: without it, keys and webhook secrets in the backup cannot be read.'
    : `The backup does not contain the servers’ secret (${place}). Keep a copy of it elsewhere: without it, keys and webhook secrets in the backup cannot be read.`
}

function describeBackup(file: string, { tables, rows, bytes }: BackupSummary, check: boolean): string {
  const size = `${(bytes / 1_000_000).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`
  const what = `Backed up ${rows.toLocaleString('en-US')} rows of ${tables} tables to ${file} (${size})`
  return check ? `${what}, restored them elsewhere and verified them: everything adds up.` : `${what}.`
}
