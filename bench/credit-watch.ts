import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { CallCommand, CallEngine } from '../server/src/calls/index.ts'
import { creditConsequences } from '../server/src/credit-consequences.ts'
import { type CreditWatch, createCreditWatch } from '../server/src/credit-watch/watch.ts'
import { findDueLines, findUpcomingLines } from '../server/src/credit-watch/watch-store.ts'
import { post, type WorkspaceCommit } from '../server/src/ledger/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { createCommits } from '../server/src/platform/commits.ts'
import { type Database, openDatabase } from '../server/src/platform/database/database.ts'
import { migrate } from '../server/src/platform/database/migrate.ts'
import { LONG_LIMITS } from '../server/src/platform/database/session.ts'
import { newUuid } from '../server/src/platform/ids.ts'
import { startInterval } from '../server/src/platform/interval.ts'
import { openQuietRooms } from '../server/src/quiet-rooms.ts'
import type { BenchPostgres } from './postgres.ts'
import { measureLives } from './settlement.ts'
import { measureSeconds, percentile } from './stopwatch.ts'
import { createTestWorkspaces, openBenchEngine, requireCleanBooks, type TestWorkspace } from './world.ts'

/** How much of the credit watch is measured. */
export type WatchExtent = {
  /** Workspaces whose balances reach zero one after another, spread over `seconds`. */
  readonly workspaces: number
  readonly seconds: number
  /** The time for setting everything up before the first balance reaches zero, in seconds. */
  readonly leadSeconds: number
  /** Workspaces with ten live calls each, far from zero. */
  readonly standing: number
  /** Alternations of whole calls with the watch and without it. */
  readonly turns: number
  /** Calls in each turn. */
  readonly calls: number
}

/** Milliseconds from the exact instant at which a balance reaches zero to the commit of everything that follows from it. */
export type Lateness = { readonly p50: number; readonly p99: number; readonly max: number }

export type WatchMeasured = {
  readonly workspaces: number
  readonly seconds: number
  readonly alone: Lateness
  /** With the watches of two processes on one database. */
  readonly two: Lateness
  readonly standing: {
    readonly lines: number
    readonly sweepMs: number
    readonly lookAheadMs: number
    /** What PostgreSQL writes per second while nothing happens but live calls. */
    readonly walBytesPerSecond: number
  }
  /** Whole calls per second with the watch, relative to those without it. */
  readonly callsRatio: number
}

const CALLS_EACH = 2

export async function measureCreditWatch(
  postgres: BenchPostgres,
  extent: WatchExtent,
): Promise<WatchMeasured> {
  const { workspaces, seconds } = extent
  return {
    workspaces,
    seconds,
    callsRatio: await measureHotPath(await postgres.createDatabase('watch_calls'), extent),
    alone: await measureCrossings(await postgres.createDatabase('watch_alone'), extent, 1),
    two: await measureCrossings(await postgres.createDatabase('watch_two'), extent, 2),
    standing: await measureStanding(await postgres.createDatabase('watch_standing'), extent.standing),
  }
}

/** Opens the credit watch of a server process with its chores, on connections of its own. */
function openWatchProcess(connection: pg.ClientConfig, onActed: (latenessMs: number) => void) {
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  const fail = (error: unknown) => {
    throw error
  }
  const commits = createCommits<WorkspaceCommit>(fail)
  const watch: CreditWatch = createCreditWatch({
    database,
    clock: systemClock,
    ledger: openQuietRooms({ database, clock: systemClock }).ledger,
    commits,
    consequences: creditConsequences,
    onBelow() {},
    onActed,
    onError: fail,
  })
  const chores = [startInterval(1_000, watch.sweep, fail), startInterval(30_000, watch.lookAhead, fail)]
  return {
    watch,
    commits,
    async close() {
      await Promise.all(chores.map((chore) => chore.stop()))
      await watch.close()
      await database.close()
    },
  }
}

async function measureCrossings(
  connection: pg.ClientConfig,
  extent: WatchExtent,
  processes: number,
): Promise<Lateness> {
  const { workspaces, seconds, leadSeconds } = extent
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  await migrate(database)
  const testWorkspaces = await createTestWorkspaces(database, workspaces)
  // Each workspace gets the credit that its calls use until its own instant.
  const untilMs = testWorkspaces.map((_, index) => (leadSeconds + (seconds * index) / workspaces) * 1000)
  await reduceBalances(
    database,
    testWorkspaces,
    untilMs.map((ms) => Math.round(ms) * CALLS_EACH),
  )
  const lateness: number[] = []
  const opened = Array.from({ length: processes }, () =>
    openWatchProcess(connection, (latenessMs) => lateness.push(latenessMs)),
  )
  const engine = openBenchEngine(database, opened[0] && { commits: opened[0].commits })
  const endsAtMs = await startCalls(engine, testWorkspaces)
  for (const { watch } of opened) await watch.lookAhead()
  if (systemClock.now() > endsAtMs + leadSeconds * 1000) {
    throw new Error(`Setting up took longer than ${leadSeconds} seconds`)
  }
  const lastMs = endsAtMs + (leadSeconds + seconds + 30) * 1000
  while (lateness.length < workspaces && systemClock.now() < lastMs) await pause(50)
  await engine.close()
  for (const { close } of opened) await close()
  if (lateness.length < workspaces)
    throw new Error(`Another watch acted on ${workspaces - lateness.length} balances`)
  await requireActed(database, workspaces)
  await requireCleanBooks(database)
  await database.close()
  return {
    p50: percentile(lateness, 0.5),
    p99: percentile(lateness, 0.99),
    max: percentile(lateness, 1),
  }
}

/**
 * Reduces each balance to the given credit. Every other workspace ends its calls at zero. All low-balance thresholds are
 * set to 0, so that none is ever low.
 */
async function reduceBalances(
  database: Database,
  testWorkspaces: readonly TestWorkspace[],
  remainingMs: readonly number[],
): Promise<void> {
  const { ledger } = openQuietRooms({ database, clock: systemClock })
  for (let from = 0; from < testWorkspaces.length; from += 500) {
    const page = testWorkspaces.slice(from, from + 500)
    for (const [index, { workspaceId }] of page.entries()) {
      await ledger.changeWorkspace(workspaceId, async ({ unit, nowMs }) => {
        const amountMs = (remainingMs[from + index] ?? 0) - unit.line.balanceMs
        post(unit, { kind: 'adjustment', amountMs, atMs: nowMs, draws: true }, nowMs)
        unit.line = { ...unit.line, lowBalanceThresholdMs: 0 }
      })
    }
    await database.transaction(async (tx) => {
      const ids = page.map(({ workspaceId }) => workspaceId)
      await tx.query(
        `update workspaces w set low_balance_ms = 0,
           when_credits_run_out = case when o.number % 2 = 0 then 'end' else 'finish' end
         from unnest($1::uuid[]) with ordinality as o (id, number) where w.id = o.id`,
        [ids],
      )
    })
  }
}

/** Starts all calls and answers them at one instant, which is returned (epoch ms). */
async function startCalls(engine: CallEngine, testWorkspaces: readonly TestWorkspace[]): Promise<number> {
  const calls = testWorkspaces.flatMap((testWorkspace) =>
    Array.from({ length: CALLS_EACH }, () => ({ testWorkspace, callId: newUuid(systemClock.now()) })),
  )
  const submit = (commands: readonly CallCommand[]) =>
    Promise.all(commands.map((command) => engine.submit(command)))
  await submit(
    calls.map(({ testWorkspace: { workspaceId, agentId }, callId }) => ({
      type: 'start',
      workspaceId,
      callId,
      agentId,
      direction: 'web',
      from: null,
      to: null,
      externalId: null,
      atMs: null,
    })),
  )
  const atMs = systemClock.now()
  await submit(
    calls.map(({ testWorkspace: { workspaceId }, callId }) => ({
      type: 'answer',
      by: 'workspace',
      workspaceId,
      target: { callId },
      atMs,
    })),
  )
  return atMs
}

/** Throws unless each balance was acted on once, and calls were hung up exactly in the workspaces that end them. */
async function requireActed(database: Database, workspaces: number): Promise<void> {
  const { rows } = await database.query<Record<'out' | 'alerts' | 'hangUps', number>>(
    `select (select count(*) from balance_lines where out_since_ms is not null) as out,
            (select count(*) from alerts where kind = 'balance_zero') as alerts,
            (select count(*) from calls where hang_up_reason = 'out_of_credits') as "hangUps"`,
  )
  const expected = JSON.stringify({
    out: workspaces,
    alerts: workspaces,
    hangUps: Math.floor(workspaces / 2) * CALLS_EACH,
  })
  const found = JSON.stringify(rows[0])
  if (found !== expected) throw new Error(`The watch did ${found}, not ${expected}`)
}

/** Measures what live calls cost while nothing happens to them: reading all balance lines. Nothing should be written. */
async function measureStanding(
  connection: pg.ClientConfig,
  lines: number,
): Promise<WatchMeasured['standing']> {
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  await migrate(database)
  const nowMs = systemClock.now()
  await database.query(
    `with made as (
       insert into workspaces (id, name, time_zone, created_at_ms)
       select gen_random_uuid(), 'Workspace', 'UTC', $2 from generate_series(1, $1) returning id)
     insert into balance_lines (workspace_id, anchor_ms, balance_ms, live_calls, open_calls)
     select id, $2, 10000000000, 10, 10 from made`,
    [lines, nowMs],
  )
  await database.query('vacuum analyze balance_lines')
  await database.query('checkpoint')
  const sweepMs = await measureMedianMs(() => findDueLines(database, systemClock.now(), 10_000))
  const lookAheadMs = await measureMedianMs(() => findUpcomingLines(database, systemClock.now() + 60_000))
  const { watch, close } = openWatchProcess(connection, () => {})
  await watch.lookAhead()
  const before = await readWalBytes(database)
  const seconds = await measureSeconds(() => pause(2_500))
  const written = (await readWalBytes(database)) - before
  await close()
  await database.close()
  return { lines, sweepMs, lookAheadMs, walBytesPerSecond: written / seconds }
}

async function readWalBytes(database: Database): Promise<number> {
  const { rows } = await database.query<{ bytes: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as bytes`,
  )
  return rows[0]?.bytes ?? Number.NaN
}

async function measureMedianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < 7; turn += 1) times.push((await measureSeconds(work)) * 1000)
  return percentile(times, 0.5)
}

/** Alternates whole calls with the watch and without it, so that changes of the machine's speed affect both alike. */
async function measureHotPath(connection: pg.ClientConfig, extent: WatchExtent): Promise<number> {
  const database = openDatabase(connection, { limits: LONG_LIMITS })
  await migrate(database)
  const testWorkspaces = await createTestWorkspaces(database, Math.min(extent.workspaces, 1000))
  const { commits, close } = openWatchProcess(connection, () => {})
  const engines = [openBenchEngine(database), openBenchEngine(database, { commits })]
  const rates: number[][] = engines.map(() => [])
  for (const engine of engines) await measureLives(engine, testWorkspaces, extent.calls)
  for (let turn = 0; turn < extent.turns; turn += 1) {
    for (const [index, engine] of engines.entries()) {
      rates[index]?.push(await measureLives(engine, testWorkspaces, extent.calls))
    }
  }
  for (const engine of engines) await engine.close()
  await close()
  await requireCleanBooks(database)
  await database.close()
  const [without = Number.NaN, withWatch = Number.NaN] = rates.map((values) => percentile(values, 0.5))
  return withWatch / without
}
