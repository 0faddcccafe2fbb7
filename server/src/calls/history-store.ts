import type { CallStatus } from '@talktime/core/calls/call'
import { HOUR_MS } from '@talktime/core/time/durations'
import type { Queryable } from '../platform/database/database.ts'
import { leastUuid } from '../platform/ids.ts'
import { type CallRecord, type CallRow, callColumns, type Direction, parseCallRecord } from './call-row.ts'

export type CallFilter = {
  readonly statuses: readonly CallStatus[]
  readonly agentId: string | null
  readonly direction: Direction | null
  /**
   * The first instant, in epoch milliseconds. A call counts when it ended, and an open call when it was authorized.
   */
  readonly fromMs: number | null
  /** The instant after the last one. */
  readonly toMs: number | null
}

/**
 * Lists a page of the workspace's calls, newest first, from the call after `page.afterId`.
 *
 * Calls are ordered by id, so a call that ends meanwhile keeps its place. A window of time becomes a range of ids, because
 * nearly all calls end soon after they were created. Separate queries find the calls that took longer and the open calls.
 *
 * @returns up to `page.limit` + 1 calls: the extra one shows that there is a next page
 */
export async function listCalls(
  db: Queryable,
  workspaceId: string,
  filter: CallFilter,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<CallRow[]> {
  const { statuses, agentId, direction, fromMs, toMs } = filter
  const isWindow = fromMs !== null || toMs !== null
  const queries = isWindow ? windowQueries : agentId === null ? [allQuery] : agentQueries
  const { rows } = await db.query<CallRecord>(
    `select ${callColumns}
     from (select id from (${queries.join(' union ')}) as matching order by id desc limit $6) as found
     join calls c on c.workspace_id = $1 and c.id = found.id
     join agents a on a.workspace_id = c.workspace_id and a.id = c.agent_id
     order by c.id desc`,
    [
      workspaceId,
      statuses.length > 0 ? statuses : null,
      agentId,
      direction,
      page.afterId,
      page.limit + 1,
      ...(isWindow ? computeBounds(fromMs ?? 0, toMs ?? INSTANT_MS_MAX) : []),
    ],
  )
  return rows.map(parseCallRecord)
}

/** Calls that end later than this after their creation are found by a query of their own. An index has this condition. */
const LONG_MS = 2 * HOUR_MS
/** The last instant that a UUIDv7 can hold. */
const INSTANT_MS_MAX = 2 ** 48 - 1

function computeBounds(fromMs: number, toMs: number) {
  return [fromMs, toMs, leastUuid(fromMs - LONG_MS), leastUuid(toMs)]
}

function buildQuery(condition: string, calls = 'calls'): string {
  return `
     select c.id from ${calls} c
     where c.workspace_id = $1
       and ($2::text[] is null or c.status = any($2))
       and ($3::uuid is null or c.agent_id = $3)
       and ($4::text is null or c.direction = $4)
       and ($5::uuid is null or c.id < $5)
       and ${condition}`
}

/** For conditions that many calls meet: reads only a page, from an index that has the calls in order. */
function buildPageQuery(condition: string): string {
  return `(${buildQuery(condition)} order by c.id desc limit $6)`
}

const isOpen = `c.status in ('authorized', 'in_conversation')`
const endedInWindow = 'c.ended_at_ms >= $7 and c.ended_at_ms < $8'

// `offset 0` keeps this a query of its own: the planner expects many such calls, and there are few. The condition is the
// index's, word for word.
const longOrLate = `
  (select * from calls c where c.workspace_id = $1 and ${endedInWindow} and c.ended_at_ms is not null
                           and c.ended_at_ms - uuid_ms(c.id) not between 0 and ${LONG_MS} offset 0)`

const allQuery = buildPageQuery('true')

const agentQueries = [buildPageQuery('c.ended_at_ms is not null'), buildQuery(isOpen)]

const windowQueries = [
  buildPageQuery(`${endedInWindow} and c.id >= $9 and c.id < $10`),
  buildQuery('true', longOrLate),
  buildQuery(`${isOpen} and c.authorized_at_ms >= $7 and c.authorized_at_ms < $8`),
]
