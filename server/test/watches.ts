import { creditConsequences } from '../src/credit-consequences.ts'
import { type CreditWatch, type CreditWatchDeps, createCreditWatch } from '../src/credit-watch/watch.ts'
import { createSilentCommits } from '../src/platform/commits.ts'
import { ProcessKilled } from './killable-process.ts'
import type { World } from './world.ts'

/** Starts the credit watch of a server process that a test may kill. The caller closes it. */
export function openTestCreditWatch(world: World, deps: Partial<CreditWatchDeps> = {}): CreditWatch {
  return createCreditWatch({
    database: world.database,
    clock: world.clock,
    ledger: world.ledger,
    commits: createSilentCommits(),
    consequences: creditConsequences,
    onBelow() {},
    onError(error) {
      if (!(error instanceof ProcessKilled)) throw error
    },
    ...deps,
  })
}
