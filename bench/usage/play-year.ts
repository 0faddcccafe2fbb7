import { LEASE_MS } from '@talktime/core/calls/call-lease'
import { localDayOf } from '@talktime/core/time/local-day'
import TinyQueue from 'tinyqueue'
import { type Batch, type ChargeReversal, createKey } from '../../server/src/calls/batch.ts'
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

type What = 'start' | 'answer' | 'heartbeat' | 'reap' | 'end'

/** Something that reaches the product about a call. */
type Report = {
  readonly atMs: number
  /** Of those at the same instant the lower one comes first. */
  readonly order: number
  readonly callId: string
  readonly what: What
  readonly call: YearCall
}

/** Of a call that is taken for lost: how long after its answer it gave the last sign of life, and how long that is believed. */
const LAST_SIGN_MS = 20_000

/** How many commands are decided between two looks at whether PostgreSQL keeps up. */
const ROUND = 2_000

/**
 * Plays a year of calls as the engine would: each command is decided by the engine's own `decide`, in order, each grant,
 * purchase, reset and expiry is the product's own. Only how it is written differs: not a transaction for each batch of
 * commands, but one COPY for each stretch of at most a local day, in which no credit comes or goes; then the roll-ups
 * and the line are written as the engine writes them.
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
      await playStretch(play, state, untilMs)
    }
  }
}

type State = {
  readonly calls: Iterator<YearCall, void>
  next: IteratorResult<YearCall, void>
  readonly reports: TinyQueue<Report>
  order: number
  /** Calls of which something will still be reported. */
  readonly expected: Set<string>
  /** Calls that were refused since the customer did something. */
  refusals: number
}

/** What happens from now on before `untilMs`, or until the customer has something to do. */
async function playStretch(play: YearPlay, state: State, untilMs: number): Promise<void> {
  const { database, clock, customer, copies, workspaceId } = play
  const known = new Set(state.expected)
  const batch = await loadBatch(play, [...known])
  const unit = batch.units.get(workspaceId)
  invariant(unit, 'The workspace has a balance line')

  /** Returns whether to go on. */
  function step(): boolean {
    const report = nextReport(state, untilMs)
    if (report === undefined) {
      clock.set(untilMs)
      return false
    }
    clock.set(report.atMs)
    const outcome = decide(batch, commandOf(play, report), report.atMs)
    invariant(outcome.outcome === 'call', 'The year’s commands make sense to the product')
    const { call } = outcome
    if (call.facts.refused) state.refusals += 1
    else if (report.what === 'start') expectReports(state, report)
    for (const entry of unit?.newEntries.splice(0) ?? []) addEntry(copies.entries, entry)
    if (!state.expected.has(call.id) && !known.has(call.id)) {
      addCall(copies.calls, call)
      batch.calls.delete(createKey(workspaceId, call.id))
    }
    return batch.reversals.length === 0 && unit !== undefined && !customer.isDue(unit.line, state.refusals)
  }

  let goesOn = true
  while (goesOn) {
    for (let steps = 0; goesOn && steps < ROUND; steps += 1) goesOn = step()
    // Nobody listens: events of long ago are pruned.
    unit.newEvents.clear()
    await Promise.all([copies.calls.flushed(), copies.entries.flushed()])
  }
  await Promise.all([copies.calls.done(), copies.entries.done()])
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
    for (const back of batch.reversals) await carryOutReversal(tx, batch, unit, back, clock.now())
  })
}

/** A call that was taken for lost had been charged for longer at a reset: as the engine does it. */
async function carryOutReversal(
  tx: Tx,
  batch: Batch,
  unit: WorkspaceUnit,
  back: ChargeReversal,
  nowMs: number,
): Promise<void> {
  const call = batch.calls.get(createKey(back.workspaceId, back.callId))
  invariant(call, 'A call that is given credit back was cut before, and so it was loaded')
  const entries = await reverseCharge(tx, unit, { ...back, entrySeqs: call.entrySeqs }, nowMs)
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
    calls: new Map(calls.map((call) => [createKey(workspaceId, call.id), call])),
    externalIds: new Map(),
    inserted: new Set(),
    updated: new Set(),
    ordered: new Set(),
    reversals: [],
    usage: [],
  }
}

/** What comes next before `untilMs`, in the order in which it reaches the product. */
function nextReport(state: State, untilMs: number): Report | undefined {
  const report = state.reports.peek()
  const call = state.next.done ? undefined : state.next.value
  if (call !== undefined && (report === undefined || call.startsAtMs <= report.atMs)) {
    if (call.startsAtMs >= untilMs) return undefined
    state.next = state.calls.next()
    return { atMs: call.startsAtMs, order: 0, callId: newUuid(call.startsAtMs), what: 'start', call }
  }
  if (report === undefined || report.atMs >= untilMs) return undefined
  state.reports.pop()
  if (report.what === 'end') state.expected.delete(report.callId)
  return report
}

/** What will be reported of a call that has started. */
function expectReports(state: State, { callId, call }: Report): void {
  const { answeredAtMs, reportedAtMs, lost } = call
  const expect = (what: What, atMs: number) => {
    state.order += 1
    state.reports.push({ atMs, order: state.order, callId, what, call })
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

function commandOf({ workspaceId, agentIds }: YearPlay, { what, callId, call }: Report): CallCommand {
  const target = { callId }
  switch (what) {
    case 'start': {
      const { direction, from, to, startsAtMs: atMs } = call
      const agentId = agentIds[call.agent] ?? ''
      return { type: 'start', workspaceId, callId, agentId, direction, from, to, externalId: null, atMs }
    }
    case 'answer':
      return { type: 'answer', workspaceId, target, atMs: call.answeredAtMs }
    case 'end':
      return { type: 'end', workspaceId, target, atMs: call.endedAtMs, reason: call.endReason }
    case 'reap':
      return { type: 'reap', workspaceId, target, listeningSinceMs: call.startsAtMs }
    case 'heartbeat':
      return { type: 'heartbeat', workspaceId, target }
  }
}
