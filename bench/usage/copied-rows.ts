import type pg from 'pg'
import { type CallRow, readReapTime, readStatus } from '../../server/src/calls/call-row.ts'
import type { EntryRow } from '../../server/src/ledger/index.ts'
import { type CopyIn, openCopyIn } from './copy-in.ts'

const callColumns =
  'workspace_id, id, agent_id, direction, from_number, to_number, external_id, campaign_id, status, refusal_reason, authorized_at_ms, answered_at_ms, ended_at_ms, end_reason, end_source, max_duration_ms, settled_ms, settled_until_ms, last_seen_at_ms, reap_at_ms, entry_seqs, carrier, drawn_from_ms'

const entryColumns =
  'workspace_id, seq, id, at_ms, recorded_at_ms, kind, amount_ms, balance_after_ms, drawn_after_ms, call_id, grant_id, reason, purchase_id, hash'

export function openCallCopy(connection: pg.ClientConfig): Promise<CopyIn> {
  return openCopyIn(connection, 'calls', [callColumns])
}

/** Adds a call as the engine inserts it. */
export function addCall(copy: CopyIn, call: CallRow): void {
  const { facts } = call
  copy.add([
    call.workspaceId,
    call.id,
    call.agentId,
    call.direction,
    call.from,
    call.to,
    call.externalId,
    call.campaignId,
    readStatus(call),
    call.refusalReason,
    call.authorizedAtMs,
    facts.answeredAtMs,
    facts.endedAtMs,
    facts.endReason,
    facts.endSource,
    call.maxDurationMs,
    facts.settledMs,
    facts.settledUntilMs,
    call.lastSeenAtMs,
    readReapTime(call),
    `{${call.entrySeqs.join(',')}}`,
    call.carrier,
    call.drawnFromMs,
  ])
}

export function openEntryCopy(connection: pg.ClientConfig): Promise<CopyIn> {
  return openCopyIn(connection, 'ledger_entries', [entryColumns])
}

/** Adds an entry as the ledger inserts it. */
export function addEntry(copy: CopyIn, entry: EntryRow): void {
  copy.add([
    entry.workspaceId,
    entry.seq,
    entry.id,
    entry.atMs,
    entry.recordedAtMs,
    entry.kind,
    entry.amountMs,
    entry.balanceAfterMs,
    entry.drawnAfterMs,
    entry.callId,
    entry.grantId,
    entry.reason,
    entry.purchaseId,
    `\\\\x${entry.hash}`,
  ])
}
