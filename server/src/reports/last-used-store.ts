import { findLocalDayBounds } from '@talktime/core/time/local-day'
import type { Queryable } from '../platform/database/database.ts'
import type { UsageWindow } from '../usage/index.ts'

/**
 * Reads when the last call that counts ended, in epoch milliseconds; null: no call counts. The roll-ups tell on which
 * day that was, and an index of that day's calls does the rest: under a millisecond among ten million calls.
 */
export async function readLastUsedAtMs(
  db: Queryable,
  workspaceId: string,
  { timeZone, agentId }: Pick<UsageWindow, 'timeZone' | 'agentId'>,
): Promise<number | null> {
  const { rows: days } = await db.query<{ day: string }>({
    name: 'usage_last_day',
    // The table's name keeps the order from meaning the output column, a text, which no index has.
    text: `
      select day::text from usage_days
      where workspace_id = $1 and time_zone = $2 and calls > 0 and ($3::uuid is null or agent_id = $3)
      order by usage_days.day desc limit 1`,
    values: [workspaceId, timeZone, agentId],
  })
  if (days[0] === undefined) return null
  const { startsAtMs, endsAtMs } = findLocalDayBounds(days[0].day, timeZone)
  const { rows } = await db.query<{ atMs: number }>({
    name: 'usage_last_call',
    text: `
      select ended_at_ms as "atMs" from calls
      where workspace_id = $1 and ended_at_ms >= $2 and ended_at_ms < $3 and answered_at_ms is not null
        and ($4::uuid is null or agent_id = $4)
      order by ended_at_ms desc limit 1`,
    values: [workspaceId, startsAtMs, endsAtMs, agentId],
  })
  return rows[0]?.atMs ?? null
}
