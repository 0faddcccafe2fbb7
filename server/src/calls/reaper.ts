import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { CallEngine } from './engine.ts'

export type Reaper = {
  /** Looks at the calls whose time has come and closes those that were lost. Returns how many it closed. */
  runOnce(): Promise<number>
}

/** How many calls are looked at in one go. */
const LOOK_MAX = 1000

/**
 * Finds calls whose end was lost. It decides nothing itself: each call goes through the engine as a `reap`
 * command, under the workspace's lock, so several servers may reap side by side and a late report is never lost.
 *
 * A silence before this reaper was made is nobody's fault but ours, so leases count from then on at the earliest.
 */
export function createReaper(parts: { database: Database; clock: Clock; engine: CallEngine }): Reaper {
  const listeningSinceMs = parts.clock.now()
  return {
    async runOnce() {
      const { rows } = await parts.database.query<{ workspaceId: string; callId: string }>(
        `select workspace_id as "workspaceId", id as "callId" from calls
         where reap_at_ms <= $1 order by reap_at_ms limit $2`,
        [parts.clock.now(), LOOK_MAX],
      )
      const outcomes = await Promise.all(
        rows.map(({ workspaceId, callId }) =>
          parts.engine.submit({ type: 'reap', workspaceId, target: { callId }, listeningSinceMs }),
        ),
      )
      return outcomes.filter(
        (result) => result.outcome === 'call' && result.call.facts.endSource === 'presumed',
      ).length
    },
  }
}
