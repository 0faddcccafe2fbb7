import type { CallStatus } from '@talktime/core/calls/call'
import type { Queryable } from '../platform/database/database.ts'
import { leastUuid } from '../platform/ids.ts'
import { type CallRecord, type CallRow, callColumns, callFromRecord, type Direction } from './call-row.ts'

export type CallFilter = {
  readonly statuses: readonly CallStatus[]
  readonly agentId: string | null
  readonly direction: Direction | null
  /** A call counts when it ended; one that is still open, when it was authorized. From, included. */
  readonly fromMs: number | null
  /** To, not included. */
  readonly toMs: number | null
}

/**
 * A page of the workspace's calls, newest first, beginning after `afterId`.
 *
 * They stand in the order of their ids, so that a call that ends meanwhile stays in its place. A window is one of ids
 * too, as nearly all calls end soon after they were made; those that don't are found by themselves, and so are calls
 * that are open.
 *
 * @param limit one more is read than asked for, to know whether there is a next page: the caller cuts it off
 */
export async function listCalls(
  db: Queryable,
  workspaceId: string,
  filter: CallFilter,
  page: { readonly limit: number; readonly afterId: string | null },
): Promise<CallRow[]> {
  const { statuses, agentId, direction, fromMs, toMs } = filter
  const isWindow = fromMs !== null || toMs !== null
  const parts = isWindow ? partsOfWindow : agentId === null ? [everything] : partsOfAgent
  const { rows } = await db.query<CallRecord>(
    `select ${callColumns}
     from (select id from (${parts.join(' union ')}) as parts order by id desc limit $6) as found
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
      ...(isWindow ? boundsOf(fromMs ?? 0, toMs ?? LAST_MS) : []),
    ],
  )
  return rows.map(callFromRecord)
}

const LONG_MS = 7_200_000
/** No UUIDv7 is of a later instant. */
const LAST_MS = 2 ** 48 - 1

function boundsOf(fromMs: number, toMs: number) {
  return [fromMs, toMs, leastUuid(fromMs - LONG_MS), leastUuid(toMs)]
}

function partOf(condition: string, calls = 'calls'): string {
  return `
     select c.id from ${calls} c
     where c.workspace_id = $1
       and ($2::text[] is null or c.status = any($2))
       and ($3::uuid is null or c.agent_id = $3)
       and ($4::text is null or c.direction = $4)
       and ($5::uuid is null or c.id < $5)
       and ${condition}`
}

/** Of which there are many: as many as may be on the page, from an index that has them in order. */
function pageOf(condition: string): string {
  return `(${partOf(condition)} order by c.id desc limit $6)`
}

const isOpen = `c.status in ('authorized', 'in_conversation')`
const endedInWindow = 'c.ended_at_ms >= $7 and c.ended_at_ms < $8'

// As the index says it. By itself, as the planner takes them for many.
const longOrLate = `
  (select * from calls c where c.workspace_id = $1 and ${endedInWindow} and c.ended_at_ms is not null
                           and c.ended_at_ms - uuid_ms(c.id) not between 0 and ${LONG_MS} offset 0)`

const everything = pageOf('true')

const partsOfAgent = [pageOf('c.ended_at_ms is not null'), partOf(isOpen)]

const partsOfWindow = [
  pageOf(`${endedInWindow} and c.id >= $9 and c.id < $10`),
  partOf('true', longOrLate),
  partOf(`${isOpen} and c.authorized_at_ms >= $7 and c.authorized_at_ms < $8`),
]
