import { SECOND_MS } from '@talktime/core/time/durations'
import type { RoomAssembly } from '../access/index.ts'
import { type CreditWatch, type CreditWatchDeps, createCreditWatch } from './watch.ts'

const SWEEP_EVERY_MS = SECOND_MS
const LOOK_AHEAD_EVERY_MS = 30 * SECOND_MS

/** Opens the credit watch. It acts on the lines that this process commits, and on those that other processes left. */
export function openCreditWatch(deps: CreditWatchDeps & { readonly assembly: RoomAssembly }): CreditWatch {
  const { assembly } = deps
  const creditWatch = createCreditWatch(deps)
  assembly.chore('Acting on crossings that were missed', SWEEP_EVERY_MS, () => creditWatch.sweep())
  assembly.chore('Looking ahead for crossings', LOOK_AHEAD_EVERY_MS, () => creditWatch.lookAhead())
  assembly.worker({
    // Crossings that were missed while no server ran are acted on before the first request.
    async start() {
      await creditWatch.sweep()
      await creditWatch.lookAhead()
    },
    idle: creditWatch.runDue,
    close: creditWatch.close,
  })
  return creditWatch
}
