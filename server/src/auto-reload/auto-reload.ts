import { createBackground } from '../platform/background.ts'
import type { AutoReloadDeps } from './deps.ts'
import { type Turn, takeTurn } from './evaluate.ts'
import { findDue, findSettings } from './settings-store.ts'

/** Buys credits by itself where the balance is below what the customer chose. */
export type AutoReload = {
  /**
   * Decides anew, and buys until there is nothing left to buy. As often as you like, also at once and by several
   * servers: what is bought is written down under the workspace's lock, one purchase at a time.
   */
  evaluate(workspaceId: string): Promise<void>
  /** The same up to the first decision; call what it answers to have the purchase made that comes of it. */
  decide(workspaceId: string): Promise<() => void>
  /** The same in the background altogether: something changed in these workspaces. */
  wake(workspaceIds: Iterable<string>): void
  /** Wakes the workspaces in which something is due; at most `limit`. Call it every second. Returns how many. */
  wakeDue(limit?: number): Promise<number>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Takes no further work and waits for what is under way. */
  close(): Promise<void>
}

const DUE_MAX = 100

export function createAutoReload(deps: AutoReloadDeps): AutoReload {
  const { database, clock, ledger, payments } = deps
  const background = createBackground({ work: evaluate, onError: deps.onError })

  /** Decides under the workspace's lock. @param giveUp whether an outdated purchase is given up first */
  function decide(workspaceId: string, options: { giveUp: boolean }): Promise<Turn> {
    return ledger.changeWorkspace(workspaceId, ({ tx, unit, nowMs }) =>
      takeTurn(payments, tx, unit, nowMs, options),
    )
  }

  /** Does what was decided, and decides again, until there is nothing to do. */
  async function follow(workspaceId: string, first: Turn): Promise<void> {
    let giveUp = true
    for (let now = first; now.next !== 'nothing'; now = await decide(workspaceId, { giveUp })) {
      if (now.next === 'charge') await payments.charge(now.purchase)
      else await payments.cancel(now.purchase)
      giveUp = now.next === 'charge'
      // What else there is to buy, another server or the next start does.
      if (background.isClosed) return
    }
  }

  async function evaluate(workspaceId: string): Promise<void> {
    if ((await findSettings(database, workspaceId)) === undefined) return
    await follow(workspaceId, await decide(workspaceId, { giveUp: true }))
  }

  function wake(workspaceIds: Iterable<string>): void {
    for (const workspaceId of workspaceIds) background.wake(workspaceId)
  }

  return {
    evaluate,
    wake,
    idle: background.idle,
    close: background.close,
    async decide(workspaceId) {
      const first = await decide(workspaceId, { giveUp: true })
      return () => background.run(follow(workspaceId, first))
    },
    async wakeDue(limit = DUE_MAX) {
      const due = await findDue(database, clock.now(), limit)
      wake(due)
      return due.length
    },
  }
}
