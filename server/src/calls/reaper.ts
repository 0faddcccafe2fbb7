import type { Clock } from '../platform/clock.ts'
import type { Database } from '../platform/database/database.ts'
import type { CallEngine } from './engine.ts'
import { type DueCall, loadDueCalls } from './reaper-store.ts'

export type Reaper = {
  /** Checks the calls that are due and closes those that are lost. Returns the number of closed calls. */
  runOnce(): Promise<number>
}

export type ReaperDeps = {
  readonly database: Database
  readonly clock: Clock
  readonly engine: CallEngine
}

/** How many calls are checked at once. */
const PAGE_MAX = 1000

/**
 * Creates the reaper, which finds calls whose end was lost. It decides nothing itself: each call goes through the engine
 * as a `reap` command, under its workspace's lock. So several servers may reap at once, and no late report is lost.
 *
 * Leases count from the creation of the reaper at the earliest, because heartbeats before it may have reached no server.
 */
export function createReaper({ database, clock, engine }: ReaperDeps): Reaper {
  const listeningSinceMs = clock.now()

  async function closeLost(page: readonly DueCall[]): Promise<number> {
    const outcomes = await Promise.all(
      page.map(({ workspaceId, callId }) =>
        engine.submit({ type: 'reap', workspaceId, target: { callId }, listeningSinceMs }),
      ),
    )
    return outcomes.filter(
      (result) => result.outcome === 'call' && result.call.facts.endSource === 'presumed',
    ).length
  }

  return {
    async runOnce() {
      const nowMs = clock.now()
      let closed = 0
      // Reads on past calls that stay due because they cannot be judged yet: lost calls may stand behind them.
      for (let page = await loadDueCalls(database, nowMs, PAGE_MAX); page.length > 0; ) {
        closed += await closeLost(page)
        page = page.length < PAGE_MAX ? [] : await loadDueCalls(database, nowMs, PAGE_MAX, page.at(-1))
      }
      return closed
    },
  }
}
