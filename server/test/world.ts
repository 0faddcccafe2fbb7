import { MS_PER_CREDIT } from '@talktime/core/billing/credits'
import { createAgent } from '../src/agents/index.ts'
import { verifyAutoReload } from '../src/auto-reload/index.ts'
import {
  type CallCommand,
  type CallEngine,
  type CallOutcome,
  type CallRow,
  verifyCalls,
} from '../src/calls/index.ts'
import { verifyCampaigns } from '../src/campaigns/index.ts'
import { verifyCosts } from '../src/costs/index.ts'
import { verifyCreditWatch } from '../src/credit-watch/index.ts'
import {
  addGrant,
  type Balance,
  type Difference,
  type Ledger,
  type NewGrant,
  post,
  readBalance,
  verifyLedger,
} from '../src/ledger/index.ts'
import { verifyPayments } from '../src/payments/index.ts'
import { loadCatalog } from '../src/plans/index.ts'
import { virtualClock } from '../src/platform/clock.ts'
import type { Database, Queryable } from '../src/platform/database/database.ts'
import { newUuid } from '../src/platform/ids.ts'
import { openQuietRooms } from '../src/quiet-rooms.ts'
import { verifyUsage } from '../src/usage/index.ts'
import { verifyVoice } from '../src/voice/index.ts'
import { createWorkspace } from '../src/workspaces/index.ts'
import { testDatabase } from './database.ts'

/** The time at which every world starts: noon on January 10, 2026, UTC. */
export const worldStartsAtMs = Date.UTC(2026, 0, 10, 12)

/** A workspace with an agent. */
export type TestWorkspace = { readonly workspaceId: string; readonly agentId: string }

/** Options of a workspace. Each has a plan of its own: by default 30 credits a month, 20 calls at once, one hour per call. */
export type TestWorkspaceOptions = {
  readonly monthlyMs?: number
  /** The price of a cycle; null: on request. By default 0. */
  readonly priceMinor?: number | null
  readonly concurrentCallsMax?: number | null
  readonly callDurationSecondsMax?: number
  readonly overdraft?: 'finish' | 'none'
  readonly timeZone?: string
  readonly whenCreditsRunOut?: 'finish' | 'end'
}

/** The rooms that handle credit, on a real database and under a virtual clock. */
export type World = {
  readonly database: Database
  readonly clock: ReturnType<typeof virtualClock>
  readonly ledger: Ledger
  readonly engine: CallEngine
  /** Opens an engine like that of another server process on the same database. */
  anotherEngine(): CallEngine
  workspace(options?: TestWorkspaceOptions): Promise<TestWorkspace>
  /** Creates another agent in the workspace. */
  anotherAgent(workspace: TestWorkspace): Promise<TestWorkspace>
  /** Grants credit now and returns the grant's id. */
  grant(
    workspace: TestWorkspace,
    grant: Pick<NewGrant, 'kind' | 'amountMs'> & Partial<Pick<NewGrant, 'expiresAtMs' | 'price'>>,
  ): Promise<string>
  /** Deducts credit in burn order, as a negative adjustment. */
  deduct(workspace: TestWorkspace, amountMs: number): Promise<void>
  /** Processes the boundaries that are due and returns the balance. */
  balance(workspace: TestWorkspace): Promise<Balance>
  /** Closes all engines and drops the database. */
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const clock = virtualClock(worldStartsAtMs)
  const rooms = openQuietRooms({ database, clock })
  const { ledger } = rooms
  const engines: CallEngine[] = [rooms.engine]
  let planCount = 0

  return {
    database,
    clock,
    ledger,
    engine: rooms.engine,
    anotherEngine() {
      const { engine } = openQuietRooms({ database, clock })
      engines.push(engine)
      return engine
    },
    async workspace(options = {}) {
      const planId = `plan_${planCount++}`
      await createPlan(database, planId, options)
      return createWorkspaceWithAgent(database, planId, options, clock.now())
    },
    async anotherAgent({ workspaceId }) {
      const { id: agentId } = await database.transaction((tx) =>
        createAgent(tx, workspaceId, agentFields, clock.now()),
      )
      return { workspaceId, agentId }
    },
    grant: ({ workspaceId }, { kind, amountMs, expiresAtMs = null, price = null }) =>
      ledger.changeWorkspace(workspaceId, async ({ tx, unit, nowMs }) => {
        const grant = { kind, amountMs, expiresAtMs, price, atMs: nowMs, reason: null }
        return (await addGrant(tx, unit, grant, nowMs)).grantId
      }),
    async deduct({ workspaceId }, amountMs) {
      await ledger.changeWorkspace(workspaceId, async ({ unit, nowMs }) => {
        post(unit, { kind: 'adjustment', amountMs: -amountMs, atMs: nowMs, draws: true }, nowMs)
      })
    },
    async balance({ workspaceId }) {
      await ledger.catchUpIfDue(workspaceId)
      return readBalance(database, workspaceId, clock.now())
    },
    async close() {
      await Promise.all(engines.map((engine) => engine.close()))
      await drop()
    },
  }
}

async function createPlan(database: Database, planId: string, options: TestWorkspaceOptions): Promise<void> {
  const { concurrentCallsMax = 20, callDurationSecondsMax = 3600 } = options
  const { monthlyMs = 30 * MS_PER_CREDIT, priceMinor = 0, overdraft = 'finish' } = options
  await database.query(
    `insert into plans (id, name, position, price_minor, currency, monthly_ms, paid, overdraft, features, limits)
     values ($1, $1, 99, $4, 'USD', $2, true, $5, '{}', $3)`,
    [
      planId,
      monthlyMs,
      { concurrentCallsMax, callDurationSecondsMax, membersMax: null },
      priceMinor,
      overdraft,
    ],
  )
}

async function createWorkspaceWithAgent(
  database: Database,
  planId: string,
  { timeZone = 'UTC', whenCreditsRunOut = 'finish' }: TestWorkspaceOptions,
  nowMs: number,
): Promise<TestWorkspace> {
  return database.transaction(async (tx) => {
    // As a demo, its top-ups need no purchases.
    const workspace = { name: 'Test', timeZone, planId, demo: true }
    const workspaceId = await createWorkspace(tx, workspace, nowMs)
    await tx.query('update workspaces set when_credits_run_out = $2 where id = $1', [
      workspaceId,
      whenCreditsRunOut,
    ])
    const { id: agentId } = await createAgent(tx, workspaceId, agentFields, nowMs)
    return { workspaceId, agentId }
  })
}

const agentFields = {
  name: 'Ada',
  language: 'en',
  phoneNumber: null,
  llmProvider: 'openai',
  llmModel: 'm',
  voiceEndpoint: null,
}

/** Runs all checks of `talktime verify`. An empty list means that everything adds up. */
export async function verifyAll(db: Queryable): Promise<Difference[]> {
  const ofCredits = [
    ...(await verifyLedger(db)),
    ...(await verifyCalls(db)),
    ...(await verifyUsage(db)),
    ...(await verifyCosts(db)),
    ...(await verifyCreditWatch(db)),
  ]
  return [
    ...ofCredits,
    ...(await verifyPayments(db)),
    ...(await verifyAutoReload(db)),
    ...(await verifyVoice(db)),
    ...(await verifyCampaigns(db)),
  ]
}

/** The command that starts a call in the workspace, with a new id by default. */
export function startOf(
  { workspaceId, agentId }: TestWorkspace,
  fields: Partial<Extract<CallCommand, { type: 'start' }>> = {},
): Extract<CallCommand, { type: 'start' }> {
  return {
    type: 'start',
    workspaceId,
    callId: newUuid(worldStartsAtMs),
    agentId,
    direction: 'web',
    from: null,
    to: null,
    externalId: null,
    atMs: null,
    ...fields,
  }
}

/** The command that reports an answer `agoMs` after it happened. */
export function answerOf(
  world: World,
  { workspaceId }: TestWorkspace,
  callId: string,
  agoMs = 0,
): CallCommand {
  return { type: 'answer', by: 'workspace', workspaceId, target: { callId }, atMs: world.clock.now() - agoMs }
}

/** The command that reports an end `agoMs` after it happened. */
export function endOf(world: World, { workspaceId }: TestWorkspace, callId: string, agoMs = 0): CallCommand {
  return {
    type: 'end',
    by: 'workspace',
    workspaceId,
    target: { callId },
    atMs: world.clock.now() - agoMs,
    reason: null,
  }
}

/** The reaper's command, from a server that has always been listening for reports. */
export function reapOf({ workspaceId }: TestWorkspace, callId: string): CallCommand {
  return { type: 'reap', workspaceId, target: { callId }, listeningSinceMs: 0 }
}

/** The commands of a whole call with one minute of conversation that has just ended. */
export function callOfAMinute(world: World, workspace: TestWorkspace): CallCommand[] {
  const start = startOf(workspace)
  return [start, answerOf(world, workspace, start.callId, 60_000), endOf(world, workspace, start.callId)]
}

/** Counts the workspace's calls by status. */
export async function callsByStatus(
  { database }: World,
  workspace: TestWorkspace,
): Promise<Record<string, number>> {
  const { rows } = await database.query<{ status: string; calls: number }>(
    'select status, count(*) as calls from calls where workspace_id = $1 group by status order by status',
    [workspace.workspaceId],
  )
  return Object.fromEntries(rows.map(({ status, calls }) => [status, calls]))
}

/** Returns the outcome's call. Throws if the command failed. */
export function callOf(outcome: CallOutcome | undefined): CallRow {
  if (outcome?.outcome !== 'call') throw new Error(`The command failed: ${JSON.stringify(outcome)}`)
  return outcome.call
}
