import { readdir, statfs } from 'node:fs/promises'
import type { Clock } from './clock.ts'
import type { Database, Queryable } from './database/database.ts'
import { findDatabaseFault } from './database/database-fault.ts'
import { readAppliedMigrations } from './database/migration-store.ts'
import { acceptsWrites } from './database/probe-write.ts'
import type { ReadinessCheck } from './http/health.ts'

const UNREACHABLE = 'The database cannot be reached.'

/** With less than this free, PostgreSQL cannot write the next pieces of its log. */
const DISK_FREE_BYTES_MIN = 32 * 1024 * 1024

export type ReadinessDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly migrationsFolder: string
  /** The folder of the embedded PostgreSQL. Undefined: the database is elsewhere, and watches its own disk. */
  readonly postgresFolder?: string | undefined
}

/** Creates the checks of a server: each asks what calls use, in the way calls use it. */
export async function createReadinessChecks(deps: ReadinessDeps): Promise<ReadinessCheck[]> {
  const { database, clock, migrationsFolder, postgresFolder } = deps
  const { link } = database
  const listMissing = await createMigrationCheck(database.urgent, migrationsFolder)
  const checks: ReadinessCheck[] = [
    {
      name: 'pool',
      whenLate: 'The database does not answer, or all connections to it are in use.',
      findFault: () => sentenceOf(() => database.urgent.query('select')),
    },
    {
      name: 'migrations',
      whenLate: 'The migrations of the database cannot be read.',
      async findFault() {
        const missing = await listMissing().catch(() => [])
        return missing.length > 0 ? `The database still lacks ${missing.join(', ')}.` : undefined
      },
    },
    {
      name: 'writes',
      whenLate: 'The database does not confirm that it has written to its disk.',
      findFault: () => sentenceOf(() => acceptsWrites(database.urgent)),
    },
    {
      name: 'pipelines',
      whenLate: 'A connection on which calls are decided does not answer.',
      findFault: () => sentenceOf(() => Promise.all([...link.answering].map((answers) => answers()))),
    },
    { name: 'clock', whenLate: '', findFault: async () => clock.findFault?.() },
  ]
  if (postgresFolder !== undefined) checks.push(createDiskCheck(postgresFolder))
  return checks
}

function createDiskCheck(folder: string): ReadinessCheck {
  return {
    name: 'disk',
    whenLate: `The disk with ${folder} does not answer.`,
    async findFault() {
      const { bavail, bsize } = await statfs(folder).catch(() => ({ bavail: 0, bsize: 0 }))
      if (bavail * bsize >= DISK_FREE_BYTES_MIN) return undefined
      return `The disk with ${folder} has only ${Math.floor((bavail * bsize) / 1024 / 1024)} MB left.`
    },
  }
}

/** Asks the database something. Returns what is wrong if it fails. */
async function sentenceOf(ask: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    const fault = findDatabaseFault(error)
    return fault === undefined || fault.isUnreachable ? UNREACHABLE : fault.detail
  }
}

/** Creates a function that reads the names of the migrations in `folder` that were not applied to the database yet. */
export async function createMigrationCheck(db: Queryable, folder: string): Promise<() => Promise<string[]>> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql'))
  return async () => {
    const applied = await readAppliedMigrations(db)
    return names.filter((name) => !applied.has(name))
  }
}
