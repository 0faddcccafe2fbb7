import { LEASE_MS } from '@talktime/core/calls/call-lease'
import { assertNever } from '@talktime/core/exhaustive'
import { localDayOf } from '@talktime/core/time/local-day'
import TinyQueue from 'tinyqueue'
import { type Batch, type ChargeReversal, createKey, findCall } from '../../server/src/calls/batch.ts'
import {
  insertCalls,
  loadAgents,
  loadCalls,
  loadGates,
  updateCalls,
} from '../../server/src/calls/call-store.ts'
import type { CallCommand } from '../../server/src/calls/command.ts'
import { decide } from '../../server/src/calls/decide.ts'
import {
  addEvent,
  type Ledger,
  lockWorkspaces,
  reverseCharge,
  type WorkspaceUnit,
  writeUnits,
} from '../../server/src/ledger/index.ts'
import type { virtualClock } from '../../server/src/platform/clock.ts'
import type { Database, Tx } from '../../server/src/platform/database/database.ts'
import { newUuid } from '../../server/src/platform/ids.ts'
import { invariant } from '../../server/src/platform/problem.ts'
import { addUsage } from '../../server/src/usage/index.ts'
import { addCall, addEntry } from './copied-rows.ts'
import type { CopyIn } from './copy-in.ts'
import type { YearCustomer } from './customer.ts'
import type { YearCall } from './year-calls.ts'

export type YearPlay = {
  readonly database: Database
  readonly clock: ReturnType<typeof virtualClock>
  readonly ledger: Ledger
  readonly customer: YearCustomer
  readonly copies: { readonly calls: CopyIn; readonly entries: CopyIn }
  readonly workspaceId: string
  readonly timeZone: string
  readonly agentIds: readonly string[]
  readonly calls: Iterator<YearCall, void>
  readonly endsAtMs: number
}

type ReportType = 'start' | 'answer' | 'heartbeat' | 'reap' | 'end'

/** Something that reaches the product about a call. */
type Report = {
  readonly atMs: number
  /** Reports at one instant come in this order. */
  readonly order: number
  readonly callId: string
  readonly type: ReportType
  readonly call: YearCall
}

/** How long after its answer a call that counts as lost gives its last sign of life. */
const LAST_SIGN_MS = 20_000

/** After this many commands, the copies wait until PostgreSQL has caught up. */
const COMMANDS_MAX = 2_000

/**
 * Plays a year of calls as the engine would: the engine's own `decide` decides each command, in order, and each grant,
 * purchase, reset and expiry is the product's own. Only the writing differs. Instead of a transaction for each batch of
 * commands, there is one COPY for each span of at most a local day in which no credit comes or goes. Then the roll-ups
 * and the balance line are written as the engine writes them.
 */
export async function playYear(play: YearPlay): Promise<void> {
  const { database, clock, ledger, customer, workspaceId, timeZone, endsAtMs } = play
  const state: State = {
    calls: play.calls,
    next: play.calls.next(),
    reports: new TinyQueue<Report>([], (a, b) => a.atMs - b.atMs || a.order - b.order),
    order: 0,
    expected: new Set(),
    refusals: 0,
  }
  while (!(state.next.done && state.reports.length === 0)) {
    const line = (await lockWorkspaces(database, [workspaceId])).get(workspaceId)?.line
    invariant(line, 'The workspace has a balance line')
    if (line.nextBoundaryMs !== null && line.nextBoundaryMs <= clock.now()) {
      await ledger.catchUp([workspaceId])
    } else if (customer.isDue(line, state.refusals)) {
      await customer.act(line, state.refusals)
      state.refusals = 0
    } else {
      const day = localDayOf(clock.now(), timeZone)
      const untilMs = Math.min(line.nextBoundaryMs ?? endsAtMs, day.endsAtMs, endsAtMs + 1)
      await playSpan(play, state, untilMs)
    }
  }
}

type State = {
  readonly calls: Iterator<YearCall, void>
  next: IteratorResult<YearCall, void>
  readonly reports: TinyQueue<Report>
  order: number
  /** Calls with reports to come. */
  readonly expected: Set<string>
  /** Calls that were refused since the customer last did something. */
  refusals: number
}

/** Plays what happens before `untilMs`, or until the customer has something to do. */
async function playSpan(play: YearPlay, state: State, untilMs: number): Promise<void> {
  const { database, clock, customer, copies, workspaceId } = play
  const known = new Set(state.expected)
  const batch = await loadBatch(play, [...known])
  const unit = batch.units.get(workspaceId)
  invariant(unit, 'The workspace has a balance line')

  /** Plays the next report. Returns whether the span continues. */
  function step(): boolean {
    const report = takeReport(state, untilMs)
    if (report === undefined) {
      clock.set(untilMs)
      return false
    }
    clock.set(report.atMs)
    const outcome = decide(batch, createCommand(play, report), report.atMs)
    invariant(outcome.outcome === 'call', 'The year’s commands make sense to the product')
    const { call } = outcome
    if (call.facts.refused) state.refusals += 1
    else if (report.type === 'start') expectReports(state, report)
    for (const entry of unit?.newEntries.splice(0) ?? []) addEntry(copies.entries, entry)
    if (!state.expected.has(call.id) && !known.has(call.id)) {
      addCall(copies.calls, call)
      batch.calls.delete(call.id)
    }
    return batch.reversals.length === 0 && unit !== undefined && !customer.isDue(unit.line, state.refusals)
  }

  let continues = true
  while (continues) {
    for (let steps = 0; continues && steps < COMMANDS_MAX; steps += 1) continues = step()
    // Nobody listens, and events that old would be deleted.
    unit.newEvents.clear()
    await Promise.all([copies.calls.flush(), copies.entries.flush()])
  }
  await Promise.all([copies.calls.finish(), copies.entries.finish()])
  addEvent(unit, 'balance')
  const calls = [...batch.calls.values()]
  await database.transaction(async (tx) => {
    await insertCalls(
      tx,
      calls.filter(({ id }) => !known.has(id)),
    )
    await updateCalls(
      tx,
      calls.filter(({ id }) => known.has(id)),
    )
    await addUsage(tx, batch.usage)
    await writeUnits(tx, [unit], clock.now())
    for (const reversal of batch.reversals) await carryOutReversal(tx, batch, unit, reversal, clock.now())
  })
}

/** Reverses what a call was charged too much, as the engine does: it counted as lost and was cut at a reset. */
async function carryOutReversal(
  tx: Tx,
  batch: Batch,
  unit: WorkspaceUnit,
  reversal: ChargeReversal,
  nowMs: number,
): Promise<void> {
  const call = findCall(batch, reversal.workspaceId, reversal.callId)
  invariant(call, 'A call that is given credit back was cut before, and so it was loaded')
  const entries = await reverseCharge(tx, unit, { ...reversal, entrySeqs: call.entrySeqs }, nowMs)
  await updateCalls(tx, [{ ...call, entrySeqs: [...call.entrySeqs, ...entries.map((entry) => entry.seq)] }])
  await writeUnits(tx, [unit], nowMs)
}

async function loadBatch(
  { database, workspaceId, agentIds }: YearPlay,
  callIds: readonly string[],
): Promise<Batch> {
  const agents = await loadAgents(
    database,
    agentIds.map((key) => ({ workspaceId, key })),
  )
  const calls = await loadCalls(database, workspaceId, callIds)
  return {
    units: await lockWorkspaces(database, [workspaceId]),
    gates: await loadGates(database, [workspaceId]),
    agents: new Map(agents.map((agent) => [createKey(workspaceId, agent.id), agent])),
    calls: new Map(calls.map((call) => [call.id, call])),
    externalIds: new Map(),
    inserted: new Set(),
    updated: new Set(),
    ordered: new Set(),
    reversals: [],
    usage: [],
  }
}

/** Takes the next report before `untilMs`, in the order in which they reach the product. */
function takeReport(state: State, untilMs: number): Report | undefined {
  const report = state.reports.peek()
  const call = state.next.done ? undefined : state.next.value
  if (call !== undefined && (report === undefined || call.startsAtMs <= report.atMs)) {
    if (call.startsAtMs >= untilMs) return undefined
    state.next = state.calls.next()
    return { atMs: call.startsAtMs, order: 0, callId: newUuid(call.startsAtMs), type: 'start', call }
  }
  if (report === undefined || report.atMs >= untilMs) return undefined
  state.reports.pop()
  if (report.type === 'end') state.expected.delete(report.callId)
  return report
}

/** Schedules the reports of a call that has started. */
function expectReports(state: State, { callId, call }: Report): void {
  const { answeredAtMs, reportedAtMs, lost } = call
  const expect = (type: ReportType, atMs: number) => {
    state.order += 1
    state.reports.push({ atMs, order: state.order, callId, type, call })
  }
  state.expected.add(callId)
  if (answeredAtMs !== null) {
    expect('answer', answeredAtMs)
    if (lost) {
      expect('heartbeat', answeredAtMs + LAST_SIGN_MS)
      expect('reap', answeredAtMs + LAST_SIGN_MS + LEASE_MS)
    }
  }
  expect('end', reportedAtMs)
}

function createCommand({ workspaceId, agentIds }: YearPlay, { type, callId, call }: Report): CallCommand {
  const target = { callId }
  switch (type) {
    case 'start': {
      const { direction, from, to, startsAtMs: atMs } = call
      const agentId = agentIds[call.agent] ?? ''
      return { type, workspaceId, callId, agentId, direction, from, to, externalId: null, atMs }
    }
    case 'answer':
      return { type, by: 'workspace', workspaceId, target, atMs: call.answeredAtMs }
    case 'end':
      return { type, by: 'workspace', workspaceId, target, atMs: call.endedAtMs, reason: call.endReason }
    case 'reap':
      return { type, workspaceId, target, listeningSinceMs: call.startsAtMs }
    case 'heartbeat':
      return { type, workspaceId, target }
    default:
      return assertNever(type)
  }
}
