import type { CallOutcome } from '../../calls/index.ts'
import type { LineRow } from '../../ledger/index.ts'

/** Acts in the demo's workspace during its year: pays for credits, changes the plan, or runs campaigns. */
export type YearActor = {
  /** The latest time at which `act` must be called. Null if it depends only on what happens to calls. */
  findDueAtMs(line: LineRow): number | null
  /** Does at most one thing that is due. Returns whether it did; the caller then reads the balance line again. */
  act(line: LineRow, nowMs: number): Promise<boolean>
  /** Called after an expiry or a reset. */
  onBoundary(): Promise<void>
  /** Called with the outcomes of each batch of call commands. */
  onOutcomes(outcomes: readonly CallOutcome[]): void
}

/** Counts the calls that these outcomes refused. */
export function countRefusals(outcomes: readonly CallOutcome[]): number {
  return outcomes.filter((o) => o.outcome === 'call' && o.created && o.call.facts.refused).length
}
