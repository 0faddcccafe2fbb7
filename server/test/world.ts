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

/** When worlds begin: noon on 10 January 2026, UTC. */
export const worldStartsAtMs = Date.UTC(2026, 0, 10, 12)

/** A workspace with an agent. */
export type TestWorkspace = { readonly workspaceId: string; readonly agentId: string }

/** What sets a workspace apart. Its plan is made for it: 30 credits a month, 20 calls at once, an hour a call. */
export type TestWorkspaceOptions = {
  readonly monthlyMs?: number
  /** A cycle’s price; null: on request. Nothing, unless told. */
  readonly priceMinor?: number | null
  readonly concurrentCallsMax?: number | null
  readonly callDurationSecondsMax?: number
  readonly timeZone?: string
  readonly whenCreditsRunOut?: 'finish' | 'end'
}

/** Everything that moves money, on a real database and under a clock that stands still until it is moved. */
export type World = {
  readonly database: Database
  readonly clock: ReturnType<typeof virtualClock>
  readonly ledger: Ledger
  readonly engine: CallEngine
  /** The engine of another server process on the same database. */
  anotherEngine(): CallEngine
  workspace(options?: TestWorkspaceOptions): Promise<TestWorkspace>
  /** The same workspace with another agent. */
  anotherAgent(workspace: TestWorkspace): Promise<TestWorkspace>
  /** Gives credit, from now on. */
  grant(
    workspace: TestWorkspace,
    grant: Pick<NewGrant, 'kind' | 'amountMs'> & Partial<Pick<NewGrant, 'expiresAtMs' | 'price'>>,
  ): Promise<string>
  /** Takes credit off by the burn order: an adjustment below zero. */
  deduct(workspace: TestWorkspace, amountMs: number): Promise<void>
  /** The balance now, with every boundary that is due. */
  balance(workspace: TestWorkspace): Promise<Balance>
  /** Closes every engine and throws the database away. */
  close(): Promise<void>
}

export async function openWorld(): Promise<World> {
  const { database, drop } = await testDatabase()
  await loadCatalog(database)
  const clock = virtualClock(worldStartsAtMs)
  const rooms = openQuietRooms({ database, clock })
  const { ledger } = rooms
  const engines: CallEngine[] = [rooms.engine]
  let plans = 0

  function anotherEngine(): CallEngine {
    const { engine } = openQuietRooms({ database, clock })
    engines.push(engine)
    return engine
  }

  async function makePlan(options: TestWorkspaceOptions): Promise<string> {
    const planId = `plan_${plans++}`
    const { concurrentCallsMax = 20, callDurationSecondsMax = 3600 } = options
    const { monthlyMs = 30 * 60_000, priceMinor = 0 } = options
    await database.query(
      `insert into plans (id, name, position, price_minor, currency, monthly_ms, paid, features, limits)
       values ($1, $1, 99, $4, 'USD', $2, true, '{}', $3)`,
      [planId, monthlyMs, { concurrentCallsMax, callDurationSecondsMax, membersMax: null }, priceMinor],
    )
    return planId
  }

  return {
    database,
    clock,
    ledger,
    engine: rooms.engine,
    anotherEngine,
    async workspace(options = {}) {
      const planId = await makePlan(options)
      const { timeZone = 'UTC', whenCreditsRunOut = 'finish' } = options
      return database.transaction(async (tx) => {
        // A demo's: its top-ups need not have been paid for.
        const workspace = { name: 'Test', timeZone, planId, demo: true }
        const workspaceId = await createWorkspace(tx, workspace, clock.now())
        await tx.query('update workspaces set when_credits_run_out = $2 where id = $1', [
          workspaceId,
          whenCreditsRunOut,
        ])
        const { id: agentId } = await createAgent(tx, workspaceId, agentFields, clock.now())
        return { workspaceId, agentId }
      })
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

const agentFields = {
  name: 'Ada',
  language: 'en',
  phoneNumber: null,
  llmProvider: 'openai',
  llmModel: 'm',
  voiceEndpoint: null,
}

/** Everything that `talktime verify` looks at. Nothing is wrong: an empty list. */
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

/** The command that starts a call of the workspace's, under a new id unless one is given. */
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

/** An answer, reported so much later. */
export function answerOf(
  world: World,
  { workspaceId }: TestWorkspace,
  callId: string,
  agoMs = 0,
): CallCommand {
  return { type: 'answer', workspaceId, target: { callId }, atMs: world.clock.now() - agoMs }
}

/** An end, reported so much later. */
export function endOf(world: World, { workspaceId }: TestWorkspace, callId: string, agoMs = 0): CallCommand {
  return { type: 'end', workspaceId, target: { callId }, atMs: world.clock.now() - agoMs, reason: null }
}

/** A reaper's look by a server that has always been listening. */
export function reapOf({ workspaceId }: TestWorkspace, callId: string): CallCommand {
  return { type: 'reap', workspaceId, target: { callId }, listeningSinceMs: 0 }
}

/** A whole call of a minute, just over. */
export function callOfAMinute(world: World, workspace: TestWorkspace): CallCommand[] {
  const start = startOf(workspace)
  return [start, answerOf(world, workspace, start.callId, 60_000), endOf(world, workspace, start.callId)]
}

/** How many calls the workspace has in each status. */
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

/** The outcome's call. Throws where the command could not be carried out. */
export function callOf(outcome: CallOutcome | undefined): CallRow {
  if (outcome?.outcome !== 'call') throw new Error(`No call came of it: ${JSON.stringify(outcome)}`)
  return outcome.call
}
