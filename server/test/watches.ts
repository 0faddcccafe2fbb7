import { hangUpForCredits } from '../src/calls/index.ts'
import type { Consequences } from '../src/credit-watch/index.ts'
import { type CreditWatch, type CreditWatchParts, createCreditWatch } from '../src/credit-watch/watch.ts'
import { Died } from './mortal.ts'
import type { World } from './world.ts'

/** What follows for calls where credits run out and come back. */
export const callConsequences: Consequences = {
  async wentOut(tx, account, _atMs, nowMs) {
    const { ordered, sentences } = await hangUpForCredits(tx, account, nowMs)
    return { sentences, hangUps: ordered > 0 }
  },
  async returned(tx, account, nowMs) {
    const { sentences } = await hangUpForCredits(tx, account, nowMs)
    return { sentences, hangUps: false }
  },
}

/** The credit watch of a server process over a world, until that process dies. Whoever makes it closes it. */
export function watchOver(world: World, parts: Partial<CreditWatchParts> = {}): CreditWatch {
  return createCreditWatch({
    database: world.database,
    clock: world.clock,
    boundaries: world.boundaries,
    consequences: callConsequences,
    onCommitted() {},
    onBelow() {},
    onError(error) {
      if (!(error instanceof Died)) throw error
    },
    ...parts,
  })
}
