import { MINUTE_MS } from '@talktime/core/time/durations'
import { deletePriceSplitsOfOtherTimeZones } from '../costs/index.ts'
import type { Change, Ledger } from '../ledger/index.ts'
import type { Database, Tx } from '../platform/database/database.ts'
import { newUuid } from '../platform/ids.ts'
import { Problem } from '../platform/problem.ts'
import {
  addCountedDays,
  type CountedDay,
  deleteTimeZoneChange,
  deleteUsageOfOtherTimeZones,
  insertTimeZoneChange,
  listTimeZoneChanges,
  usageProblems,
} from '../usage/index.ts'
import { timeZoneOf } from '../workspaces/index.ts'
import { openCallDayReader } from './call-day-store.ts'

/** A change of time zone that has started, with the usage of before its start by days of the new zone. */
export type TimeZoneChange = {
  readonly workspaceId: string
  readonly id: string
  readonly timeZone: string
  readonly days: readonly CountedDay[]
}

export type TimeZoneChangeDeps = {
  readonly database: Database
  readonly ledger: Pick<Ledger, 'changeWorkspace'>
}

/** A change that takes longer was abandoned by a server that crashed. */
const CHANGE_MS_MAX = 15 * MINUTE_MS

/**
 * Changes a workspace's time zone, and with it the local days by which its usage is kept. Calls go on meanwhile:
 *
 * 1. The change starts. From here on, calls are counted in both zones.
 * 2. The calls of before the start are counted by days of the new zone, in a snapshot of the moment of the start.
 * 3. Those days are added to the new zone, `work` sets it, and the old zone's usage is deleted.
 *
 * Until step 3 commits, everything is shown in the old zone.
 *
 * @param work sets the time zone
 * @throws Problem time_zone_changed_concurrently if another change has started meanwhile
 */
export async function changeTimeZone<T>(
  deps: TimeZoneChangeDeps,
  to: { readonly workspaceId: string; readonly timeZone: string },
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const started = await startTimeZoneChange(deps, to, work)
  if ('done' in started) return started.done
  const { id, countDays } = started
  try {
    return await completeTimeZoneChange(deps.ledger, { ...to, id, days: await countDays() }, work)
  } catch (error) {
    await cancelTimeZoneChange(deps.ledger, to.workspaceId, id)
    throw error
  }
}

/**
 * Starts a change: calls that end after it are counted in both zones. `countDays` counts those of before; call it once.
 * If the workspace is in the zone already, only `work` is left to do, and `done` is what it returned.
 */
export async function startTimeZoneChange<T>(
  { database, ledger }: TimeZoneChangeDeps,
  { workspaceId, timeZone }: { readonly workspaceId: string; readonly timeZone: string },
  work: (change: Change) => Promise<T>,
): Promise<{ done: T } | { id: string; countDays: () => Promise<CountedDay[]> }> {
  const reader = await openCallDayReader(database)
  const countDays = () => reader.countDays(workspaceId, timeZone).finally(() => reader.close())
  const starting = ledger.changeWorkspace(workspaceId, async (change) => {
    const { tx, nowMs } = change
    if ((await timeZoneOf(tx, workspaceId)) === timeZone) return { done: await work(change) }
    const id = newUuid(nowMs)
    await deleteOtherTimeZones(tx, workspaceId)
    await insertTimeZoneChange(tx, { workspaceId, id, timeZone }, nowMs)
    // The lock is held: calls that the snapshot does not see will find the row above, and count in both zones.
    await reader.takeSnapshot()
    return { id, countDays }
  })
  const started = await starting.catch((error: unknown) => reader.close().then(() => Promise.reject(error)))
  if ('done' in started) await reader.close()
  return started
}

/** Replaces the old time zone with the new one. */
export function completeTimeZoneChange<T>(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  zoneChange: TimeZoneChange,
  work: (change: Change) => Promise<T>,
): Promise<T> {
  const { workspaceId, timeZone, days } = zoneChange
  return ledger.changeWorkspace(workspaceId, async (change) => {
    if (!(await deleteTimeZoneChange(change.tx, zoneChange))) {
      throw new Problem(
        usageProblems.time_zone_changed_concurrently,
        'Another request was changing the time zone too.',
      )
    }
    await addCountedDays(change.tx, workspaceId, timeZone, days)
    const result = await work(change)
    await deleteOtherTimeZones(change.tx, workspaceId)
    return result
  })
}

/**
 * Cancels changes that a crashed server has left behind. Their workspaces keep the time zone they have.
 *
 * @returns the number of changes
 */
export async function cancelAbandonedTimeZoneChanges(
  { database, ledger }: TimeZoneChangeDeps,
  nowMs: number,
): Promise<number> {
  const abandoned = await listTimeZoneChanges(database, nowMs - CHANGE_MS_MAX)
  for (const { workspaceId, id } of abandoned) await cancelTimeZoneChange(ledger, workspaceId, id)
  return abandoned.length
}

async function cancelTimeZoneChange(
  ledger: Pick<Ledger, 'changeWorkspace'>,
  workspaceId: string,
  id: string,
): Promise<void> {
  await ledger.changeWorkspace(workspaceId, async ({ tx }) => {
    if (await deleteTimeZoneChange(tx, { workspaceId, id })) await deleteOtherTimeZones(tx, workspaceId)
  })
}

/** Deletes what is kept by days of every time zone but the workspace's own. */
async function deleteOtherTimeZones(tx: Tx, workspaceId: string): Promise<void> {
  await deleteUsageOfOtherTimeZones(tx, workspaceId)
  await deletePriceSplitsOfOtherTimeZones(tx, workspaceId)
}
