import type pg from 'pg'
import type { Queryable } from '../platform/database/database.ts'
import type { Account, EntryRow, EventTopic, LineRow } from './account.ts'
import { accountOf } from './account.ts'

/** The line's columns under their names in TypeScript; for any query whose balance_lines is called `l`. */
export const lineColumns = `
  l.workspace_id as "workspaceId", l.anchor_ms as "anchorMs", l.balance_ms as "balanceMs",
  l.live_calls as "liveCalls", l.open_calls as "openCalls", l.settled_ms as "settledMs",
  l.drawn_ms as "drawnMs", l.folded_ms as "foldedMs", l.entry_seq as "entrySeq",
  l.event_seq as "eventSeq", l.next_boundary_ms as "nextBoundaryMs"`

// Rows are locked in the order of the workspaces, so that two transactions over several workspaces never wait
// for each other in a circle.
const lockLinesSql = `
  select ${lineColumns} from balance_lines l
  where l.workspace_id = any($1::uuid[]) order by l.workspace_id for update`

/** Locks the workspaces' lines until the transaction ends. Workspaces that don't exist are missing in the answer. */
export async function lockAccounts(
  tx: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, Account>> {
  const { rows } = await tx.query<LineRow & pg.QueryResultRow>({
    name: 'ledger_lock_lines',
    text: lockLinesSql,
    values: [workspaceIds],
  })
  return new Map(rows.map((line) => [line.workspaceId, accountOf(line)]))
}

const updateLinesSql = `
  update balance_lines l set
    anchor_ms = v.anchor_ms, balance_ms = v.balance_ms, live_calls = v.live_calls, open_calls = v.open_calls,
    settled_ms = v.settled_ms, drawn_ms = v.drawn_ms, folded_ms = v.folded_ms, entry_seq = v.entry_seq,
    event_seq = v.event_seq, next_boundary_ms = v.next_boundary_ms
  from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[], $5::int[], $6::bigint[], $7::bigint[],
              $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
    as v (workspace_id, anchor_ms, balance_ms, live_calls, open_calls, settled_ms, drawn_ms,
          folded_ms, entry_seq, event_seq, next_boundary_ms)
  where l.workspace_id = v.workspace_id`

const insertEntriesSql = `
  insert into ledger_entries (workspace_id, seq, id, at_ms, recorded_at_ms, kind, amount_ms, balance_after_ms,
                              drawn_after_ms, call_id, grant_id, purchase_id, reason)
  select * from unnest($1::uuid[], $2::bigint[], $3::uuid[], $4::bigint[], $5::bigint[], $6::text[], $7::bigint[],
                       $8::bigint[], $9::bigint[], $10::uuid[], $11::uuid[], $12::uuid[], $13::text[])`

const insertEventsSql = `
  insert into events (workspace_id, seq, at_ms, topic, ids)
  select workspace_id, seq, at_ms, topic, string_to_array(ids, ',')::uuid[]
  from unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::text[], $5::text[])
    as v (workspace_id, seq, at_ms, topic, ids)`

/**
 * Writes what was decided on the accounts: entries, events and lines. The queries are sent together, which lets a
 * pipelined connection answer them in one round trip. Afterwards the accounts hold nothing unwritten.
 */
export async function writeAccounts(
  tx: Queryable,
  accounts: Iterable<Account>,
  nowMs: number,
): Promise<void> {
  const dirty = [...accounts].filter((account) => account.changed.size > 0)
  if (dirty.length === 0) return
  const entries = dirty.flatMap((account) => account.newEntries)
  const events = dirty.flatMap((account) => takeEvents(account, nowMs))
  const lines = dirty.map((account) => account.line)
  for (const account of dirty) account.newEntries.length = 0
  await Promise.all([
    entries.length > 0 ? insertEntries(tx, entries) : undefined,
    insertEvents(tx, events),
    updateLines(tx, lines),
  ])
}

type EventRow = { workspaceId: string; seq: number; atMs: number; topic: EventTopic; ids: string }

function takeEvents(account: Account, nowMs: number): EventRow[] {
  const rows: EventRow[] = []
  for (const [topic, ids] of account.changed) {
    account.line = { ...account.line, eventSeq: account.line.eventSeq + 1 }
    const { workspaceId, eventSeq } = account.line
    rows.push({ workspaceId, seq: eventSeq, atMs: nowMs, topic, ids: [...ids].join(',') })
  }
  account.changed.clear()
  return rows
}

function insertEntries(tx: Queryable, entries: readonly EntryRow[]) {
  return tx.query({
    name: 'ledger_insert_entries',
    text: insertEntriesSql,
    values: [
      entries.map((e) => e.workspaceId),
      entries.map((e) => e.seq),
      entries.map((e) => e.id),
      entries.map((e) => e.atMs),
      entries.map((e) => e.recordedAtMs),
      entries.map((e) => e.kind),
      entries.map((e) => e.amountMs),
      entries.map((e) => e.balanceAfterMs),
      entries.map((e) => e.drawnAfterMs),
      entries.map((e) => e.callId),
      entries.map((e) => e.grantId),
      entries.map((e) => e.purchaseId),
      entries.map((e) => e.reason),
    ],
  })
}

function insertEvents(tx: Queryable, events: readonly EventRow[]) {
  return tx.query({
    name: 'ledger_insert_events',
    text: insertEventsSql,
    values: [
      events.map((e) => e.workspaceId),
      events.map((e) => e.seq),
      events.map((e) => e.atMs),
      events.map((e) => e.topic),
      events.map((e) => e.ids),
    ],
  })
}

function updateLines(tx: Queryable, lines: readonly LineRow[]) {
  return tx.query({
    name: 'ledger_update_lines',
    text: updateLinesSql,
    values: [
      lines.map((l) => l.workspaceId),
      lines.map((l) => l.anchorMs),
      lines.map((l) => l.balanceMs),
      lines.map((l) => l.liveCalls),
      lines.map((l) => l.openCalls),
      lines.map((l) => l.settledMs),
      lines.map((l) => l.drawnMs),
      lines.map((l) => l.foldedMs),
      lines.map((l) => l.entrySeq),
      lines.map((l) => l.eventSeq),
      lines.map((l) => l.nextBoundaryMs),
    ],
  })
}

/** Makes the balance line of a new workspace: no credits, no calls. Does nothing where there is one. */
export async function openLine(tx: Queryable, workspaceId: string, nowMs: number): Promise<void> {
  await tx.query(
    `insert into balance_lines (workspace_id, anchor_ms, balance_ms) values ($1, $2, 0) on conflict do nothing`,
    [workspaceId, nowMs],
  )
}
