import { listLocalDays, localDayOf } from '@talktime/core/time/local-day'
import pg from 'pg'
import { readTimeZone } from '../access/index.ts'
import type { Change, Ledger } from '../ledger/index.ts'
import type { Database, Queryable, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import { usageProblems } from './problems.ts'

/** A change of time zone that was begun: usage of before it, by days of the new zone. */
export type TimeZoneChange = {
  readonly workspaceId: string
  readonly id: string
  readonly timeZone: string
  readonly days: readonly DayRow[]
}

type DayRow = {
  readonly day: string
  readonly agentId: string
  readonly calls: number
  readonly usedMs: number
  readonly drawnFromMs: number | null
  readonly drawnToMs: number | null
}

export type TimeZoneChangeDeps = {
  readonly database: Database
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

/** A change that takes longer was left behind by a server that died. */
const CHANGE_MS_MAX = 15 * 60_000

/**
 * Changes the workspace's time zone, and with it the days by which usage is kept. All days are reckoned anew from the
 * calls, while calls go on: from the beginning on what they use is kept in both zones, and what had been used before
 * is added when it is known. Until then everything is, and is shown, in the old zone.
 *
 * @param work sets the time zone, in the change in which usage moves to it
 * @throws Problem time_zone_changed_concurrently where somebody else began another change meanwhile
 */
export async function changeTimeZone<T>(
  deps: TimeZoneChangeDeps,
  to: { readonly workspaceId: string; readonly timeZone: string },
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const begun = await beginTimeZoneChange(deps, to, work)
  if ('done' in begun) return begun.done
  const { id, snapshot } = begun
  try {
    const change = { ...to, id, days: await snapshot() }
    return await completeTimeZoneChange(deps.ledger, change, work)
  } catch (error) {
    await abandon(deps.ledger, to.workspaceId, id)
    throw error
  }
}

/**
 * From here on calls are counted in both zones. `snapshot` reads those that had been counted before; call it once.
 * Where the workspace is in that zone already, there is only `commit` to do, and it is done.
 */
export async function beginTimeZoneChange<T>(
  { database, ledger }: TimeZoneChangeDeps,
  { workspaceId, timeZone }: { readonly workspaceId: string; readonly timeZone: string },
  work: (change: Change) => Promise<T>,
): Promise<{ done: T } | { id: string; snapshot: () => Promise<DayRow[]> }> {
  // A connection of its own: it waits for a transaction that waits for it.
  const reader = new pg.Client(database.connection)
  await reader.connect()
  const snapshot = () => readDays(reader, workspaceId, timeZone).finally(() => reader.end())
  const begin = ledger.changeWorkspace(workspaceId, async (change) => {
    const { tx, nowMs } = change
    if ((await readTimeZone(tx, workspaceId)) === timeZone) return { done: await work(change) }
    const id = newUuid(nowMs)
    await forgetOtherZones(tx, workspaceId)
    await tx.query(
      `insert into time_zone_changes (workspace_id, id, time_zone, started_at_ms) values ($1, $2, $3, $4)
       on conflict (workspace_id) do update set id = excluded.id, time_zone = excluded.time_zone,
                                                started_at_ms = excluded.started_at_ms`,
      [workspaceId, id, timeZone, nowMs],
    )
    // What it sees is what was there before the first call that will find the row above.
    await reader.query('begin isolation level repeatable read read only')
    await reader.query('select from balance_lines limit 1')
    return { id, snapshot }
  })
  const begun = await begin.catch((error: unknown) => reader.end().then(() => Promise.reject(error)))
  if ('done' in begun) await reader.end()
  return begun
}

/** Replaces the old zone with the new one. */
export function completeTimeZoneChange<T>(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  zoneChange: TimeZoneChange,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  return ledger.changeWorkspace(zoneChange.workspaceId, async (change) => {
    await addDays(change.tx, zoneChange)
    const result = await work(change)
    await forgetOtherZones(change.tx, zoneChange.workspaceId)
    return result
  })
}

async function addDays(tx: Tx, { workspaceId, id, timeZone, days }: TimeZoneChange): Promise<void> {
  const { rowCount } = await tx.query('delete from time_zone_changes where workspace_id = $1 and id = $2', [
    workspaceId,
    id,
  ])
  if (rowCount === 0)
    throw new Problem(
      usageProblems.time_zone_changed_concurrently,
      'The time zone was being changed by somebody else as well.',
    )
  await tx.query(
    `insert into usage_days as d (workspace_id, time_zone, day, agent_id, calls, used_ms, drawn_from_ms, drawn_to_ms)
     select $1, $2, v.* from unnest($3::date[], $4::uuid[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[]) as v
     on conflict (workspace_id, time_zone, day, agent_id) do update set
       calls = d.calls + excluded.calls, used_ms = d.used_ms + excluded.used_ms,
       drawn_from_ms = least(d.drawn_from_ms, excluded.drawn_from_ms),
       drawn_to_ms = greatest(d.drawn_to_ms, excluded.drawn_to_ms)`,
    [
      workspaceId,
      timeZone,
      days.map((row) => row.day),
      days.map((row) => row.agentId),
      days.map((row) => row.calls),
      days.map((row) => row.usedMs),
      days.map((row) => row.drawnFromMs),
      days.map((row) => row.drawnToMs),
    ],
  )
}

/** Ends changes whose server died before they were complete: the time zone stays as it was. */
export async function dropAbandonedTimeZoneChanges(
  { database, ledger }: TimeZoneChangeDeps,
  nowMs: number,
): Promise<number> {
  const { rows } = await database.query<{ workspaceId: string; id: string }>(
    'select workspace_id as "workspaceId", id from time_zone_changes where started_at_ms < $1',
    [nowMs - CHANGE_MS_MAX],
  )
  for (const { workspaceId, id } of rows) await abandon(ledger, workspaceId, id)
  return rows.length
}

async function abandon(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  workspaceId: string,
  id: string,
): Promise<void> {
  await ledger.changeWorkspace(workspaceId, async ({ tx }) => {
    const { rowCount } = await tx.query('delete from time_zone_changes where workspace_id = $1 and id = $2', [
      workspaceId,
      id,
    ])
    if (rowCount === 1) await forgetOtherZones(tx, workspaceId)
  })
}

const usageTables = [
  'usage_days',
  'usage_splits',
  'usage_closings',
  'usage_closed_days',
  'usage_closed_months',
  'usage_price_looks',
] as const

/** Usage is left in the workspace's own time zone alone. */
async function forgetOtherZones(tx: Tx, workspaceId: string): Promise<void> {
  for (const table of usageTables) {
    await tx.query(
      `delete from ${table} d using workspaces w where w.id = $1 and d.workspace_id = $1 and d.time_zone <> w.time_zone`,
      [workspaceId],
    )
  }
}

async function readDays(db: Queryable, workspaceId: string, timeZone: string): Promise<DayRow[]> {
  const { rows: bounds } = await db.query<{ firstMs: number | null; lastMs: number | null }>(
    `select min(ended_at_ms) as "firstMs", max(ended_at_ms) as "lastMs" from calls
     where workspace_id = $1 and ended_at_ms is not null`,
    [workspaceId],
  )
  const { firstMs = null, lastMs = null } = bounds[0] ?? {}
  if (firstMs === null || lastMs === null) return []
  const days = listLocalDays(localDayOf(firstMs, timeZone).date, localDayOf(lastMs, timeZone).date, timeZone)
  const { rows } = await db.query<DayRow>(
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
