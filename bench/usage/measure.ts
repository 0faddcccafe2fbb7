import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type pg from 'pg'
import { systemClock } from '../../server/src/platform/clock.ts'
import { type Database, openDatabase } from '../../server/src/platform/database/database.ts'
import { migrate } from '../../server/src/platform/database/migrate.ts'
import { LONG_LIMITS } from '../../server/src/platform/database/session.ts'
import { openQuietRooms } from '../../server/src/quiet-rooms.ts'
import { createBudgets } from '../../server/src/reports/budgets.ts'
import { type BenchPostgres, formatDatabaseUrl } from '../postgres.ts'
import { startServer } from '../server-process.ts'
import { measureLives } from '../settlement.ts'
import { measureSeconds } from '../stopwatch.ts'
import { createTestWorkspaces, openBenchEngine, requireCleanBooks } from '../world.ts'
import { type ExportMeasured, measureExport } from './exports.ts'
import { type FirstReads, measureFirstReads } from './first-reads.ts'
import { type HotPathExtent, measureRollUps } from './hot-path.ts'
import { makeYear, type YearWorkspace } from './make-year.ts'
import { measurePages, measureTimes, type PageMeasured } from './pages.ts'

export type UsageExtent = {
  readonly calls: number
  readonly agents: number
  /** The number of workspaces, the large one included. */
  readonly workspaces: number
  /** Calls of all other workspaces together. */
  readonly otherCalls: number
  /** How often each page is requested. */
  readonly times: number
  readonly hotPath: HotPathExtent
}

export const wholeUsageExtent: UsageExtent = {
  calls: 10_000_000,
  agents: 200,
  workspaces: 1_000,
  otherCalls: 20_000,
  times: 200,
  hotPath: { workspaces: 1_000, turns: 15, calls: 10_000 },
}

export const shortUsageExtent: UsageExtent = {
  calls: 4_000,
  agents: 20,
  workspaces: 5,
  otherCalls: 20,
  times: 3,
  hotPath: { workspaces: 5, turns: 2, calls: 100 },
}

export type UsageMeasured = {
  readonly made: MadeWorld
  readonly firstReads: FirstReads
  readonly pages: readonly PageMeasured[]
  readonly file: ExportMeasured
  /** Ended calls a second with roll-ups, as a share of those without. */
  readonly rollUpsRatio: number
}

export type MadeWorld = {
  readonly seconds: number
  readonly verifySeconds: number
  readonly calls: number
  readonly entries: number
  readonly usageRows: number
  readonly grants: number
  readonly multiEntryCalls: number
  readonly gigabytes: number
}

export async function measureUsage(postgres: BenchPostgres, extent: UsageExtent): Promise<UsageMeasured> {
  const connection = await postgres.createDatabase('usage')
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  try {
    await migrate(database)
    const { year, made } = await makeWorld(database, connection, postgres.folder, extent)
    await postgres.checkpoint()
    const measured = await measureYear(database, connection, join(postgres.folder, 'usage'), year, extent)
    return { made, ...measured, rollUpsRatio: await measureRollUps(postgres, extent.hotPath) }
  } finally {
    await database.close()
  }
}

async function makeWorld(
  database: Database,
  connection: pg.ClientConfig,
  folder: string,
  extent: UsageExtent,
): Promise<{ year: YearWorkspace; made: MadeWorld }> {
  const file = join(folder, 'year.json')
  const before = await readFile(file, 'utf8').catch(() => null)
  const { year, seconds } = before === null ? await make() : (JSON.parse(before) as Made)
  const verifySeconds = await measureSeconds(() => requireCleanBooks(database))
  const { rows } = await database.query<Omit<MadeWorld, 'seconds' | 'verifySeconds'>>(
    `select (select count(*) from calls where workspace_id = $1) as calls,
            (select count(*) from ledger_entries where workspace_id = $1) as entries,
            (select count(*) from usage_days where workspace_id = $1) as "usageRows",
            (select count(*) from grants where workspace_id = $1) as grants,
            (select count(*) from calls where workspace_id = $1 and cardinality(entry_seqs) > 1) as "multiEntryCalls",
            pg_database_size(current_database()) / 1e9::float8 as gigabytes`,
    [year.workspaceId],
  )
  if (rows[0] === undefined) throw new Error('Nothing was counted')
  return { year, made: { seconds, verifySeconds, ...rows[0] } }

  async function make(): Promise<Made> {
    const others = await createTestWorkspaces(database, extent.workspaces - 1)
    const engine = openBenchEngine(database)
    await measureLives(engine, others, extent.otherCalls)
    await engine.close()
    const startedMs = performance.now()
    const made = await makeYear(database, connection, extent)
    const ready = { year: made, seconds: (performance.now() - startedMs) / 1000 }
    await writeFile(file, JSON.stringify(ready))
    return ready
  }
}

type Made = { readonly year: YearWorkspace; readonly seconds: number }

/**
 * Starts a server and measures its pages and its export.
 *
 * @param year of a database that no server uses
 */
export async function measureYear(
  database: Database,
  connection: pg.ClientConfig,
  dataDir: string,
  year: YearWorkspace,
  { times }: UsageExtent,
): Promise<Pick<UsageMeasured, 'firstReads' | 'pages' | 'file'>> {
  const server = await startServer({ dataDir, databaseUrl: formatDatabaseUrl(connection) })
  try {
    const firstReads = await measureFirstReads(server.port, database, year, times)
    const pages = await measurePages(server.port, year, times)
    const budgets = await measureBudgets(database, times)
    return { firstReads, pages: [...pages, ...budgets], file: await measureExport(server, year) }
  } finally {
    await server.stop()
  }
}

/** Measures what the server does every few seconds, and every hour, about budgets. */
async function measureBudgets(database: Database, times: number): Promise<PageMeasured[]> {
  const { ledger } = openQuietRooms({ database, clock: systemClock })
  const budgets = createBudgets({ database, clock: systemClock, ledger })
  const measure = (what: string, check: () => Promise<unknown>) =>
    measureTimes(what, times, async () => (await measureSeconds(check)) * 1000)
  return [
    await measure('Budgets that are due, of all workspaces', () => budgets.checkDue()),
    await measure('Budgets that were missed, of all workspaces', () => budgets.checkMissed()),
  ]
}
