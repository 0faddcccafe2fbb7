import type { RoomAssembly } from '../access/index.ts'
import { type CreditWatch, type CreditWatchDeps, createCreditWatch } from './watch.ts'

/** Opens the credit watch, which acts on the lines that this process commits and on those that others left. */
export function openCreditWatch(deps: CreditWatchDeps & { readonly assembly: RoomAssembly }): CreditWatch {
  const { assembly } = deps
  const creditWatch = createCreditWatch(deps)
  assembly.chore('Acting on balances that nobody acted on', 1_000, () => creditWatch.sweep())
  assembly.chore('Looking ahead for balances that run out', 30_000, () => creditWatch.lookAhead())
  assembly.worker({
    // What was missed while no server ran is made up for at once.
    async start() {
      await creditWatch.sweep()
      await creditWatch.lookAhead()
    },
    idle: creditWatch.runDue,
    close: creditWatch.close,
  })
  return creditWatch
}
