import type { RefusalReason } from '@talktime/core/calls/authorize'
import {
  type CallFacts,
  type CallStatus,
  deriveCallStatus,
  type ReportSource,
} from '@talktime/core/calls/call'
import { findReapTime, type Lease } from '@talktime/core/calls/call-lease'
import type pg from 'pg'
import type { EntryRow } from '../ledger/index.ts'

export type Direction = 'inbound' | 'outbound' | 'web'

/**
 * Why a call must be hung up: credits ran out in a workspace that ends calls then, somebody ordered it, or the operator
 * suspended the workspace and ended its calls.
 */
export type HangUpReason = 'out_of_credits' | 'by_hand' | 'workspace_suspended'

/** What a report of a higher rank changed: one fact of a call, from what was said before to what it is now. */
export type Correction = {
  readonly fact: 'answer' | 'end'
  readonly fromMs: number
  readonly fromBy: ReportSource
  readonly toMs: number
  readonly toBy: ReportSource
  /** When the report arrived. */
  readonly atMs: number
}

/** A row of `calls`. Instants are epoch milliseconds, amounts are milliseconds of talk time. */
export type CallRow = {
  readonly workspaceId: string
  readonly id: string
  readonly agentId: string
  readonly agentName: string
  readonly direction: Direction
  readonly from: string | null
  readonly to: string | null
  readonly externalId: string | null
  readonly campaignId: string | null
  /** The carrier, if Talktime itself drives it. Null for a voice stack that reports its calls to the API. */
  readonly carrier: string | null
  readonly refusalReason: RefusalReason | null
  readonly authorizedAtMs: number
  readonly maxDurationMs: number
  readonly lastSeenAtMs: number | null
  /** Since when the call has a hang-up order. Null: it has none. */
  readonly hangUpAtMs: number | null
  readonly hangUpReason: HangUpReason | null
  /** The sequence numbers of the ledger entries that charged it. */
  readonly entrySeqs: readonly number[]
  /** Where its first charge begins on the workspace's cumulative draws. Null: nothing was charged. */
  readonly drawnFromMs: number | null
  /** What reports of a higher rank corrected, oldest first. */
  readonly corrections: readonly Correction[]
  readonly facts: CallFacts
}

export function readStatus(call: CallRow): CallStatus {
  return deriveCallStatus(call.facts)
}

/** Returns the call with one more entry that charged it. */
export function addChargeEntry(call: CallRow, entry: EntryRow): CallRow {
  const drawnFromMs = call.drawnFromMs ?? entry.drawnAfterMs + entry.amountMs
  return { ...call, entrySeqs: [...call.entrySeqs, entry.seq], drawnFromMs }
}

/** Finds when the reaper must check the call, in epoch milliseconds. Null for a call that is over. */
export function readReapTime(call: CallRow): number | null {
  return findReapTime(call.facts, readLease(call))
}

export function readLease(call: CallRow): Lease {
  const { authorizedAtMs, maxDurationMs, lastSeenAtMs, carrier } = call
  return { authorizedAtMs, maxDurationMs, lastSeenAtMs, throughCarrier: carrier !== null }
}

/** The columns of a {@link CallRecord}, for queries that name `calls` as `c` and `agents` as `a`. */
export const callColumns = `
  c.workspace_id as "workspaceId", c.id, c.agent_id as "agentId", a.name as "agentName", c.direction,
  c.from_number as "from", c.to_number as "to", c.external_id as "externalId", c.campaign_id as "campaignId", c.carrier,
  c.status, c.refusal_reason as "refusalReason", c.authorized_at_ms as "authorizedAtMs",
  c.max_duration_ms as "maxDurationMs", c.last_seen_at_ms as "lastSeenAtMs", c.entry_seqs as "entrySeqs",
  c.hang_up_at_ms as "hangUpAtMs", c.hang_up_reason as "hangUpReason",
  c.drawn_from_ms as "drawnFromMs", c.answered_at_ms as "answeredAtMs", c.answered_by as "answeredBy",
  c.ended_at_ms as "endedAtMs", c.ended_by as "endedBy", c.end_source as "endSource", c.corrections,
  c.end_reason as "endReason", c.settled_ms as "settledMs", c.settled_until_ms as "settledUntilMs"`

/** A call as a query with {@link callColumns} returns it. */
export type CallRecord = pg.QueryResultRow &
  Omit<CallRow, 'facts' | 'entrySeqs' | 'corrections'> &
  Omit<CallFacts, 'refused'> & {
    readonly status: CallStatus
    readonly entrySeqs: readonly (string | number)[]
    readonly corrections: readonly Correction[] | null
  }

export function parseCallRecord(record: CallRecord): CallRow {
  return {
    workspaceId: record.workspaceId,
    id: record.id,
    agentId: record.agentId,
    agentName: record.agentName,
    direction: record.direction,
    from: record.from,
    to: record.to,
    externalId: record.externalId,
    campaignId: record.campaignId,
    carrier: record.carrier,
    refusalReason: record.refusalReason,
    authorizedAtMs: record.authorizedAtMs,
    maxDurationMs: record.maxDurationMs,
    lastSeenAtMs: record.lastSeenAtMs,
    hangUpAtMs: record.hangUpAtMs,
    hangUpReason: record.hangUpReason,
    entrySeqs: record.entrySeqs.map(Number),
    drawnFromMs: record.drawnFromMs,
    corrections: record.corrections ?? [],
    facts: {
      refused: record.status === 'refused',
      answeredAtMs: record.answeredAtMs,
      answeredBy: record.answeredBy ?? (record.answeredAtMs === null ? null : 'unrecorded'),
      endedAtMs: record.endedAtMs,
      endedBy: record.endedBy ?? (record.endSource === 'reported' ? 'unrecorded' : null),
      endSource: record.endSource,
      endReason: record.endReason,
      settledMs: record.settledMs,
      settledUntilMs: record.settledUntilMs,
    },
  }
}
