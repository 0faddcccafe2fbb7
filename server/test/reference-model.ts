import { computeBillingCycle, computeCycleAnchor } from '@talktime/core/billing/billing-cycle'
import { MINUTE_MS } from '@talktime/core/time/durations'
import {
  charge,
  computeBalance,
  findUnchargedStart,
  grant,
  isLive,
  isOpen,
  type ModelCall,
  type ModelReport,
  type ModelWorkspace,
  reverseCharge,
  sumCharge,
} from './reference-credits.ts'

export {
  computeBalance,
  deduct,
  grant,
  isOpen,
  type ModelCall,
  type ModelWorkspace,
  sumCharge,
} from './reference-credits.ts'

export function createModel(terms: ModelWorkspace['terms'], nowMs: number): ModelWorkspace {
  const anchorLocal = computeCycleAnchor(nowMs, 'UTC')
  const { endsAtMs } = computeBillingCycle(anchorLocal, 'UTC', 0)
  const workspace: ModelWorkspace = {
    terms,
    anchorLocal,
    cycleNumber: 0,
    cycleEndsAtMs: endsAtMs,
    leftMs: new Map(),
    debts: [],
    calls: new Map(),
    nextBoundaryMs: endsAtMs,
    grantedMs: 0,
    expiredMs: 0,
    deductedMs: 0,
  }
  grant(workspace, terms.monthlyMs, endsAtMs)
  return workspace
}

/** Processes every boundary up to `nowMs`: settles live calls there, expires credit and renews cycles. */
export function catchUp(workspace: ModelWorkspace, nowMs: number): void {
  const { leftMs } = workspace
  for (let atMs = workspace.nextBoundaryMs; atMs <= nowMs; atMs = workspace.nextBoundaryMs) {
    const live = [...workspace.calls.values()].filter(
      (call) => isLive(call) && findUnchargedStart(call) < atMs,
    )
    for (const call of live.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      charge(workspace, atMs - findUnchargedStart(call), call)
      call.cutAtMs = atMs
    }
    for (const [expiresAtMs, left] of leftMs) {
      if (expiresAtMs > atMs) continue
      workspace.expiredMs += left
      leftMs.delete(expiresAtMs)
    }
    workspace.nextBoundaryMs = Number.POSITIVE_INFINITY
    if (workspace.cycleEndsAtMs === atMs) renew(workspace)
    const expiries = [...leftMs].filter(([, left]) => left > 0).map(([expiresAtMs]) => expiresAtMs)
    workspace.nextBoundaryMs = Math.min(workspace.nextBoundaryMs, workspace.cycleEndsAtMs, ...expiries)
  }
}

function renew(workspace: ModelWorkspace): void {
  workspace.cycleNumber += 1
  workspace.cycleEndsAtMs = computeBillingCycle(workspace.anchorLocal, 'UTC', workspace.cycleNumber).endsAtMs
  grant(workspace, workspace.terms.monthlyMs, workspace.cycleEndsAtMs)
}

export function start(workspace: ModelWorkspace, id: string, atMs: number, nowMs: number): ModelCall {
  const openCalls = [...workspace.calls.values()].filter(isOpen).length
  const outOfCredits = computeBalance(workspace, nowMs) <= 0
  const full = openCalls >= workspace.terms.concurrentCallsMax
  const refusalReason = outOfCredits ? 'out_of_credits' : full ? 'concurrency_limit' : null
  const call: ModelCall = {
    id,
    refusalReason,
    authorizedAtMs: atMs,
    lastSeenAtMs: null,
    answeredAtMs: null,
    answeredBy: null,
    endedAtMs: refusalReason === null ? null : atMs,
    endedBy: null,
    endSource: null,
    cutAtMs: null,
    allocations: [],
  }
  workspace.calls.set(id, call)
  return call
}

export function answer(
  workspace: ModelWorkspace,
  call: ModelCall,
  { atMs, by }: ModelReport,
  nowMs: number,
): void {
  if (call.answeredBy === 'operator' || call.answeredBy === by) return
  const isFirst = call.answeredBy === null
  call.answeredAtMs = atMs
  call.answeredBy = by
  if (call.cutAtMs !== null && call.cutAtMs <= atMs) call.cutAtMs = null
  if (isFirst && call.endSource === 'presumed') {
    call.endedAtMs = null
    call.endSource = null
  }
  settle(workspace, call, nowMs)
}

export function end(
  workspace: ModelWorkspace,
  call: ModelCall,
  { atMs, by }: ModelReport,
  nowMs: number,
): void {
  if (call.refusalReason !== null || call.endedBy === 'operator' || call.endedBy === by) return
  call.endedAtMs = atMs
  call.endedBy = by
  call.endSource = 'reported'
  settle(workspace, call, nowMs)
}

export function heartbeat(call: ModelCall, nowMs: number): void {
  if (isOpen(call)) call.lastSeenAtMs = nowMs
}

/** Does what a reaper does that has been running since `listeningSinceMs`. */
export function reap(
  workspace: ModelWorkspace,
  call: ModelCall,
  listeningSinceMs: number,
  nowMs: number,
): void {
  if (!isOpen(call)) return
  const quietMs = (sinceMs: number) => nowMs - Math.max(sinceMs, listeningSinceMs)
  const { answeredAtMs, lastSeenAtMs } = call
  if (answeredAtMs === null) {
    const heardAtMs = lastSeenAtMs ?? call.authorizedAtMs
    if (quietMs(heardAtMs) >= 30 * MINUTE_MS) presume(heardAtMs)
    return
  }
  const hardStopMs = answeredAtMs + workspace.terms.maxDurationMs
  const aliveAtMs = Math.max(lastSeenAtMs ?? 0, answeredAtMs)
  if (lastSeenAtMs !== null && quietMs(aliveAtMs) >= 90_000) presume(Math.min(aliveAtMs, hardStopMs))
  else if (nowMs >= hardStopMs + MINUTE_MS) presume(hardStopMs)

  function presume(atMs: number): void {
    call.endedAtMs = atMs
    call.endSource = 'presumed'
    settle(workspace, call, nowMs)
  }
}

/** Charges a call for its conversation so far as it is settled, or reverses what it was overcharged. */
function settle(workspace: ModelWorkspace, call: ModelCall, nowMs: number): void {
  if (call.answeredAtMs === null) return
  const untilMs = call.endedAtMs ?? call.cutAtMs ?? call.answeredAtMs
  const talkedMs = Math.max(0, untilMs - call.answeredAtMs)
  const dueMs = talkedMs - sumCharge(call)
  if (dueMs > 0) charge(workspace, dueMs, call)
  if (dueMs < 0) reverseCharge(workspace, call, -dueMs, nowMs)
}
