import type { CallOutcome } from '../../calls/index.ts'
import type { LineRow } from '../../ledger/index.ts'

/** Whoever looks after the credits of the demo's workspace during its year. */
export type YearCaretaker = {
  /** When it is to look at the latest, whatever happens to the calls until then; null: only when something does. */
  dueAtMs(line: LineRow): number | null
  /** Does what it is time for. Returns whether it did anything: everything is looked at anew then. */
  look(line: LineRow, nowMs: number): Promise<boolean>
  /** An expiry or a reset was just processed. */
  passedBoundary(nowMs: number): Promise<void>
  /** Is told what came of the calls. */
  hear(outcomes: readonly CallOutcome[]): void
}

/** How many of the calls were refused. */
export function refusalsIn(outcomes: readonly CallOutcome[]): number {
  return outcomes.filter((o) => o.outcome === 'call' && o.created && o.call.facts.refused).length
}
