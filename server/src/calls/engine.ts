import type { Boundaries } from '../ledger/index.ts'
import { type Account, giveBack, lockAccounts, writeAccounts } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import { createCoalescer } from '../platform/coalescer.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import { invariant } from '../platform/problem.ts'
import type { CallCommand, CallOutcome } from './command.ts'
import { type Batch, decide, type GiveBack, inWorkspace } from './decide.ts'
import {
  insertCalls,
  type KeyInWorkspace,
  loadAgents,
  loadCallsByExternalId,
  loadCallsById,
  loadGates,
  updateCalls,
} from './store.ts'

/** The hot path: every change of a call goes through here. */
export type CallEngine = {
  /** Resolves once the command's effects are durable. Expected failures are outcomes, not errors. */
  submit(command: CallCommand): Promise<CallOutcome>
  /** Runs commands in one transaction, in order: what an importer or the demo's year of history uses. */
  submitBatch(commands: readonly CallCommand[]): Promise<CallOutcome[]>
  /** Waits for what is under way, then closes the connections. */
  close(): Promise<void>
}

export type CallEngineParts = {
  readonly database: Database
  readonly clock: Clock
  readonly boundaries: Boundaries
  /** Told after each commit which workspaces changed. */
  readonly onCommitted?: (workspaceIds: readonly string[]) => void
}

/** Two batches side by side: one computes while the other waits for the disk. */
const LANES = 2
const BATCH_MAX = 500

export function createCallEngine(parts: CallEngineParts): CallEngine {
  const pipelines = Array.from({ length: LANES }, () => openPipeline(parts.database.connection))
  const bulk = openPipeline(parts.database.connection)
  const coalescer = createCoalescer<CallCommand, CallOutcome>({
    lanes: LANES,
    laneKeyOf: (command) => command.workspaceId,
    batchMax: BATCH_MAX,
    run: (commands, lane) => runBatch(parts, pipelines[lane] ?? bulk, commands),
  })
  return {
    submit: (command) => coalescer.submit(command),
    submitBatch: (commands) => runBatch(parts, bulk, commands),
    async close() {
      await coalescer.idle()
      await Promise.all([...pipelines, bulk].map((pipeline) => pipeline.close()))
    },
  }
}

async function runBatch(
  parts: CallEngineParts,
  pipeline: Pipeline,
  commands: readonly CallCommand[],
): Promise<CallOutcome[]> {
  const workspaceIds = [...new Set(commands.map((command) => command.workspaceId))].sort()
  for (;;) {
    const nowMs = parts.clock.now()
    const done = await pipeline.transaction(async (tx, commit) => {
      const batch = await load(tx, workspaceIds, commands)
      const due = workspacesAtBoundary(batch, nowMs)
      if (due.length > 0) return { due }
      const outcomes = commands.map((command) => decide(batch, command, nowMs))
      await write(tx, commit, batch, nowMs)
      return { outcomes }
    })
    if ('outcomes' in done) {
      parts.onCommitted?.(workspaceIds)
      return done.outcomes
    }
    // An expiry or reset came first: it is processed in a transaction of its own, then the batch is decided anew.
    await parts.boundaries.catchUp(done.due, nowMs)
  }
}

function workspacesAtBoundary(batch: Batch, nowMs: number): string[] {
  return [...batch.accounts.values()]
    .map((account) => account.line)
    .filter((line) => line.nextBoundaryMs !== null && line.nextBoundaryMs <= nowMs)
    .map((line) => line.workspaceId)
}

async function load(
  tx: Tx,
  workspaceIds: readonly string[],
  commands: readonly CallCommand[],
): Promise<Batch> {
  const keys = keysOf(commands)
  const [accounts, gates, agents, byId, byExternalId] = await Promise.all([
    lockAccounts(tx, workspaceIds),
    loadGates(tx, workspaceIds),
    loadAgents(tx, keys.agents),
    loadCallsById(tx, keys.calls),
    loadCallsByExternalId(tx, keys.externalIds),
  ])
  const known = [...byId, ...byExternalId]
  return {
    accounts,
    gates,
    agents: new Map(agents.map((agent) => [inWorkspace(agent.workspaceId, agent.id), agent])),
    calls: new Map(known.map((call) => [inWorkspace(call.workspaceId, call.id), call])),
    externalIds: new Map(
      known.flatMap((call) =>
        call.externalId === null ? [] : [[inWorkspace(call.workspaceId, call.externalId), call.id]],
      ),
    ),
    inserted: new Set(),
    updated: new Set(),
    giveBacks: [],
  }
}

function keysOf(
  commands: readonly CallCommand[],
): Record<'agents' | 'calls' | 'externalIds', KeyInWorkspace[]> {
  const agents = new Map<string, KeyInWorkspace>()
  const calls = new Map<string, KeyInWorkspace>()
  const externalIds = new Map<string, KeyInWorkspace>()
  const add = (keys: Map<string, KeyInWorkspace>, workspaceId: string, key: string) =>
    keys.set(inWorkspace(workspaceId, key), { workspaceId, key })
  for (const command of commands) {
    if (command.type === 'start') {
      add(agents, command.workspaceId, command.agentId)
      // Looked for although it is new: a batch whose COMMIT was cut off is decided again, and may find its calls.
      add(calls, command.workspaceId, command.callId)
      if (command.externalId !== null) add(externalIds, command.workspaceId, command.externalId)
    } else if ('callId' in command.target) {
      add(calls, command.workspaceId, command.target.callId)
    } else {
      add(externalIds, command.workspaceId, command.target.externalId)
    }
  }
  return { agents: [...agents.values()], calls: [...calls.values()], externalIds: [...externalIds.values()] }
}

async function write(tx: Tx, commit: () => Promise<void>, batch: Batch, nowMs: number): Promise<void> {
  const writes = [
    insertCalls(tx, callsOf(batch, batch.inserted)),
    updateCalls(tx, callsOf(batch, batch.updated)),
    writeAccounts(tx, batch.accounts.values(), nowMs),
  ]
  if (batch.giveBacks.length === 0) {
    await Promise.all([...writes, commit()])
    return
  }
  // Rare: it reads the ledger, so what was decided has to be there first.
  await Promise.all(writes)
  for (const back of batch.giveBacks) await writeGiveBack(tx, batch, back, nowMs)
  await commit()
}

async function writeGiveBack(tx: Tx, batch: Batch, back: GiveBack, nowMs: number): Promise<void> {
  const key = inWorkspace(back.workspaceId, back.callId)
  const account: Account | undefined = batch.accounts.get(back.workspaceId)
  const call = batch.calls.get(key)
  invariant(account !== undefined && call !== undefined, 'A call that is given credit back was loaded')
  const entries = await giveBack(tx, account, { ...back, entrySeqs: call.entrySeqs }, nowMs)
  const after = { ...call, entrySeqs: [...call.entrySeqs, ...entries.map((entry) => entry.seq)] }
  batch.calls.set(key, after)
  await Promise.all([updateCalls(tx, [after]), writeAccounts(tx, [account], nowMs)])
}

function callsOf(batch: Batch, keys: ReadonlySet<string>) {
  return [...keys].flatMap((key) => {
    const call = batch.calls.get(key)
    return call === undefined ? [] : [call]
  })
}
