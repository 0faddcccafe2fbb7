import { rebaseLine } from '@talktime/core/billing/balance-line'
import type { WatchedLine } from '@talktime/core/billing/threshold-crossings'
import type { CallEffect } from '@talktime/core/calls/call'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'

export type EntryKind =
  | 'call'
  | 'monthly_grant'
  | 'top_up'
  | 'promotional'
  | 'adjustment'
  | 'expiry'
  | 'refund'

/**
 * One row of balance_lines as last read or written under its lock. Its marks (`outSinceMs`, `lowSinceMs`) are the
 * credit watch's, `reloadBelowMs` is the auto-reload's: they alone change them.
 */
export type LineRow = WatchedLine & {
  readonly workspaceId: string
  readonly openCalls: number
  /** Sum of all entries. */
  readonly settledMs: number
  /** All that was ever taken off the balance by charges and deductions. */
  readonly drawnMs: number
  /** Draws up to here have been taken off grants. */
  readonly foldedMs: number
  readonly entrySeq: number
  readonly eventSeq: number
  readonly nextBoundaryMs: number | null
}

export type EntryRow = {
  readonly workspaceId: string
  readonly seq: number
  readonly id: string
  readonly atMs: number
  readonly recordedAtMs: number
  readonly kind: EntryKind
  readonly amountMs: number
  readonly balanceAfterMs: number
  readonly drawnAfterMs: number
  readonly callId: string | null
  readonly grantId: string | null
  readonly purchaseId: string | null
  readonly reason: string | null
}

export type EventTopic =
  | 'balance'
  | 'call'
  | 'agent'
  | 'workspace'
  | 'purchase'
  | 'payment_method'
  | 'subscription'
  | 'auto_reload'
  | 'alert'
  | 'campaign'

/**
 * A workspace's credits in a transaction: its line, read under lock, and what has been decided but not written.
 * `writeUnits` writes it; until then it is plain memory.
 */
export type WorkspaceUnit = {
  line: LineRow
  readonly newEntries: EntryRow[]
  readonly changed: Map<EventTopic, Set<string>>
}

export function newUnit(line: LineRow): WorkspaceUnit {
  return { line, newEntries: [], changed: new Map() }
}

export type Posting = {
  readonly kind: EntryKind
  /** Milliseconds of talk time; negative takes credit away. Never 0. */
  readonly amountMs: number
  /** When it happened. */
  readonly atMs: number
  readonly callId?: string
  readonly grantId?: string
  /** What was bought. */
  readonly purchaseId?: string | undefined
  readonly reason?: string | null
  /**
   * Whether the amount is taken from grants by the burn order (charges and deductions). An expiry is not: it
   * takes what is left of its own grant.
   */
  readonly draws?: boolean
}

/** Adds an entry and moves the balance by its amount. */
export function post(unit: WorkspaceUnit, posting: Posting, nowMs: number): EntryRow {
  const { line } = unit
  invariant(Number.isSafeInteger(posting.amountMs) && posting.amountMs !== 0, 'An entry needs an amount')
  const drawMs = posting.draws ? -posting.amountMs : 0
  invariant(drawMs >= 0, 'Only an amount below zero draws on grants')
  // Credit that comes or goes does so now: read from here on, the line says since when the balance is what it is.
  const moved =
    posting.kind !== 'call' && posting.atMs > line.anchorMs ? rebaseLine(line, posting.atMs) : line
  unit.line = {
    ...line,
    anchorMs: moved.anchorMs,
    balanceMs: moved.balanceMs + posting.amountMs,
    settledMs: line.settledMs + posting.amountMs,
    drawnMs: line.drawnMs + drawMs,
    entrySeq: line.entrySeq + 1,
  }
  const entry: EntryRow = {
    workspaceId: line.workspaceId,
    seq: unit.line.entrySeq,
    id: newUuid(nowMs),
    atMs: posting.atMs,
    recordedAtMs: nowMs,
    kind: posting.kind,
    amountMs: posting.amountMs,
    balanceAfterMs: unit.line.settledMs,
    drawnAfterMs: unit.line.drawnMs,
    callId: posting.callId ?? null,
    grantId: posting.grantId ?? null,
    purchaseId: posting.purchaseId ?? null,
    reason: posting.reason ?? null,
  }
  unit.newEntries.push(entry)
  addEvent(unit, 'balance')
  return entry
}

/**
 * Moves the line by what a call's event did to it, all but its charge: the charge, or what is given back, is an
 * entry of its own (`post`, `giveBack`).
 */
export function applyToLine(unit: WorkspaceUnit, effect: CallEffect): void {
  const { line } = unit
  unit.line = {
    ...line,
    balanceMs: line.balanceMs + effect.liveSinceSumMs - effect.liveCalls * line.anchorMs,
    liveCalls: line.liveCalls + effect.liveCalls,
    openCalls: line.openCalls + effect.openCalls,
  }
  if (effect.liveCalls !== 0) addEvent(unit, 'balance')
}

/** Notes for listeners that something changed, and which. */
export function addEvent(unit: WorkspaceUnit, topic: EventTopic, id?: string): void {
  const ids = unit.changed.get(topic) ?? new Set<string>()
  if (id !== undefined) ids.add(id)
  unit.changed.set(topic, ids)
}
