import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { CallEngine } from './engine.ts'

export type Reaper = {
  /** Looks at the calls whose time has come and closes those that were lost. Returns how many it closed. */
  runOnce(): Promise<number>
}

/** How many calls are looked at together. */
const PAGE_MAX = 1000

/**
 * Finds calls whose end was lost. It decides nothing itself: each call goes through the engine as a `reap`
 * command, under the workspace's lock, so several servers may reap side by side and a late report is never lost.
 *
 * A silence before this reaper was made is nobody's fault but ours, so leases count from then on at the earliest.
 */
export function createReaper(deps: { database: Database; clock: Clock; engine: CallEngine }): Reaper {
  const listeningSinceMs = deps.clock.now()

  async function closeLost(page: readonly Due[]): Promise<number> {
    const outcomes = await Promise.all(
      page.map(({ workspaceId, callId }) =>
        deps.engine.submit({ type: 'reap', workspaceId, target: { callId }, listeningSinceMs }),
      ),
    )
    return outcomes.filter(
      (result) => result.outcome === 'call' && result.call.facts.endSource === 'presumed',
    ).length
  }

  return {
    async runOnce() {
      const nowMs = deps.clock.now()
      let closed = 0
      // All that are due are looked at: what cannot be judged yet, however much, hides nothing behind it.
      for (let page = await duePage(deps.database, nowMs); page.length > 0; ) {
        closed += await closeLost(page)
        page = page.length < PAGE_MAX ? [] : await duePage(deps.database, nowMs, page.at(-1))
      }
      return closed
    },
  }
}

type Due = { readonly workspaceId: string; readonly callId: string; readonly reapAtMs: number }

async function duePage(database: Database, nowMs: number, after?: Due): Promise<Due[]> {
  const { rows } = await database.query<Due>(
    `select workspace_id as "workspaceId", id as "callId", reap_at_ms as "reapAtMs" from calls
     where reap_at_ms <= $1 and ($2::bigint is null or (reap_at_ms, id) > ($2, $3::uuid))
     order by reap_at_ms, id limit $4`,
    [nowMs, after?.reapAtMs ?? null, after?.callId ?? null, PAGE_MAX],
  )
  return rows
}
