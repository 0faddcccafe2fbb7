import { isOpen } from '@talktime/core/calls/call'
import { isAtBoundary, type Ledger, readCommit, type WorkspaceCommit } from '../ledger/index.ts'
import type { Clock } from '../platform/clock.ts'
import { createCoalescer } from '../platform/coalescer.ts'
import type { Commits } from '../platform/commits.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { findDatabaseFault } from '../platform/database/database-fault.ts'
import { openPipeline, type Pipeline } from '../platform/database/pipeline.ts'
import { retryLostRaces } from '../platform/database/retry-lost-races.ts'
import {
  type IdempotencyRecord,
  idempotencyName,
  insertIdempotencyRecords,
  loadIdempotencyRecords,
  lockIdempotencyKeys,
} from '../platform/idempotency/idempotency-store.ts'
import { invariant, Problem, platformProblems } from '../platform/problem.ts'
import { type Batch, loadBatch, selectCalls } from './batch.ts'
import type { CallCommand, CallOutcome, ReplayedAnswer, Submission } from './command.ts'
import { decide } from './decide.ts'
import { boundsOfCommand } from './queue-bounds.ts'
import { applyReversals, writeBatch } from './write-batch.ts'

/** The hot path. Every change of a call goes through here. */
export type CallEngine = {
  /**
   * Resolves once the effects of the command are durable. Expected failures are outcomes, not errors.
   *
   * @throws Problem `overloaded`, at once, if too many commands wait
   */
  submit(command: CallCommand): Promise<CallOutcome>
  /** Submits a command that may have an Idempotency-Key. A repeat gets the stored answer. */
  submitOnce(submission: Submission): Promise<CallOutcome | ReplayedAnswer>
  /** Whether all of these submissions would be accepted now. */
  hasRoomFor(submissions: readonly Submission[]): boolean
  /** Runs commands in one transaction, in order, as an importer or the demo's year of history does. */
  submitBatch(commands: readonly CallCommand[]): Promise<CallOutcome[]>
  /** The number of submitted commands that wait or run. */
  readonly depth: number
  /** Waits for all submitted commands, then closes the connections. */
  close(): Promise<void>
}

export type CallEngineDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly ledger: Pick<Ledger, 'catchUp'>
  readonly commits: Commits<WorkspaceCommit>
  /** Opens the pipelines that batches run on. Left out: each is a connection of its own to the database. */
  readonly openPipeline?: (() => Pipeline) | undefined
}

/** Two batches of a kind may run at once, because one computes while the other waits for the disk. */
const SLOTS = 2
/** A second batch of a kind runs beside the first only if it has at least this many commands. */
const BESIDE_MIN = 128
/** A workspace with this many waiting commands does not share batches with those that have fewer. */
const HEAVY_MIN = 128
const BATCH_MAX = 500
/** The source of commands that this server submits itself. */
const OWN_SOURCE = ''

export function createCallEngine(deps: CallEngineDeps): CallEngine {
  const open = deps.openPipeline ?? (() => openPipeline(deps.database))
  // One more, because there are batches of workspaces with many commands, and batches of all others.
  const pipelines = Array.from({ length: SLOTS + 1 }, open)
  const bulk = open()
  let batches: Promise<unknown> = Promise.resolve()
  const coalescer = createCoalescer<Submission, CallOutcome | ReplayedAnswer>({
    slots: SLOTS,
    besideMin: BESIDE_MIN,
    heavyMin: HEAVY_MIN,
    placeOf: ({ command, source = OWN_SOURCE }) => ({ group: command.workspaceId, source }),
    boundsOf: ({ command }) => boundsOfCommand(command),
    isSharedFault: (error) => findDatabaseFault(error)?.isSilent ?? false,
    batchMax: BATCH_MAX,
    run: (submissions, slot) => runBatch(deps, pipelines[slot] ?? bulk, submissions),
  })
  return {
    async submit(command) {
      requireRightTime(deps.clock)
      return requireOutcome(await coalescer.submit({ command }))
    },
    async submitOnce(submission) {
      requireRightTime(deps.clock)
      return coalescer.submit(submission)
    },
    hasRoomFor: (submissions) => coalescer.hasRoomFor(submissions),
    get depth() {
      return coalescer.depth
    },
    async submitBatch(commands) {
      requireRightTime(deps.clock)
      const submissions = commands.map((command) => ({ command }))
      const batch = runBatch(deps, bulk, submissions)
      batches = Promise.allSettled([batches, batch]).then(() => {})
      return (await batch).map(requireOutcome)
    },
    async close() {
      await Promise.all([coalescer.idle(), batches])
      await Promise.all([...pipelines, bulk].map((pipeline) => pipeline.close()))
    },
  }
}

/** A call is charged by this server's clock, so a clock that is wrong decides nothing. */
function requireRightTime(clock: Clock): void {
  const fault = clock.findFault?.()
  if (fault !== undefined) throw new Problem(platformProblems.unavailable, fault)
}

function requireOutcome(outcome: CallOutcome | ReplayedAnswer): CallOutcome {
  invariant(outcome.outcome !== 'replayed', 'Only a submission with a key can be a replay')
  return outcome
}

/** Runs a batch. Expiries and resets that are due come first, each in a transaction of its own. */
async function runBatch(
  deps: CallEngineDeps,
  pipeline: Pipeline,
  submissions: readonly Submission[],
): Promise<(CallOutcome | ReplayedAnswer)[]> {
  const commands = submissions.map(({ command }) => command)
  const workspaceIds = [...new Set(commands.map((command) => command.workspaceId))].sort()
  for (;;) {
    const nowMs = deps.clock.now()
    const result = await retryLostRaces(() =>
      pipeline.transaction((tx, commit) =>
        attemptBatch(tx, commit, { submissions, commands, workspaceIds, nowMs }),
      ),
    )
    if ('outcomes' in result) {
      deps.commits.publish(result.commits)
      return result.outcomes
    }
    await deps.ledger.catchUp(result.due)
  }
}

type BatchAttempt = {
  readonly submissions: readonly Submission[]
  readonly commands: readonly CallCommand[]
  readonly workspaceIds: readonly string[]
  readonly nowMs: number
}

type BatchResult =
  /** These workspaces are at a boundary. Nothing was written. */
  | { readonly due: readonly string[] }
  | {
      readonly outcomes: (CallOutcome | ReplayedAnswer)[]
      readonly commits: readonly WorkspaceCommit[]
    }

/** Loads, decides and writes a batch in one transaction, unless a workspace is at a boundary. */
async function attemptBatch(
  tx: Tx,
  commit: () => Promise<void>,
  { submissions, commands, workspaceIds, nowMs }: BatchAttempt,
): Promise<BatchResult> {
  const [records, batch] = await Promise.all([
    loadRecords(tx, submissions),
    loadBatch(tx, workspaceIds, commands),
  ])
  const due = findWorkspacesAtBoundary(batch, nowMs)
  if (due.length > 0) return { due }
  const fresh: IdempotencyRecord[] = []
  const outcomes: (CallOutcome | ReplayedAnswer)[] = []
  for (const submission of submissions) {
    const outcome = decideOnce(batch, records, fresh, submission, nowMs)
    outcomes.push(batch.reversals.length === 0 ? outcome : await applyReversals(tx, batch, outcome, nowMs))
  }
  addSignals(batch, outcomes)
  const written = Promise.all([insertIdempotencyRecords(tx, fresh, nowMs), writeBatch(tx, batch, nowMs)])
  const committed = commit()
  // COMMIT is sent along with the writes. If a write fails, COMMIT fails too, and the error of the write says why.
  committed.catch(() => {})
  await written
  await committed
  return { outcomes, commits: [...batch.units.values()].flatMap((unit) => readCommit(unit) ?? []) }
}

/** Adds what other rooms of this process must do after the commit. */
function addSignals(batch: Batch, outcomes: readonly (CallOutcome | ReplayedAnswer)[]): void {
  for (const call of selectCalls(batch, batch.ordered)) {
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

/** Loads the answers stored under the batch's keys. The keys are locked first, before the balance lines. */
async function loadRecords(
  tx: Tx,
  submissions: readonly Submission[],
): Promise<Map<string, IdempotencyRecord>> {
  const refs = submissions.flatMap(({ idempotency }) => (idempotency ? [idempotency.ref] : []))
  if (refs.length === 0) return new Map()
  const [, records] = await Promise.all([lockIdempotencyKeys(tx, refs), loadIdempotencyRecords(tx, refs)])
  return records
}

/**
 * Decides a command, unless its key has a stored answer.
 *
 * @param fresh gets the answers that must be stored
 */
function decideOnce(
  batch: Batch,
  records: Map<string, IdempotencyRecord>,
  fresh: IdempotencyRecord[],
  { command, idempotency }: Submission,
  nowMs: number,
): CallOutcome | ReplayedAnswer {
  if (!idempotency) return decide(batch, command, nowMs)
  const { ref, createAnswer } = idempotency
  const before = records.get(idempotencyName(ref))
  if (before?.requestHash.equals(ref.requestHash)) return { outcome: 'replayed', record: before }
  if (before !== undefined) {
    const detail =
      'This Idempotency-Key was used with another body or address. Use a new key for a new request.'
    return { outcome: 'problem', problem: platformProblems.idempotency_mismatch, detail }
  }
  const outcome = decide(batch, command, nowMs)
  if (outcome.outcome === 'call') {
    const record = { ...ref, ...createAnswer(outcome) }
    records.set(idempotencyName(ref), record)
    fresh.push(record)
  }
  return outcome
}

function findWorkspacesAtBoundary(batch: Batch, nowMs: number): string[] {
  return [...batch.units.values()]
    .map(({ line }) => line)
    .filter((line) => isAtBoundary(line, nowMs))
    .map(({ workspaceId }) => workspaceId)
}
