import { createBackground } from '../platform/background.ts'
import type { AutoReloadDeps } from './deps.ts'
import { evaluateAutoReload, type NextStep } from './evaluate.ts'
import { findDueWorkspaces, findSettings } from './settings-store.ts'

/** Buys credits automatically when the balance is below the customer's threshold. */
export type AutoReload = {
  /**
   * Decides, and buys until there is nothing left to buy. It may be called any number of times, also concurrently and by
   * several servers: purchases are written down under the workspace's lock, one at a time.
   */
  evaluate(workspaceId: string): Promise<void>
  /** Makes only the first decision. Calling the returned function carries it out in the background. */
  decide(workspaceId: string): Promise<() => void>
  /** Evaluates workspaces in the background because something in them has changed. */
  wake(workspaceIds: Iterable<string>): void
  /** Wakes at most `limit` workspaces in which something is due. Returns how many. Call it every second. */
  wakeDue(limit?: number): Promise<number>
  /** Resolves when nothing is under way. */
  idle(): Promise<void>
  /** Accepts no more work and waits for the work under way. */
  close(): Promise<void>
}

/** How many workspaces one round wakes at most. */
const DUE_MAX = 100

export function createAutoReload(deps: AutoReloadDeps): AutoReload {
  const { database, clock, ledger, payments } = deps
  const background = createBackground({ work: evaluate, onError: deps.onError })

  function decide(workspaceId: string, options: { cancelOutdated: boolean }): Promise<NextStep> {
    return ledger.changeWorkspace(workspaceId, (change) => evaluateAutoReload(payments, change, options))
  }

  /** Carries a step out and decides again, until there is nothing to do. */
  async function carryOut(workspaceId: string, first: NextStep): Promise<void> {
    let step = first
    while (step.kind !== 'nothing') {
      if (step.kind === 'charge') await payments.charge(step.purchase)
      else await payments.cancel(step.purchase)
      // Another server, or the next start of this one, buys what is left to buy.
      if (background.isClosed) return
      step = await decide(workspaceId, { cancelOutdated: step.kind === 'charge' })
    }
  }

  async function evaluate(workspaceId: string): Promise<void> {
    if ((await findSettings(database, workspaceId)) === undefined) return
    await carryOut(workspaceId, await decide(workspaceId, { cancelOutdated: true }))
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
      const first = await decide(workspaceId, { cancelOutdated: true })
      return () => background.run(carryOut(workspaceId, first))
    },
    async wakeDue(limit = DUE_MAX) {
      const due = await findDueWorkspaces(database, clock.now(), limit)
      wake(due)
      return due.length
    },
  }
}
