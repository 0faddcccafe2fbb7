import type { Queryable } from '../platform/database/database.ts'
import { addToClosedMonths } from './closed-month-store.ts'
import { addToUsageDays } from './usage-day-store.ts'
import { computeUsageDeltas, type UsageEvent } from './usage-delta.ts'

/**
 * Adds to the roll-ups what events changed, with one row for each day and agent. Call it in the transaction that
 * writes the calls, under the locks of their workspaces' balance lines: those locks serialize all writes to these rows.
 */
export async function addUsage(tx: Queryable, events: readonly UsageEvent[]): Promise<void> {
  const deltas = computeUsageDeltas(events)
  if (deltas.length === 0) return
  const late = deltas.filter((delta) => delta.closed)
  await Promise.all([addToUsageDays(tx, deltas), addToClosedMonths(tx, late)])
}
