import { balanceAt } from '@talktime/core/billing/balance-line'
import { clampToKnownTime } from '@talktime/core/billing/threshold-crossings'
import { authorizeCall } from '@talktime/core/calls/authorize'
import { applyCallEvent, type CallEvent, isOpen, NEW_CALL_FACTS } from '@talktime/core/calls/call'
import { presumeEnd } from '@talktime/core/calls/call-lease'
import { computeCallUsage } from '@talktime/core/calls/call-usage'
import { isEndingCalls } from '@talktime/core/calls/ending-calls'
import { checkReportedInstant } from '@talktime/core/calls/reported-instant'
import { accessProblems } from '../access/index.ts'
import { agentProblems } from '../agents/index.ts'
import { addEvent, applyToLine, post, type WorkspaceUnit } from '../ledger/index.ts'
import { type ProblemType, platformProblems } from '../platform/problem.ts'
import type { UsageEvent } from '../usage/index.ts'
import { type CallRow, chargedBy, type HangUpReason, leaseOf } from './call-row.ts'
import type { AgentRow, GateRow } from './call-store.ts'
import type { CallCommand, CallOutcome, CallTarget } from './command.ts'
import { callProblems } from './problems.ts'

/** Credit to be given back before the next command is decided: see the ledger's `giveBack`. */
export type ChargeReversal = {
  readonly workspaceId: string
  readonly callId: string
  readonly amountMs: number
}

/**
 * Everything a batch of commands is decided on, loaded under the locks of its workspaces' lines, and what was
 * decided. Later commands of a batch see what earlier ones decided.
 */
export type Batch = {
  readonly units: ReadonlyMap<string, WorkspaceUnit>
  readonly gates: ReadonlyMap<string, GateRow>
  readonly agents: ReadonlyMap<string, AgentRow>
  readonly calls: Map<string, CallRow>
  /** External id → call id. */
  readonly externalIds: Map<string, string>
  readonly inserted: Set<string>
  readonly updated: Set<string>
  /** Calls that are to be hung up since one of these commands. */
  readonly ordered: Set<string>
  readonly reversals: ChargeReversal[]
  /** What was changed about usage. */
  readonly usage: UsageEvent[]
}

/** Keys of the maps: a thing in its workspace. */
export function inWorkspace(workspaceId: string, key: string): string {
  return `${workspaceId}/${key}`
}

/** Decides one command at `nowMs` and keeps the decision in the batch. */
export function decide(batch: Batch, command: CallCommand, nowMs: number): CallOutcome {
  const unit = batch.units.get(command.workspaceId)
  const gate = batch.gates.get(command.workspaceId)
  if (unit === undefined || gate === undefined) {
    return problem(accessProblems.workspace_not_found, 'There is no such workspace.')
  }
  const context: Context = { batch, unit, gate, nowMs }
  if (command.type === 'start') return start(context, command)
  const call = findCall(batch, command.workspaceId, command.target)
  if (call === undefined) return problem(callProblems.call_not_found, missing(command.target))
  if (command.type === 'heartbeat') return heartbeat(context, call)
  if (command.type === 'hang_up') return hangUp(context, call, command.reason)
  if (command.type === 'reap') return reap(context, call, command.listeningSinceMs)
  return report(context, call, command)
}

type Context = {
  readonly batch: Batch
  readonly unit: WorkspaceUnit
  readonly gate: GateRow
  readonly nowMs: number
}

function start(context: Context, command: Extract<CallCommand, { type: 'start' }>): CallOutcome {
  const { batch, unit, gate, nowMs } = context
  const written = findCall(batch, command.workspaceId, { callId: command.callId })
  if (written !== undefined) return outcomeOf(context, written, true)
  if (command.externalId !== null) {
    const known = findCall(batch, command.workspaceId, { externalId: command.externalId })
    if (known !== undefined) return outcomeOf(context, known, false)
  }
  const agent = batch.agents.get(inWorkspace(command.workspaceId, command.agentId))
  if (agent === undefined)
    return problem(agentProblems.agent_not_found, 'There is no such agent in this workspace.', '/agentId')
  const at = checkReportedInstant(command.atMs, nowMs)
  if (!at.accepted) return badInstant(at.reason)
  const { line } = unit
  const authorization = authorizeCall(
    {
      workspaceActive: gate.active,
      agentActive: agent.active,
      line,
      openCalls: line.openCalls,
      concurrentCallsMax: gate.concurrentCallsMax,
    },
    clampToKnownTime(line, nowMs),
  )
  const refused = authorization.decision === 'refused'
  const call: CallRow = {
    workspaceId: command.workspaceId,
    id: command.callId,
    agentId: agent.id,
    agentName: agent.name,
    direction: command.direction,
    from: command.from,
    to: command.to,
    externalId: command.externalId,
    campaignId: command.campaignId ?? null,
    carrier: command.carrier ?? null,
    refusalReason: refused ? authorization.reason : null,
    authorizedAtMs: at.atMs,
    maxDurationMs: gate.callDurationSecondsMax * 1000,
    lastSeenAtMs: null,
    hangUpAtMs: null,
    hangUpReason: null,
    entrySeqs: [],
    drawnFromMs: null,
    // A refused call is over the moment it is refused.
    facts: refused ? { ...NEW_CALL_FACTS, refused: true, endedAtMs: at.atMs } : NEW_CALL_FACTS,
  }
  if (!refused) unit.line = { ...line, openCalls: line.openCalls + 1 }
  const key = inWorkspace(call.workspaceId, call.id)
  batch.inserted.add(key)
  batch.calls.set(key, call)
  if (call.externalId !== null) batch.externalIds.set(inWorkspace(call.workspaceId, call.externalId), call.id)
  addEvent(unit, 'call', call.id)
  return outcomeOf(context, call, true)
}

function report(
  context: Context,
  call: CallRow,
  command: Extract<CallCommand, { type: 'answer' | 'end' }>,
): CallOutcome {
  if (call.facts.refused && command.type === 'answer') {
    return problem(
      callProblems.call_refused,
      'The call was refused, so it cannot be answered. Nothing is charged.',
    )
  }
  const at =
    command.vouched && command.atMs !== null
      ? { accepted: true as const, atMs: Math.min(command.atMs, context.nowMs) }
      : checkReportedInstant(command.atMs, context.nowMs)
  if (!at.accepted) return badInstant(at.reason)
  const event: CallEvent =
    command.type === 'answer'
      ? { type: 'answer', atMs: at.atMs }
      : { type: 'end', atMs: at.atMs, reason: command.reason }
  return outcomeOf(context, happen(context, call, event), false)
}

function heartbeat(context: Context, call: CallRow): CallOutcome {
  if (!isOpen(call.facts)) return outcomeOf(context, call, false)
  const seen = { ...call, lastSeenAtMs: Math.max(call.lastSeenAtMs ?? 0, context.nowMs) }
  return outcomeOf(context, keep(context, seen), false)
}

function hangUp(context: Context, call: CallRow, reason: HangUpReason): CallOutcome {
  // Whoever says so wants it also where credits come back.
  if (!isOpen(call.facts) || call.hangUpReason === reason) return outcomeOf(context, call, false)
  const ordered = order(context, call, reason)
  addEvent(context.unit, 'call', call.id)
  return outcomeOf(context, ordered, false)
}

function order(context: Context, call: CallRow, reason: HangUpReason): CallRow {
  const ordered = { ...call, hangUpAtMs: call.hangUpAtMs ?? context.nowMs, hangUpReason: reason }
  const key = inWorkspace(call.workspaceId, call.id)
  context.batch.calls.set(key, ordered)
  context.batch.ordered.add(key)
  return ordered
}

function reap(context: Context, call: CallRow, listeningSinceMs: number): CallOutcome {
  const end = presumeEnd(call.facts, leaseOf(call), listeningSinceMs, context.nowMs)
  if (end === null) return outcomeOf(context, call, false)
  return outcomeOf(context, happen(context, call, { type: 'presume_end', ...end }), false)
}

/** Applies an event to a call: its facts, the balance line, and what it charges or gives back. */
function happen(context: Context, call: CallRow, event: CallEvent): CallRow {
  const { batch, unit, nowMs } = context
  const { facts, effect } = applyCallEvent(call.facts, event)
  if (facts === call.facts) return call
  applyToLine(unit, effect)
  let after: CallRow = { ...call, facts }
  if (effect.chargeMs > 0) {
    const atMs = facts.endedAtMs ?? event.atMs
    const entry = post(
      unit,
      { kind: 'call', amountMs: -effect.chargeMs, atMs, callId: call.id, draws: true },
      nowMs,
    )
    after = chargedBy(after, entry)
  }
  if (effect.chargeMs < 0) {
    batch.reversals.push({ workspaceId: call.workspaceId, callId: call.id, amountMs: -effect.chargeMs })
  }
  noteUsage(context, call, after)
  return keep(context, after)
}

function noteUsage({ batch, unit, gate }: Context, call: CallRow, after: CallRow): void {
  const usage = { before: computeCallUsage(call.facts), after: computeCallUsage(after.facts) }
  if (usage.before === null && usage.after === null) return
  const { workspaceId, agentId, drawnFromMs } = after
  batch.usage.push({
    workspaceId,
    agentId,
    timeZones: gate.nextTimeZone === null ? [gate.timeZone] : [gate.timeZone, gate.nextTimeZone],
    closedUntil: gate.usageClosedUntil,
    ...usage,
    drawn: drawnFromMs === null ? null : { fromMs: drawnFromMs, toMs: unit.line.drawnMs },
    corrects: usage.before !== null || call.drawnFromMs !== null,
  })
}

function keep(context: Context, call: CallRow): CallRow {
  const { batch, unit, gate, nowMs } = context
  const key = inWorkspace(call.workspaceId, call.id)
  batch.calls.set(key, call)
  if (!batch.inserted.has(key)) batch.updated.add(key)
  addEvent(unit, 'call', call.id)
  // A call that was taken for lost may turn out to be on after all, when the others have been ended already.
  const isToEnd = isOpen(call.facts) && isEndingCalls(unit.line, gate.whenCreditsRunOut, nowMs)
  return isToEnd && call.hangUpReason === null ? order(context, call, 'out_of_credits') : call
}

function findCall(batch: Batch, workspaceId: string, target: CallTarget): CallRow | undefined {
  const callId =
    'callId' in target ? target.callId : batch.externalIds.get(inWorkspace(workspaceId, target.externalId))
  return callId === undefined ? undefined : batch.calls.get(inWorkspace(workspaceId, callId))
}

function outcomeOf(context: Context, call: CallRow, created: boolean): CallOutcome {
  const { unit, gate, nowMs } = context
  const balanceMs = balanceAt(unit.line, nowMs)
  const hardStopMs = call.facts.answeredAtMs === null ? null : call.facts.answeredAtMs + call.maxDurationMs
  const mayContinue =
    isOpen(call.facts) &&
    call.hangUpAtMs === null &&
    (hardStopMs === null || nowMs < hardStopMs) &&
    (gate.whenCreditsRunOut === 'finish' || balanceMs > 0)
  return { outcome: 'call', call, created, balanceMs, mayContinue }
}

function problem(type: ProblemType, detail: string, pointer?: string): CallOutcome {
  return pointer === undefined
    ? { outcome: 'problem', problem: type, detail }
    : { outcome: 'problem', problem: type, detail, pointer }
}

function missing(target: CallTarget): string {
  return 'callId' in target
    ? 'There is no such call in this workspace.'
    : `There is no call with the external id "${target.externalId}" in this workspace.`
}

function badInstant(reason: 'in_future' | 'too_old'): CallOutcome {
  const detail =
    reason === 'in_future'
      ? 'The time lies in the future: at most 5 seconds ahead of this server’s clock is taken (as now).'
      : 'The time lies more than 24 hours back: reports are taken up to 24 hours late.'
  return problem(platformProblems.invalid_request, detail, '/at')
}
