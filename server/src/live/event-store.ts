import type pg from 'pg'
import type { EventTopic } from '../ledger/index.ts'
import type { Queryable } from '../platform/database/database.ts'

/** Something besides the balance and the calls that changed. */
export type OtherChange = {
  readonly topic: Exclude<EventTopic, 'balance' | 'call'>
  /** UUID of what changed, if the topic has several; null: it has one. */
  readonly id: string | null
}

/** What changed in a workspace after an event. Each thing is listed once, however often it changed. */
export type Changes = {
  /** The number of the last event in here. The listener continues after it. */
  readonly seq: number
  /** UUIDs of calls. */
  readonly callIds: readonly string[]
  readonly others: readonly OtherChange[]
}

type EventRow = { readonly seq: number; readonly topic: EventTopic; readonly ids: string }
/** An event beside the workspace's last event number. If there is no event, that number alone. */
type FoundRow = pg.QueryResultRow & { newest: number } & (EventRow | { seq: null; topic: null; ids: null })

/** The most events that are merged at a time. */
const EVENTS_MAX = 1_000

/** Reads the number of a workspace's last event; undefined: there is no such workspace. */
export async function readLastEventSeq(db: Queryable, workspaceId: string): Promise<number | undefined> {
  return (await readLastEventSeqs(db, [workspaceId])).get(workspaceId)
}

/** Reads the numbers of the last events of workspaces, by workspace. */
export async function readLastEventSeqs(
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
 * Reads what changed after event `afterSeq`. `expired`: events after it were deleted, so the listener must read
 * everything again.
 */
export async function readChangesAfter(
  db: Queryable,
  workspaceId: string,
  afterSeq: number,
): Promise<Changes | 'expired' | 'none'> {
  // One statement with the last number: when all events are deleted, that number alone says that there were any.
  const { rows } = await db.query<FoundRow>({
    name: 'live_changes_after',
    text: `select l.event_seq as newest, e.seq, e.topic, array_to_string(e.ids, ',') as ids
           from balance_lines l
           left join lateral (select seq, topic, ids from events
                              where workspace_id = l.workspace_id and seq > $2 order by seq limit $3) e on true
           where l.workspace_id = $1 order by e.seq`,
    values: [workspaceId, afterSeq, EVENTS_MAX],
  })
  const events: EventRow[] = rows.filter((row) => row.seq !== null)
  const last = events.at(-1)
  if (last === undefined) return (rows[0]?.newest ?? afterSeq) > afterSeq ? 'expired' : 'none'
  // Events are numbered without a gap, and deleted in no particular order.
  if (last.seq !== afterSeq + events.length) return 'expired'
  return { seq: last.seq, callIds: listCallIds(events), others: listOtherChanges(events) }
}

function listCallIds(events: readonly EventRow[]): string[] {
  const ofCalls = events.filter(({ topic, ids }) => topic === 'call' && ids !== '')
  return [...new Set(ofCalls.flatMap(({ ids }) => ids.split(',')))]
}

function listOtherChanges(events: readonly EventRow[]): OtherChange[] {
  const found = new Map<string, OtherChange>()
  for (const { topic, ids } of events) {
    if (topic === 'balance' || topic === 'call') continue
    for (const id of ids === '' ? [null] : ids.split(',')) found.set(`${topic} ${id}`, { topic, id })
  }
  return [...found.values()]
}
