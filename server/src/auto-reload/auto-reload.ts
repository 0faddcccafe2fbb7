import { lockWorkspaces, writeUnits } from '../ledger/index.ts'
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

export function createAutoReload(deps: AutoReloadDeps): AutoReload {
  const { database, clock, boundaries, payments } = deps
  const awake = new Map<string, { again: boolean }>()
  const underWay = new Set<Promise<void>>()
  let closed = false

  async function turn(workspaceId: string, options: { giveUp: boolean }): Promise<Turn> {
    for (;;) {
      const nowMs = clock.now()
      await boundaries.catchUpIfDue(workspaceId, nowMs)
      const done = await database.transaction(async (tx) => {
        const unit = (await lockWorkspaces(tx, [workspaceId])).get(workspaceId)
        if (unit === undefined) return { turn: { next: 'nothing' } as const, changed: false }
        const { nextBoundaryMs } = unit.line
        if (nextBoundaryMs !== null && nextBoundaryMs <= nowMs) return undefined
        const taken = await takeTurn(payments, tx, unit, nowMs, options)
        const changed = unit.changed.size > 0
        await writeUnits(tx, [unit], nowMs)
        return { turn: taken, changed }
      })
      if (done === undefined) continue
      if (done.changed) deps.onCommitted([workspaceId])
      return done.turn
    }
  }

  /** Does what was decided, and decides again, until there is nothing to do. */
  async function follow(workspaceId: string, first: Turn): Promise<void> {
    let giveUp = true
    for (let now = first; now.next !== 'nothing'; now = await turn(workspaceId, { giveUp })) {
      if (now.next === 'charge') await payments.charge(now.purchase)
      else await payments.cancel(now.purchase)
      giveUp = now.next === 'charge'
      // What else there is to buy, the next server does.
      if (closed) return
    }
  }

  async function evaluate(workspaceId: string): Promise<void> {
    if ((await findSettings(database, workspaceId)) === undefined) return
    await follow(workspaceId, await turn(workspaceId, { giveUp: true }))
  }

  function inBackground(work: Promise<void>): void {
    const watched = work.catch(deps.onError).finally(() => underWay.delete(watched))
    underWay.add(watched)
  }

  /** One evaluation of a workspace at a time in this process, and another where it was woken meanwhile. */
  async function evaluateAwake(workspaceId: string): Promise<void> {
    const state = { again: false }
    awake.set(workspaceId, state)
    try {
      do {
        state.again = false
        await evaluate(workspaceId)
      } while (state.again && !closed)
    } finally {
      awake.delete(workspaceId)
    }
  }

  function wake(workspaceIds: Iterable<string>): void {
    if (closed) return
    for (const workspaceId of workspaceIds) {
      const state = awake.get(workspaceId)
      if (state === undefined) inBackground(evaluateAwake(workspaceId))
      else state.again = true
    }
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.all(underWay)
  }

  return {
    evaluate,
    wake,
    idle,
    async decide(workspaceId) {
      const first = await turn(workspaceId, { giveUp: true })
      return () => inBackground(follow(workspaceId, first))
    },
    async wakeDue(limit = 100) {
      const due = await findDue(database, clock.now(), limit)
      wake(due)
      return due.length
    },
    async close() {
      closed = true
      await idle()
    },
  }
}
