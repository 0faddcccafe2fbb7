import type pg from 'pg'
import { type AuditEntry, recordAudit } from '../access/index.ts'
import {
  bigintArray,
  byteaArray,
  intArray,
  textArray,
  uuidArray,
} from '../platform/database/array-parameters.ts'
import type { Queryable, Tx } from '../platform/database/database.ts'
import type { EntryRow } from './entry.ts'
import type { EventTopic, LineRow, WorkspaceUnit } from './unit.ts'
import { createUnit } from './unit.ts'

/** The line's columns by their names in TypeScript, for any query in which `balance_lines` is called `l`. */
export const lineColumns = `
  l.workspace_id as "workspaceId", l.anchor_ms as "anchorMs", l.balance_ms as "balanceMs",
  l.live_calls as "liveCalls", l.open_calls as "openCalls", l.settled_ms as "settledMs",
  l.drawn_ms as "drawnMs", l.folded_ms as "foldedMs", l.entry_seq as "entrySeq",
  encode(l.entry_hash, 'hex') as "entryHash",  l.event_seq as "eventSeq", l.next_boundary_ms as "nextBoundaryMs", l.reload_below_ms as "reloadBelowMs",
  l.out_since_ms as "outSinceMs", l.low_since_ms as "lowSinceMs", l.low_level_ms as "lowBalanceThresholdMs"`

// Rows are locked in the order of the workspaces, so that two transactions over several workspaces never wait
// for each other in a circle.
const lockLinesSql = `
  select ${lineColumns} from balance_lines l
  where l.workspace_id = any($1::uuid[]) order by l.workspace_id for update`

/**
 * Locks the workspaces' lines until the transaction ends. Workspaces that do not exist are missing from the result.
 * For the ledger's own door and for the two batch loops that keep their own: the call engine and the credit watch.
 */
export function lockWorkspaces(
  tx: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, WorkspaceUnit>> {
  return lock(tx, 'ledger_lock_lines', lockLinesSql, workspaceIds)
}

/** Locks those of the workspaces' lines that nobody else holds, without waiting; the others are missing. */
export function lockFreeWorkspaces(
  tx: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, WorkspaceUnit>> {
  return lock(tx, 'ledger_lock_free_lines', `${lockLinesSql} skip locked`, workspaceIds)
}

async function lock(
  tx: Queryable,
  name: string,
  text: string,
  workspaceIds: readonly string[],
): Promise<Map<string, WorkspaceUnit>> {
  const values = [uuidArray(workspaceIds, (id) => id)]
  const { rows } = await tx.query<LineRow & pg.QueryResultRow>({ name, text, values })
  return new Map(rows.map((line) => [line.workspaceId, createUnit(line)]))
}

/** Reads the lines without a lock. Workspaces that do not exist are missing from the result. */
export async function readLines(db: Queryable, workspaceIds: readonly string[]): Promise<LineRow[]> {
  const { rows } = await db.query<LineRow & pg.QueryResultRow>({
    name: 'ledger_read_lines',
    text: `select ${lineColumns} from balance_lines l where l.workspace_id = any($1::uuid[])`,
    values: [uuidArray(workspaceIds, (id) => id)],
  })
  return rows
}

// The only statement that updates balance_lines.
const updateLinesSql = `
  update balance_lines l set
    anchor_ms = v.anchor_ms, balance_ms = v.balance_ms, live_calls = v.live_calls, open_calls = v.open_calls,
    settled_ms = v.settled_ms, drawn_ms = v.drawn_ms, folded_ms = v.folded_ms, entry_seq = v.entry_seq,
    event_seq = v.event_seq, next_boundary_ms = v.next_boundary_ms, reload_below_ms = v.reload_below_ms,
    out_since_ms = v.out_since_ms, low_since_ms = v.low_since_ms, low_level_ms = v.low_level_ms,
    entry_hash = v.entry_hash
  from (select unnest($1::uuid[]) as workspace_id, unnest($2::bigint[]) as anchor_ms,
               unnest($3::bigint[]) as balance_ms, unnest($4::int[]) as live_calls, unnest($5::int[]) as open_calls,
               unnest($6::bigint[]) as settled_ms, unnest($7::bigint[]) as drawn_ms, unnest($8::bigint[]) as folded_ms,
               unnest($9::bigint[]) as entry_seq, unnest($10::bigint[]) as event_seq,
               unnest($11::bigint[]) as next_boundary_ms, unnest($12::bigint[]) as reload_below_ms,
               unnest($13::bigint[]) as out_since_ms, unnest($14::bigint[]) as low_since_ms,
               unnest($15::bigint[]) as low_level_ms, unnest($16::bytea[]) as entry_hash) as v
  where l.workspace_id = v.workspace_id`

const insertEntriesSql = `
  insert into ledger_entries (workspace_id, seq, id, at_ms, recorded_at_ms, kind, amount_ms, balance_after_ms,
                              drawn_after_ms, call_id, grant_id, purchase_id, reason, hash)
  select unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::uuid[]), unnest($4::bigint[]), unnest($5::bigint[]),
         unnest($6::text[]), unnest($7::bigint[]), unnest($8::bigint[]), unnest($9::bigint[]), unnest($10::uuid[]),
         unnest($11::uuid[]), unnest($12::uuid[]), unnest($13::text[]), unnest($14::bytea[])`

const insertEventsSql = `
  insert into events (workspace_id, seq, at_ms, topic, ids)
  select unnest($1::uuid[]), unnest($2::bigint[]), unnest($3::bigint[]), unnest($4::text[]),
         unnest($5::text[])::uuid[]`

/**
 * Writes what was decided on the units: entries, events, lines and the audit log. The queries are sent together, which lets a
 * pipelined connection answer them in one round trip. Afterwards the units hold nothing unwritten.
 */
export async function writeUnits(tx: Tx, units: Iterable<WorkspaceUnit>, nowMs: number): Promise<void> {
  const changed = [...units].filter(
    (unit) => unit.newEvents.size > 0 || unit.newAudits.length > 0 || unit.line !== unit.storedLine,
  )
  if (changed.length === 0) return
  const entries = changed.flatMap((unit) => unit.newEntries)
  const events = changed.flatMap((unit) => takeEvents(unit, nowMs))
  const audits = changed.flatMap(takeAudits)
  for (const unit of changed) {
    unit.newEntries.length = 0
    unit.storedLine = unit.line
    unit.isWritten = true
  }
  await Promise.all([
    entries.length > 0 ? insertEntries(tx, entries) : undefined,
    events.length > 0 ? insertEvents(tx, events) : undefined,
    ...audits.map((audit) => recordAudit(tx, { ...audit, atMs: nowMs })),
    updateLines(
      tx,
      changed.map((unit) => unit.line),
    ),
  ])
}

type EventRow = { workspaceId: string; seq: number; atMs: number; topic: EventTopic; ids: string }

function takeEvents(unit: WorkspaceUnit, nowMs: number): EventRow[] {
  const rows: EventRow[] = []
  // Every listener rereads the line with any event. A row for the balance alone cost each answer and end 10 µs.
  if (unit.newEvents.size > 1) unit.newEvents.delete('balance')
  for (const [topic, ids] of unit.newEvents) {
    unit.line = { ...unit.line, eventSeq: unit.line.eventSeq + 1 }
    const { workspaceId, eventSeq } = unit.line
    rows.push({ workspaceId, seq: eventSeq, atMs: nowMs, topic, ids: `{${[...ids].join(',')}}` })
  }
  unit.newEvents.clear()
  return rows
}

function takeAudits({ line: { workspaceId }, newAudits }: WorkspaceUnit): Omit<AuditEntry, 'atMs'>[] {
  if (newAudits.length === 0) return []
  return newAudits.splice(0).map((audit) => ({ ...audit, workspaceId }))
}

function insertEntries(tx: Queryable, entries: readonly EntryRow[]) {
  return tx.query({
    name: 'ledger_insert_entries',
    text: insertEntriesSql,
    values: [
      uuidArray(entries, (e) => e.workspaceId),
      bigintArray(entries, (e) => e.seq),
      uuidArray(entries, (e) => e.id),
      bigintArray(entries, (e) => e.atMs),
      bigintArray(entries, (e) => e.recordedAtMs),
      textArray(entries, (e) => e.kind),
      bigintArray(entries, (e) => e.amountMs),
      bigintArray(entries, (e) => e.balanceAfterMs),
      bigintArray(entries, (e) => e.drawnAfterMs),
      uuidArray(entries, (e) => e.callId),
      uuidArray(entries, (e) => e.grantId),
      uuidArray(entries, (e) => e.purchaseId),
      textArray(entries, (e) => e.reason),
      byteaArray(entries, (e) => e.hash),
    ],
  })
}

function insertEvents(tx: Queryable, events: readonly EventRow[]) {
  return tx.query({
    name: 'ledger_insert_events',
    text: insertEventsSql,
    values: [
      uuidArray(events, (e) => e.workspaceId),
      bigintArray(events, (e) => e.seq),
      bigintArray(events, (e) => e.atMs),
      textArray(events, (e) => e.topic),
      textArray(events, (e) => e.ids),
    ],
  })
}

function updateLines(tx: Queryable, lines: readonly LineRow[]) {
  return tx.query({
    name: 'ledger_update_lines',
    text: updateLinesSql,
    values: [
      uuidArray(lines, (l) => l.workspaceId),
      bigintArray(lines, (l) => l.anchorMs),
      bigintArray(lines, (l) => l.balanceMs),
      intArray(lines, (l) => l.liveCalls),
      intArray(lines, (l) => l.openCalls),
      bigintArray(lines, (l) => l.settledMs),
      bigintArray(lines, (l) => l.drawnMs),
      bigintArray(lines, (l) => l.foldedMs),
      bigintArray(lines, (l) => l.entrySeq),
      bigintArray(lines, (l) => l.eventSeq),
      bigintArray(lines, (l) => l.nextBoundaryMs),
      bigintArray(lines, (l) => l.reloadBelowMs),
      bigintArray(lines, (l) => l.outSinceMs),
      bigintArray(lines, (l) => l.lowSinceMs),
      bigintArray(lines, (l) => l.lowBalanceThresholdMs),
      byteaArray(lines, (l) => l.entryHash),
    ],
  })
}

/** Creates the balance line of a new workspace, with no credits and no calls. Does nothing where there is one. */
export async function insertLine(tx: Queryable, workspaceId: string, nowMs: number): Promise<void> {
  await tx.query(
    `insert into balance_lines (workspace_id, anchor_ms, balance_ms) values ($1, $2, 0) on conflict do nothing`,
    [workspaceId, nowMs],
  )
}
