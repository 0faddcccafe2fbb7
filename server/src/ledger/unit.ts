import { rebaseLine } from '@talktime/core/billing/balance-line'
import type { WatchedLine } from '@talktime/core/billing/threshold-crossings'
import type { CallEffect } from '@talktime/core/calls/call'
import type { AuditEntry, AuditSource } from '../access/index.ts'
import { newUuid } from '../platform/ids.ts'
import { invariant } from '../platform/problem.ts'
import type { EntryKind, EntryRow } from './entry.ts'
import { hashEntry } from './entry-hash.ts'

/**
 * One row of `balance_lines` as last read or written under its lock. `outSinceMs` and `lowSinceMs` are the credit
 * watch's state, `reloadBelowMs` is auto-reload's: only those rooms change them.
 */
export type LineRow = WatchedLine & {
  readonly workspaceId: string
  readonly openCalls: number
  /** The sum of all entries. */
  readonly settledMs: number
  /** Everything that charges and deductions ever took off the balance. */
  readonly drawnMs: number
  /** Draws up to here have been taken off grants. */
  readonly foldedMs: number
  readonly entrySeq: number
  /** The hash of the last entry, in hexadecimal. */
  readonly entryHash: string
  readonly eventSeq: number
  readonly nextBoundaryMs: number | null
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

/** What a commit asks of the rooms of this process. Nobody outside sees it. */
export type Signals = {
  /** Calls of the workspace have been ordered to hang up. */
  hangUpsOrdered: boolean
  /** Campaigns that have something to do; `callId`: because this call of theirs is over. */
  readonly campaignsToAdvance: { readonly campaignId: string; readonly callId?: string }[]
}

/**
 * The unit of work of one workspace: its balance line, read under lock, with everything that was decided in this
 * transaction. It is plain memory until `writeUnits` writes it.
 */
export type WorkspaceUnit = {
  line: LineRow
  /** The line as the database has it. */
  storedLine: LineRow
  readonly newEntries: EntryRow[]
  readonly newEvents: Map<EventTopic, Set<string>>
  /** What is added to the audit log when the unit is written. */
  readonly newAudits: Omit<AuditEntry, 'workspaceId' | 'atMs'>[]
  /** Topics of all events of this transaction, written or not. */
  readonly topics: Set<EventTopic>
  readonly signals: Signals
  /** Whether anything of it was written in this transaction. */
  isWritten: boolean
}

export function createUnit(line: LineRow): WorkspaceUnit {
  return {
    line,
    storedLine: line,
    newEntries: [],
    newEvents: new Map(),
    newAudits: [],
    topics: new Set(),
    signals: { hangUpsOrdered: false, campaignsToAdvance: [] },
    isWritten: false,
  }
}

/** What was committed for a workspace, as this process's rooms hear it. */
export type WorkspaceCommit = {
  readonly workspaceId: string
  readonly topics: ReadonlySet<EventTopic>
  /** The line as it was committed. */
  readonly line: LineRow
  readonly signals: Readonly<Signals>
}

/** The commit of a unit that has been written; undefined: nothing was decided on it. */
export function readCommit(unit: WorkspaceUnit): WorkspaceCommit | undefined {
  const { line, topics, signals } = unit
  if (!unit.isWritten) return undefined
  return { workspaceId: line.workspaceId, topics, line, signals }
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

/** Posts an entry to the ledger and moves the balance by its amount. */
export function post(unit: WorkspaceUnit, posting: Posting, nowMs: number): EntryRow {
  const { line } = unit
  invariant(Number.isSafeInteger(posting.amountMs) && posting.amountMs !== 0, 'An entry needs an amount')
  const drawMs = posting.draws ? -posting.amountMs : 0
  invariant(drawMs >= 0, 'Only an amount below zero draws on grants')
  // Credit comes and goes at an instant: from its anchor on, the line is exact about since when.
  const moved =
    posting.kind !== 'call' && posting.atMs > line.anchorMs ? rebaseLine(line, posting.atMs) : line
  const settledMs = line.settledMs + posting.amountMs
  const drawnMs = line.drawnMs + drawMs
  const content = {
    workspaceId: line.workspaceId,
    seq: line.entrySeq + 1,
    id: newUuid(nowMs),
    atMs: posting.atMs,
    recordedAtMs: nowMs,
    kind: posting.kind,
    amountMs: posting.amountMs,
    balanceAfterMs: settledMs,
    drawnAfterMs: drawnMs,
    callId: posting.callId ?? null,
    grantId: posting.grantId ?? null,
    purchaseId: posting.purchaseId ?? null,
    reason: posting.reason ?? null,
  }
  const entry: EntryRow = { ...content, hash: hashEntry(line.entryHash, content) }
  unit.line = {
    ...line,
    anchorMs: moved.anchorMs,
    balanceMs: moved.balanceMs + posting.amountMs,
    settledMs,
    drawnMs,
    entrySeq: entry.seq,
    entryHash: entry.hash,
  }
  unit.newEntries.push(entry)
  addEvent(unit, 'balance')
  return entry
}

/**
 * Moves the line by a call event's effect, except for its charge: a charge or its reversal is an entry of its own
 * (`post`, `reverseCharge`).
 */
export function applyToLine(unit: WorkspaceUnit, effect: CallEffect): void {
  const { line } = unit
  unit.line = {
    ...line,
    balanceMs: line.balanceMs + effect.liveSinceSumMs - effect.liveCalls * line.anchorMs,
    liveCalls: line.liveCalls + effect.liveCalls,
    openCalls: line.openCalls + effect.openCalls,
  }
  if (effect.liveCalls !== 0 || effect.liveSinceSumMs !== 0) addEvent(unit, 'balance')
}

/**
 * Adds an event: listeners of the workspace learn that something changed, and which.
 *
 * @param id UUID of what changed, where a topic has several
 */
export function addEvent(unit: WorkspaceUnit, topic: EventTopic, id?: string): void {
  const ids = unit.newEvents.get(topic) ?? new Set<string>()
  if (id !== undefined) ids.add(id)
  unit.newEvents.set(topic, ids)
  unit.topics.add(topic)
}

/**
 * Adds an entry to the audit log, in the transaction that writes the unit: who did what in the workspace.
 *
 * @param source who acted, and from where: a request's scope, or what its work was handed of it
 */
export function addAudit(
  unit: WorkspaceUnit,
  { actor, origin }: AuditSource,
  entry: Pick<AuditEntry, 'action' | 'target' | 'before' | 'after'>,
): void {
  unit.newAudits.push({ ...entry, actor, origin })
}
