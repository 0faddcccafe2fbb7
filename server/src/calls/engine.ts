import { balanceAt } from '@talktime/core/billing/balance-line'
import { isOpen } from '@talktime/core/calls/call'
import {
  isAtBoundary,
  type Ledger,
  lockWorkspaces,
  readCommit,
  reverseCharge,
  type WorkspaceCommit,
  type WorkspaceUnit,
  writeUnits,
} from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import { createCoalescer } from '../platform/coalescer.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import {
  type IdempotencyRecord,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
} from '../platform/idempotency/idempotency-store.ts'
import { invariant, platformProblems } from '../platform/problem.ts'
import { addUsage } from '../usage/index.ts'
import type { CallRow } from './call-row.ts'
import {
  insertCalls,
  type KeyInWorkspace,
  loadAgents,
  loadCallsByExternalId,
  loadCallsById,
  loadGates,
  updateCalls,
} from './call-store.ts'
import type { CallCommand, CallOutcome, Replayed, Submission } from './command.ts'
import { type Batch, type ChargeReversal, decide, inWorkspace } from './decide.ts'
import { writeHangUps } from './hang-ups.ts'

/** The hot path: every change of a call goes through here. */
export type CallEngine = {
  /** Resolves once the command's effects are durable. Expected failures are outcomes, not errors. */
  submit(command: CallCommand): Promise<CallOutcome>
  /** The same for a request with an Idempotency-Key. */
  submitOnce(submission: Submission): Promise<CallOutcome | Replayed>
  /** Runs commands in one transaction, in order: what an importer or the demo's year of history uses. */
  submitBatch(commands: readonly CallCommand[]): Promise<CallOutcome[]>
  /** Waits for what is under way, then closes the connections. */
  close(): Promise<void>
}

export type CallEngineDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'catchUp'>
  readonly commits: Commits<WorkspaceCommit>
  /** Opens what batches run on; by default a connection of its own to the database. */
  readonly openPipeline?: (() => Pipeline) | undefined
}

/** Two batches side by side: one computes while the other waits for the disk, where each is large. */
const SLOTS = 2
const BESIDE_MIN = 128
const BATCH_MAX = 500

export function createCallEngine(deps: CallEngineDeps): CallEngine {
  const open = deps.openPipeline ?? (() => openPipeline(deps.database.connection))
  const pipelines = Array.from({ length: SLOTS }, open)
  const bulk = open()
  let batches: Promise<unknown> = Promise.resolve()
  const coalescer = createCoalescer<Submission, CallOutcome | Replayed>({
    slots: SLOTS,
    besideMin: BESIDE_MIN,
    keyOf: ({ command }) => command.workspaceId,
    batchMax: BATCH_MAX,
    run: (submissions, slot) => runBatch(deps, pipelines[slot] ?? bulk, submissions),
  })
  return {
    submit: async (command) => notReplayed(await coalescer.submit({ command })),
    submitOnce: (submission) => coalescer.submit(submission),
    async submitBatch(commands) {
      const submissions = commands.map((command) => ({ command }))
      const batch = runBatch(deps, bulk, submissions)
      batches = Promise.allSettled([batches, batch]).then(() => {})
      return (await batch).map(notReplayed)
    },
    async close() {
      await Promise.all([coalescer.idle(), batches])
      await Promise.all([...pipelines, bulk].map((pipeline) => pipeline.close()))
    },
  }
}

function notReplayed(outcome: CallOutcome | Replayed): CallOutcome {
  invariant(outcome.outcome !== 'replayed', 'Only a submission with a key can be a replay')
  return outcome
}

type Done =
  /** These workspaces are at a boundary; nothing was written. */
  | { readonly due: readonly string[] }
  | {
      readonly outcomes: (CallOutcome | Replayed)[]
      readonly commits: readonly WorkspaceCommit[]
    }

async function runBatch(
  deps: CallEngineDeps,
  pipeline: Pipeline,
  submissions: readonly Submission[],
): Promise<(CallOutcome | Replayed)[]> {
  const commands = submissions.map(({ command }) => command)
  const workspaceIds = [...new Set(commands.map((command) => command.workspaceId))].sort()
  for (;;) {
    const nowMs = deps.clock.now()
    const done = await pipeline.transaction<Done>(async (tx, commit) => {
      const [records, batch] = await Promise.all([
        loadRecords(tx, submissions),
        load(tx, workspaceIds, commands),
      ])
      const due = workspacesAtBoundary(batch, nowMs)
      if (due.length > 0) return { due }
      const fresh: IdempotencyRecord[] = []
      const outcomes: (CallOutcome | Replayed)[] = []
      for (const submission of submissions) {
        const outcome = decideOnce(batch, records, fresh, submission, nowMs)
        const settled =
          batch.reversals.length === 0 ? outcome : await afterReversals(tx, batch, outcome, nowMs)
        outcomes.push(settled)
      }
      addSignals(batch, outcomes)
      const written = Promise.all([insertIdempotencyRecords(tx, fresh, nowMs), write(tx, batch, nowMs)])
      const committed = commit()
      // Sent along with the writes. Where it fails because one of them did, theirs is the error that says why.
      committed.catch(() => {})
      await written
      await committed
      return { outcomes, commits: [...batch.units.values()].flatMap((unit) => readCommit(unit) ?? []) }
    })
    if ('outcomes' in done) {
      deps.commits.publish(done.commits)
      return done.outcomes
    }
    // An expiry or reset came first: it is processed in a transaction of its own, then the batch is decided anew.
    await deps.ledger.catchUp(done.due)
  }
}

/** What other rooms of this process do after the commit. */
function addSignals(batch: Batch, outcomes: readonly (CallOutcome | Replayed)[]): void {
  for (const call of callsOf(batch, batch.ordered)) {
    const unit = batch.units.get(call.workspaceId)
    if (unit) unit.signals.hangUpsOrdered = true
  }
  for (const result of outcomes) {
    if (result.outcome !== 'call' || result.call.campaignId === null) continue
    const { workspaceId, campaignId, id: callId, facts } = result.call
    if (facts.refused || isOpen(facts)) continue
    batch.units.get(workspaceId)?.signals.campaignsToAdvance.push({ campaignId, callId })
  }
}

/** The answers given before under the batch's keys. The keys are locked first, before the workspaces' lines. */
async function loadRecords(
  tx: Tx,
  submissions: readonly Submission[],
): Promise<Map<string, IdempotencyRecord>> {
  const refs = submissions.flatMap(({ idempotency }) => (idempotency ? [idempotency.ref] : []))
  if (refs.length === 0) return new Map()
  const [, records] = await Promise.all([lockIdempotencyKeys(tx, refs), loadIdempotencyRecords(tx, refs)])
  return records
}

function decideOnce(
  batch: Batch,
  records: Map<string, IdempotencyRecord>,
  fresh: IdempotencyRecord[],
  { command, idempotency }: Submission,
  nowMs: number,
): CallOutcome | Replayed {
  if (!idempotency) return decide(batch, command, nowMs)
  const { ref, answerOf } = idempotency
  const before = records.get(idempotencyName(ref))
  if (before?.requestHash.equals(ref.requestHash)) return { outcome: 'replayed', record: before }
  if (before !== undefined) {
    const detail =
      'This Idempotency-Key was used with another body or address. Use a new key for a new request.'
    return { outcome: 'problem', problem: platformProblems.idempotency_mismatch, detail }
  }
  const outcome = decide(batch, command, nowMs)
  if (outcome.outcome === 'call') {
    const record = { ...ref, ...answerOf(outcome) }
    records.set(idempotencyName(ref), record)
    fresh.push(record)
  }
  return outcome
}

function workspacesAtBoundary(batch: Batch, nowMs: number): string[] {
  return [...batch.units.values()]
    .map(({ line }) => line)
    .filter((line) => isAtBoundary(line, nowMs))
    .map(({ workspaceId }) => workspaceId)
}

async function load(
  tx: Tx,
  workspaceIds: readonly string[],
  commands: readonly CallCommand[],
): Promise<Batch> {
  const keys = keysOf(commands)
  const [units, gates, agents, byId, byExternalId] = await Promise.all([
    lockWorkspaces(tx, workspaceIds),
    loadGates(tx, workspaceIds),
    loadAgents(tx, keys.agents),
    loadCallsById(tx, keys.calls),
    loadCallsByExternalId(tx, keys.externalIds),
  ])
  const known = [...byId, ...byExternalId]
  return {
    units,
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
    ordered: new Set(),
    reversals: [],
    usage: [],
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

/** Writes what was decided and is not written yet. The queries are sent together, and before it returns. */
function write(tx: Tx, batch: Batch, nowMs: number): Promise<unknown> {
  const writes = [
    insertCalls(tx, callsOf(batch, batch.inserted)),
    updateCalls(tx, callsOf(batch, batch.updated)),
    addUsage(tx, batch.usage.splice(0)),
    writeHangUps(tx, callsOf(batch, batch.ordered)),
    writeUnits(tx, batch.units.values(), nowMs),
  ]
  batch.inserted.clear()
  batch.updated.clear()
  return Promise.all(writes)
}

/**
 * Gives back what the last command decided to give back, before the next one is decided on the balance that this
 * leaves. Rare: it reads the ledger, so what was decided has to be there first.
 */
async function afterReversals(
  tx: Tx,
  batch: Batch,
  outcome: CallOutcome | Replayed,
  nowMs: number,
): Promise<CallOutcome | Replayed> {
  await write(tx, batch, nowMs)
  for (const back of batch.reversals.splice(0)) await carryOutReversal(tx, batch, back, nowMs)
  if (outcome.outcome !== 'call') return outcome
  const { workspaceId, id } = outcome.call
  const call = batch.calls.get(inWorkspace(workspaceId, id)) ?? outcome.call
  const unit = batch.units.get(workspaceId)
  return unit ? { ...outcome, call, balanceMs: balanceAt(unit.line, nowMs) } : outcome
}

async function carryOutReversal(tx: Tx, batch: Batch, back: ChargeReversal, nowMs: number): Promise<void> {
  const key = inWorkspace(back.workspaceId, back.callId)
  const unit: WorkspaceUnit | undefined = batch.units.get(back.workspaceId)
  const call = batch.calls.get(key)
  invariant(unit !== undefined && call !== undefined, 'A call that is given credit back was loaded')
  const entries = await reverseCharge(tx, unit, { ...back, entrySeqs: call.entrySeqs }, nowMs)
  batch.calls.set(key, { ...call, entrySeqs: [...call.entrySeqs, ...entries.map((entry) => entry.seq)] })
  batch.updated.add(key)
}

function callsOf(batch: Batch, keys: ReadonlySet<string>): CallRow[] {
  return [...keys].flatMap((key) => {
    const call = batch.calls.get(key)
    return call === undefined ? [] : [call]
  })
}
