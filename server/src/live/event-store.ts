import type pg from 'pg'
import type { Queryable } from '../platform/database/database.ts'

/** What changed in a workspace since a listener last looked, merged: each thing once, however often it changed. */
export type Changes = {
  /** The number of the last event that is in here: where a listener goes on from. */
  readonly seq: number
  /** UUIDs of calls. */
  readonly callIds: readonly string[]
  /** What else changed: its topic, and the UUID of what it is about, where there are several of its kind. */
  readonly others: readonly { readonly topic: string; readonly id: string | null }[]
}

type EventRow = { readonly seq: number; readonly topic: string; readonly ids: string }
/** An event beside the last number that was given out; that number alone where there is no event. */
type FoundRow = pg.QueryResultRow & { newest: number } & (EventRow | { seq: null; topic: null; ids: null })

/** How many event rows are merged into one look. */
const ROWS_MAX = 1000

/** The number of the workspace's last event; undefined where there is no such workspace. */
export async function lastEventSeq(db: Queryable, workspaceId: string): Promise<number | undefined> {
  return (await lastEventSeqs(db, [workspaceId])).get(workspaceId)
}

export async function lastEventSeqs(
  db: Queryable,
  workspaceIds: readonly string[],
): Promise<Map<string, number>> {
  const { rows } = await db.query<{ workspaceId: string; seq: number }>({
    name: 'live_last_event_seqs',
    text: `select workspace_id as "workspaceId", event_seq as seq from balance_lines where workspace_id = any($1::uuid[])`,
    values: [workspaceIds],
  })
  return new Map(rows.map(({ workspaceId, seq }) => [workspaceId, seq]))
}

/**
 * What changed after event `afterSeq`. `forgotten` where events after it have been pruned: the listener has to read
 * everything anew.
 */
export async function changesAfter(
  db: Queryable,
  workspaceId: string,
  afterSeq: number,
): Promise<Changes | 'forgotten' | 'nothing'> {
  // In one statement with the last number: where all events are pruned, it alone tells that there were any.
  const { rows } = await db.query<FoundRow>({
    name: 'live_changes_after',
    text: `select l.event_seq as newest, e.seq, e.topic, array_to_string(e.ids, ',') as ids
           from balance_lines l
           left join lateral (select seq, topic, ids from events
                              where workspace_id = l.workspace_id and seq > $2 order by seq limit $3) e on true
           where l.workspace_id = $1 order by e.seq`,
    values: [workspaceId, afterSeq, ROWS_MAX],
  })
  const events: EventRow[] = rows.filter((row) => row.seq !== null)
  const last = events.at(-1)
  if (last === undefined) return (rows[0]?.newest ?? afterSeq) > afterSeq ? 'forgotten' : 'nothing'
  // Events are numbered without a gap, and pruned in no order.
  if (last.seq !== afterSeq + events.length) return 'forgotten'
  return { seq: last.seq, callIds: callIdsOf(events), others: otherChanges(events) }
}

function callIdsOf(events: readonly EventRow[]): string[] {
  const told = events.filter(({ topic, ids }) => topic === 'call' && ids !== '')
  return [...new Set(told.flatMap(({ ids }) => ids.split(',')))]
}

function otherChanges(rows: readonly EventRow[]): { topic: string; id: string | null }[] {
  const found = new Map<string, { topic: string; id: string | null }>()
  for (const { topic, ids } of rows) {
    if (topic === 'balance' || topic === 'call') continue
    for (const id of ids === '' ? [null] : ids.split(',')) found.set(`${topic} ${id}`, { topic, id })
  }
  return [...found.values()]
}

/** How long events are kept for listeners that lost their connection. */
export const EVENTS_KEPT_MS = 60 * 60 * 1000

/** Forgets events older than an hour; at most `limit` a time. Returns how many were forgotten. */
export async function deleteExpiredEvents(db: Queryable, nowMs: number, limit = 20_000): Promise<number> {
  const { rowCount } = await db.query(
    `delete from events where ctid = any(array(select ctid from events where at_ms < $1 limit $2))`,
    [nowMs - EVENTS_KEPT_MS, limit],
  )
  return rowCount ?? 0
}
