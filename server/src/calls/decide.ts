import { balanceAt } from '@talktime/core/billing/balance-line'
import { clampToKnownTime } from '@talktime/core/billing/threshold-crossings'
import { authorizeCall, type RefusalReason } from '@talktime/core/calls/authorize'
import { applyCallEvent, type CallEvent, isOpen, NEW_CALL_FACTS } from '@talktime/core/calls/call'
import { presumeEnd } from '@talktime/core/calls/call-lease'
import { computeCallUsage } from '@talktime/core/calls/call-usage'
import { isEndingCalls } from '@talktime/core/calls/ending-calls'
import { checkReportedInstant } from '@talktime/core/calls/reported-instant'
import { assertNever } from '@talktime/core/exhaustive'
import { accessProblems } from '../access/index.ts'
import { agentProblems } from '../agents/index.ts'
import { addAudit, addEvent, applyToLine, post, type WorkspaceUnit } from '../ledger/index.ts'
import { type ProblemType, platformProblems } from '../platform/problem.ts'
import { type Batch, createKey, findCall } from './batch.ts'
import { addChargeEntry, type CallRow, type HangUpReason, readLease } from './call-row.ts'
import type { AgentRow, GateRow } from './call-store.ts'
import type { CallCommand, CallOutcome, CallTarget } from './command.ts'
import { findCorrections } from './corrections.ts'
import { renewHardStop } from './hard-stop.ts'
import { callProblems } from './problems.ts'

/** Decides one command at `nowMs` (epoch milliseconds) and adds the decision to the batch. */
export function decide(batch: Batch, command: CallCommand, nowMs: number): CallOutcome {
  const unit = batch.units.get(command.workspaceId)
  const gate = batch.gates.get(command.workspaceId)
  if (unit === undefined || gate === undefined) {
    return createProblem(accessProblems.workspace_not_found, 'There is no such workspace.')
  }
  const context: Context = { batch, unit, gate, nowMs }
  if (command.type === 'start') return startCall(context, command)
  const call = findTarget(batch, command.workspaceId, command.target)
  if (call === undefined) {
    return createProblem(callProblems.call_not_found, describeMissingCall(command.target))
  }
  switch (command.type) {
    case 'answer':
    case 'end':
      return applyReport(context, call, command)
    case 'heartbeat':
      return applyHeartbeat(context, call)
    case 'hang_up':
      return orderHangUp(context, call, command)
    case 'reap':
      return reapCall(context, call, command.listeningSinceMs)
    default:
      return assertNever(command)
  }
}

type Context = {
  readonly batch: Batch
  readonly unit: WorkspaceUnit
  readonly gate: GateRow
  readonly nowMs: number
}

function startCall(context: Context, command: Extract<CallCommand, { type: 'start' }>): CallOutcome {
  const { batch, unit, gate, nowMs } = context
  const { workspaceId, callId, externalId } = command
  const written = findCall(batch, workspaceId, callId)
  if (written !== undefined) return createOutcome(context, written, true)
  if (externalId !== null) {
    const known = findTarget(batch, workspaceId, { externalId })
    if (known !== undefined) return createOutcome(context, known, false)
  }
  const agent = batch.agents.get(createKey(workspaceId, command.agentId))
  if (agent === undefined) {
    const detail = 'There is no such agent in this workspace.'
    return createProblem(agentProblems.agent_not_found, detail, '/agentId')
  }
  const at = checkReportedInstant(command.atMs, nowMs)
  if (!at.accepted) return createInstantProblem(at.reason)
  const { line } = unit
  const authorization = authorizeCall(
    {
      workspaceActive: gate.active,
      awaitsVerification: gate.awaitsVerification,
      agentActive: agent.active,
      overdraft: gate.overdraft,
      durationMsMax: gate.callDurationSecondsMax * 1000,
      line,
      openCalls: line.openCalls,
      concurrentCallsMax: gate.concurrentCallsMax,
    },
    clampToKnownTime(line, nowMs),
  )
  const refusalReason = authorization.decision === 'refused' ? authorization.reason : null
  if (refusalReason === null) unit.line = { ...line, openCalls: line.openCalls + 1 }
  const call = renewHardStop(createCall(command, agent, gate, refusalReason, at.atMs), context)
  batch.inserted.add(callId)
  batch.calls.set(callId, call)
  if (externalId !== null) batch.externalIds.set(createKey(workspaceId, externalId), callId)
  addEvent(unit, 'call', callId)
  return createOutcome(context, call, true)
}

function createCall(
  command: Extract<CallCommand, { type: 'start' }>,
  agent: AgentRow,
  gate: GateRow,
  refusalReason: RefusalReason | null,
  authorizedAtMs: number,
): CallRow {
  return {
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
    refusalReason,
    authorizedAtMs,
    maxDurationMs: gate.callDurationSecondsMax * 1000,
    lastSeenAtMs: null,
    hangUpAtMs: null,
    hangUpReason: null,
    entrySeqs: [],
    drawnFromMs: null,
    corrections: [],
    // A refused call is over the moment it is refused.
    facts:
      refusalReason === null
        ? NEW_CALL_FACTS
        : { ...NEW_CALL_FACTS, refused: true, endedAtMs: authorizedAtMs },
  }
}

function applyReport(
  context: Context,
  call: CallRow,
  command: Extract<CallCommand, { type: 'answer' | 'end' }>,
): CallOutcome {
  if (call.facts.refused && command.type === 'answer') {
    return createProblem(
      callProblems.call_refused,
      'The call was refused, so it cannot be answered. Nothing is charged.',
    )
  }
  const at =
    command.by === 'carrier' && command.atMs !== null
      ? { accepted: true as const, atMs: Math.min(command.atMs, context.nowMs) }
      : checkReportedInstant(command.atMs, context.nowMs)
  if (!at.accepted) return createInstantProblem(at.reason)
  const { by } = command
  const event: CallEvent =
    command.type === 'answer'
      ? { type: 'answer', atMs: at.atMs, by }
      : { type: 'end', atMs: at.atMs, reason: command.reason, by }
  const after = applyEvent(context, call, event)
  return createOutcome(context, command.type === 'answer' ? renewCall(context, after) : after, false)
}

/** Renews the hard stop of a call of which its voice stack has just reported. */
function renewCall(context: Context, call: CallRow): CallRow {
  const renewed = renewHardStop(call, context)
  return renewed === call ? call : updateCall(context, renewed)
}

function applyHeartbeat(context: Context, call: CallRow): CallOutcome {
  if (!isOpen(call.facts)) return createOutcome(context, call, false)
  const seen = { ...call, lastSeenAtMs: Math.max(call.lastSeenAtMs ?? 0, context.nowMs) }
  return createOutcome(context, updateCall(context, renewHardStop(seen, context)), false)
}

function orderHangUp(
  context: Context,
  call: CallRow,
  { reason, by }: Extract<CallCommand, { type: 'hang_up' }>,
): CallOutcome {
  // An order by hand replaces one for lack of credits, so that it stands when credits return.
  if (!isOpen(call.facts) || call.hangUpReason === reason) return createOutcome(context, call, false)
  const ordered = addHangUpOrder(context, call, reason)
  addEvent(context.unit, 'call', call.id)
  if (by !== undefined) {
    const target = { kind: 'call', id: call.id, name: call.agentName } as const
    addAudit(context.unit, by, { action: 'call.hung_up', target })
  }
  return createOutcome(context, ordered, false)
}

function addHangUpOrder(context: Context, call: CallRow, reason: HangUpReason): CallRow {
  const ordered = { ...call, hangUpAtMs: call.hangUpAtMs ?? context.nowMs, hangUpReason: reason }
  context.batch.calls.set(call.id, ordered)
  context.batch.ordered.add(call.id)
  return ordered
}

function reapCall(context: Context, call: CallRow, listeningSinceMs: number): CallOutcome {
  const end = presumeEnd(call.facts, readLease(call), listeningSinceMs, context.nowMs)
  if (end === null) return createOutcome(context, call, false)
  return createOutcome(context, applyEvent(context, call, { type: 'presume_end', ...end }), false)
}

/** Applies an event to a call: to its facts, the balance line and usage, and to what it is charged. */
function applyEvent(context: Context, call: CallRow, event: CallEvent): CallRow {
  const { batch, unit, nowMs } = context
  const { facts, effect } = applyCallEvent(call.facts, event)
  if (facts === call.facts) return call
  applyToLine(unit, effect)
  const corrections = findCorrections(call.facts, facts, nowMs)
  let after: CallRow =
    corrections.length === 0
      ? { ...call, facts }
      : { ...call, facts, corrections: [...call.corrections, ...corrections] }
  if (effect.chargeMs > 0) {
    // A corrected answer of a live call adds to what its last boundary charged.
    const atMs = facts.endedAtMs ?? facts.settledUntilMs ?? event.atMs
    const charge = { kind: 'call', amountMs: -effect.chargeMs, atMs, callId: call.id, draws: true } as const
    const entry = post(unit, corrections.length === 0 ? charge : { ...charge, reason: 'correction' }, nowMs)
    after = addChargeEntry(after, entry)
  }
  if (effect.chargeMs < 0) {
    batch.reversals.push({ workspaceId: call.workspaceId, callId: call.id, amountMs: -effect.chargeMs })
  }
  addUsageEvent(context, call, after)
  return updateCall(context, after)
}

function addUsageEvent({ batch, unit, gate }: Context, call: CallRow, after: CallRow): void {
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

function updateCall(context: Context, call: CallRow): CallRow {
  const { batch, unit, gate, nowMs } = context
  batch.calls.set(call.id, call)
  if (!batch.inserted.has(call.id)) batch.updated.add(call.id)
  addEvent(unit, 'call', call.id)
  // A call that was presumed lost may turn out to be live after the workspace's other calls were ended.
  const mustEnd = isOpen(call.facts) && isEndingCalls(unit.line, gate.whenCreditsRunOut, nowMs)
  return mustEnd && call.hangUpReason === null ? addHangUpOrder(context, call, 'out_of_credits') : call
}

function findTarget(batch: Batch, workspaceId: string, target: CallTarget): CallRow | undefined {
  const callId =
    'callId' in target ? target.callId : batch.externalIds.get(createKey(workspaceId, target.externalId))
  return callId === undefined ? undefined : findCall(batch, workspaceId, callId)
}

function createOutcome(context: Context, call: CallRow, created: boolean): CallOutcome {
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

function createProblem(type: ProblemType, detail: string, pointer?: string): CallOutcome {
  return pointer === undefined
    ? { outcome: 'problem', problem: type, detail }
    : { outcome: 'problem', problem: type, detail, pointer }
}

function describeMissingCall(target: CallTarget): string {
  return 'callId' in target
    ? 'There is no such call in this workspace.'
    : `There is no call with the external id "${target.externalId}" in this workspace.`
}

function createInstantProblem(reason: 'in_future' | 'too_old'): CallOutcome {
  const detail =
    reason === 'in_future'
      ? 'The time is in the future. Up to 5 seconds ahead of this server’s clock is accepted, and counts as now.'
      : 'The time is more than 24 hours ago. Reports are accepted up to 24 hours late.'
  return createProblem(platformProblems.invalid_request, detail, '/at')
}
