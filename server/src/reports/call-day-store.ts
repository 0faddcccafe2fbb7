import { listLocalDays, localDayOf } from '@talktime/core/time/local-day'
import type pg from 'pg'
import type { Database } from '../platform/database/database.ts'
import { LONG_LIMITS } from '../platform/database/session.ts'
import type { CountedDay } from '../usage/index.ts'

/**
 * Reads a workspace's calls in a snapshot that is older than the reading. It has a connection of its own: it takes its
 * snapshot in the middle of another transaction and reads after that transaction has ended.
 */
export type CallDayReader = {
  /** Fixes the snapshot: what is committed by now is seen, and nothing that is committed later. */
  takeSnapshot(): Promise<void>
  /** Counts the calls that are over by agent and local day of a time zone, as the snapshot has them. */
  countDays(workspaceId: string, timeZone: string): Promise<CountedDay[]>
  close(): Promise<void>
}

export async function openCallDayReader(database: Database): Promise<CallDayReader> {
  const client = database.createClient(LONG_LIMITS)
  await client.connect()
  return {
    async takeSnapshot() {
      await client.query('begin isolation level repeatable read read only')
      // PostgreSQL takes the snapshot with the first query.
      await client.query('select from balance_lines limit 1')
    },
    countDays: (workspaceId, timeZone) => countDays(client, workspaceId, timeZone),
    close: () => client.end(),
  }
}

async function countDays(client: pg.Client, workspaceId: string, timeZone: string): Promise<CountedDay[]> {
  const { rows: bounds } = await client.query<{ firstMs: number | null; lastMs: number | null }>(
    `select min(ended_at_ms) as "firstMs", max(ended_at_ms) as "lastMs" from calls
     where workspace_id = $1 and ended_at_ms is not null`,
    [workspaceId],
  )
  const { firstMs = null, lastMs = null } = bounds[0] ?? {}
  if (firstMs === null || lastMs === null) return []
  const days = listLocalDays(localDayOf(firstMs, timeZone).date, localDayOf(lastMs, timeZone).date, timeZone)
  const { rows } = await client.query<CountedDay>(
    `select ($2::text[])[width_bucket(c.ended_at_ms, $3::bigint[])] as day, c.agent_id as "agentId", count(*) as calls,
            sum(c.settled_ms)::bigint as "usedMs", min(c.drawn_from_ms) as "drawnFromMs",
            max(case when cardinality(c.entry_seqs) > 1
                     then (select max(e.drawn_after_ms) from ledger_entries e
                           where e.workspace_id = c.workspace_id and e.seq = any(c.entry_seqs))
                     else c.drawn_from_ms + c.settled_ms end) as "drawnToMs"
     from calls c
     where c.workspace_id = $1 and c.ended_at_ms is not null and c.answered_at_ms is not null
     group by 1, 2`,
    [workspaceId, days.map((day) => day.date), days.map((day) => day.startsAtMs)],
  )
  return rows
}
