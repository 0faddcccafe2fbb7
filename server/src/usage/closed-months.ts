import { DAY_MS } from '@talktime/core/time/durations'
import { localDateOf } from '@talktime/core/time/local-day'
import { monthOf } from '@talktime/core/time/usage-window'
import type { Ledger } from '../ledger/index.ts'
import type { Database } from '../platform/database/database.ts'
import { closeMonthsBefore, findWorkspacesToClose, listTimeZones } from './closed-month-store.ts'

/** How long a month stays open after its end. Most late reports of its calls arrive within this time. */
const GRACE_MS = 2 * DAY_MS

/**
 * Closes the months that are over, for at most `limit` workspaces that have such months: it sums their usage by day,
 * and by agent and month. Calls that are reported later are added to the sums too (`addToClosedMonths`).
 *
 * @returns the number of workspaces whose months were closed
 */
export async function closeMonths(
  { database, ledger }: { readonly database: Database; readonly ledger: Pick<Ledger, 'changeWorkspace'> },
  nowMs: number,
  limit = 100,
): Promise<number> {
  let closed = 0
  for (const timeZone of await listTimeZones(database)) {
    const untilDay = monthOf(localDateOf(nowMs - GRACE_MS, timeZone)).from
    const due = await findWorkspacesToClose(database, { timeZone, untilDay }, limit - closed)
    for (const workspaceId of due) {
      // Usage is added under the balance line's lock, and reads there until when months are closed.
      await ledger.changeWorkspace(workspaceId, ({ tx }) =>
        closeMonthsBefore(tx, { workspaceId, timeZone, untilDay }),
      )
    }
    closed += due.length
    if (closed >= limit) break
  }
  return closed
}
