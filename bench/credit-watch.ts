import { setTimeout as pause } from 'node:timers/promises'
import type pg from 'pg'
import type { CallCommand } from '../server/src/calls/command.ts'
import type { CallEngine } from '../server/src/calls/engine.ts'
import { creditConsequences } from '../server/src/credit-consequences.ts'
import { type CreditWatch, createCreditWatch } from '../server/src/credit-watch/watch.ts'
import { findDueLines, findUpcomingLines } from '../server/src/credit-watch/watch-store.ts'
import { post, type WorkspaceCommit } from '../server/src/ledger/index.ts'
import { systemClock } from '../server/src/platform/clock.ts'
import { createCommits } from '../server/src/platform/commits.ts'
import { type Database, openDatabase } from '../server/src/platform/database/database.ts'
import { migrate } from '../server/src/platform/database/migrate.ts'
import { newUuid } from '../server/src/platform/ids.ts'
import { startInterval } from '../server/src/platform/interval.ts'
import { openQuietRooms } from '../server/src/quiet-rooms.ts'
import type { BenchPostgres } from './postgres.ts'
import { measureLives } from './settlement.ts'
import { percentile, secondsOf } from './stopwatch.ts'
import { createTenants, openEngine, requireCleanBooks, type TestWorkspace } from './world.ts'

/** How much of the credit watch is measured. */
export type WatchExtent = {
  /** Workspaces whose balances reach zero, one after the other, within so many seconds. */
  readonly workspaces: number
  readonly seconds: number
  /** How long before the first of them everything has to be set up, in seconds. */
  readonly leadSeconds: number
  /** Workspaces with ten live calls each, far from zero. */
  readonly standing: number
  /** Turns of whole calls with the watch and without. */
  readonly turns: number
  /** Calls in each turn. */
  readonly calls: number
}

/** From the exact instant at which a balance reaches zero to the commit of everything that follows from it. */
export type Lateness = { readonly p50: number; readonly p99: number; readonly max: number }

export type WatchMeasured = {
  readonly workspaces: number
  readonly seconds: number
  readonly alone: Lateness
  /** Two processes' watches side by side on one database. */
  readonly two: Lateness
  readonly standing: {
    readonly lines: number
    readonly sweepMs: number
    readonly lookAheadMs: number
    /** What PostgreSQL wrote in a second of nothing but live calls. */
    readonly walBytesPerSecond: number
  }
  /** Whole calls a second with the watch, to those without. */
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

/** The watch of a server process, with its chores, on connections of its own. */
function openWatch(connection: pg.ClientConfig, onActed: (latenessMs: number) => void) {
  const database = openDatabase(connection)
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
  const database = openDatabase(connection)
  await migrate(database)
  const testWorkspaces = await createTenants(database, workspaces)
  // Each has its own instant: credit for as long, of all its calls.
  const untilMs = testWorkspaces.map((_, index) => (leadSeconds + (seconds * index) / workspaces) * 1000)
  await leaveCredit(
    database,
    testWorkspaces,
    untilMs.map((ms) => Math.round(ms) * CALLS_EACH),
  )
  const lateness: number[] = []
  const opened = Array.from({ length: processes }, () =>
    openWatch(connection, (latenessMs) => lateness.push(latenessMs)),
  )
  const engine = openEngine(database, opened[0] && { commits: opened[0].commits })
  const endsAtMs = await beginCalls(engine, testWorkspaces)
  for (const { watch } of opened) await watch.lookAhead()
  if (systemClock.now() > endsAtMs + leadSeconds * 1000) {
    throw new Error(`Setting up took longer than the ${leadSeconds} seconds that there are`)
  }
  const lastMs = endsAtMs + (leadSeconds + seconds + 30) * 1000
  while (lateness.length < workspaces && systemClock.now() < lastMs) await pause(50)
  await engine.close()
  for (const { close } of opened) await close()
  await requireActed(database, workspaces)
  await requireCleanBooks(database)
  await database.close()
  return {
    p50: percentile(lateness, 0.5),
    p99: percentile(lateness, 0.99),
    max: percentile(lateness, 1),
  }
}

/** Takes off what the plan gave, all but so much. Every other workspace ends its calls then; none is ever low. */
async function leaveCredit(
  database: Database,
  testWorkspaces: readonly TestWorkspace[],
  leftMs: readonly number[],
): Promise<void> {
  const { ledger } = openQuietRooms({ database, clock: systemClock })
  for (let from = 0; from < testWorkspaces.length; from += 500) {
    const page = testWorkspaces.slice(from, from + 500)
    for (const [index, { workspaceId }] of page.entries()) {
      await ledger.changeWorkspace(workspaceId, async ({ unit, nowMs }) => {
        const amountMs = (leftMs[from + index] ?? 0) - unit.line.balanceMs
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

/** All calls are in conversation since the same instant, which is returned. */
async function beginCalls(engine: CallEngine, testWorkspaces: readonly TestWorkspace[]): Promise<number> {
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
      workspaceId,
      target: { callId },
      atMs,
    })),
  )
  return atMs
}

/** Throws unless each balance was acted on once, and the calls are hung up where that is wanted. */
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

/** What live calls cost while nothing happens to them: the looks at all lines, and nothing that is written. */
async function measureStanding(
  connection: pg.ClientConfig,
  lines: number,
): Promise<WatchMeasured['standing']> {
  const database = openDatabase(connection)
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
  const sweepMs = await medianMs(() => findDueLines(database, systemClock.now(), 10_000))
  const lookAheadMs = await medianMs(() => findUpcomingLines(database, systemClock.now() + 60_000))
  const { watch, close } = openWatch(connection, () => {})
  await watch.lookAhead()
  const before = await walBytes(database)
  const seconds = await secondsOf(() => pause(2_500))
  const written = (await walBytes(database)) - before
  await close()
  await database.close()
  return { lines, sweepMs, lookAheadMs, walBytesPerSecond: written / seconds }
}

async function walBytes(database: Database): Promise<number> {
  const { rows } = await database.query<{ bytes: number }>(
    `select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::bigint as bytes`,
  )
  return rows[0]?.bytes ?? Number.NaN
}

async function medianMs(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let turn = 0; turn < 7; turn += 1) times.push((await secondsOf(work)) * 1000)
  return percentile(times, 0.5)
}

/** Whole calls with the watch and without, in turns: the machine's pace changes, and they change with it. */
async function measureHotPath(connection: pg.ClientConfig, extent: WatchExtent): Promise<number> {
  const database = openDatabase(connection)
  await migrate(database)
  const testWorkspaces = await createTenants(database, Math.min(extent.workspaces, 1000))
  const { commits, close } = openWatch(connection, () => {})
  const engines = [openEngine(database), openEngine(database, { commits })]
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
