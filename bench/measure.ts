import { join } from 'node:path'
import type pg from 'pg'
import { openDatabase } from '../server/src/platform/database/database.ts'
import { migrate } from '../server/src/platform/database/migrate.ts'
import { LONG_LIMITS } from '../server/src/platform/database/session.ts'
import type { WatchExtent } from './credit-watch.ts'
import { runLoad } from './load/run-load.ts'
import { type BenchPostgres, formatDatabaseUrl } from './postgres.ts'
import type { ReferenceExtent } from './reference.ts'
import { startServer } from './server-process.ts'
import { measureLives, measureSteps } from './settlement.ts'
import { createTestWorkspaces, openBenchEngine, requireCleanBooks } from './world.ts'

/** How much is measured. */
export type Extent = {
  readonly reference: ReferenceExtent
  readonly workspaces: number
  /** Calls per measurement of the engine. */
  readonly calls: number
  readonly warmUpSeconds: number
  readonly loadSeconds: number
  readonly watch: WatchExtent
}

export const wholeExtent: Extent = {
  reference: { seconds: 10, scale: 10 },
  workspaces: 1000,
  calls: 60_000,
  warmUpSeconds: 3,
  loadSeconds: 10,
  watch: { workspaces: 10_000, seconds: 60, leadSeconds: 20, standing: 100_000, turns: 7, calls: 5_000 },
}

/** Enough to see that everything works. Its numbers mean little. */
export const shortExtent: Extent = {
  reference: { seconds: 1, scale: 1 },
  workspaces: 20,
  calls: 500,
  warmUpSeconds: 0.2,
  loadSeconds: 0.5,
  watch: { workspaces: 20, seconds: 1, leadSeconds: 2, standing: 1_000, turns: 1, calls: 100 },
}

const CONNECTIONS = 64

export type SettlementRates = { readonly lives: number; readonly ends: number }

/** Measures the engine in this process: whole calls per second, and ends of calls per second. */
export async function measureSettlement(postgres: BenchPostgres, extent: Extent): Promise<SettlementRates> {
  return withDatabase(await postgres.createDatabase('settlement'), async (database) => {
    const testWorkspaces = await createTestWorkspaces(database, extent.workspaces)
    const engine = openBenchEngine(database)
    await postgres.checkpoint()
    await measureSteps(engine, testWorkspaces, Math.ceil(extent.calls / 10))
    const { ends } = await measureSteps(engine, testWorkspaces, extent.calls)
    const lives = await measureLives(engine, testWorkspaces, extent.calls)
    await engine.close()
    await requireCleanBooks(database)
    return { lives, ends }
  })
}

export type HttpRates = {
  readonly callsPerSecond: number
  readonly authorizeMs: { readonly p50: number; readonly p99: number }
  /** With calls started at half that rate, evenly spaced. */
  readonly atHalf: { readonly callsPerSecond: number; readonly p50: number; readonly p99: number }
  readonly generatorMicrosecondsPerCall: number
}

/** Measures whole calls over HTTP, all through one server process. */
export async function measureHttp(
  postgres: BenchPostgres,
  extent: Extent,
  workspaces: number,
): Promise<HttpRates> {
  const connection = await postgres.createDatabase(`http_${workspaces}`)
  return withDatabase(connection, async (database) => {
    const testWorkspaces = await createTestWorkspaces(database, workspaces)
    await postgres.checkpoint()
    const dataDir = join(postgres.folder, `server_${workspaces}`)
    const server = await startServer({ dataDir, databaseUrl: formatDatabaseUrl(connection) })
    const load = {
      port: server.port,
      callers: testWorkspaces.map(({ caller }) => caller),
      connections: CONNECTIONS,
      warmUpSeconds: extent.warmUpSeconds,
      seconds: extent.loadSeconds,
    }
    const full = await runLoad({ ...load, callsPerSecond: null })
    const half = await runLoad({ ...load, callsPerSecond: full.callsPerSecond / 2 })
    await server.stop()
    await requireCleanBooks(database)
    return {
      callsPerSecond: full.callsPerSecond,
      authorizeMs: full.authorizeMs,
      atHalf: { callsPerSecond: half.callsPerSecond, ...half.authorizeMs },
      generatorMicrosecondsPerCall: full.ownMicrosecondsPerCall,
    }
  })
}

async function withDatabase<Result>(
  connection: pg.ClientConfig,
  work: (database: ReturnType<typeof openDatabase>) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  try {
    await migrate(database)
    return await work(database)
  } finally {
    await database.close()
  }
}
